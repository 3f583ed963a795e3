import { templateOf } from '../../../languages/javascript/describe.ts';
import type { Surface } from '../../../surface/surface.ts';

/** One row of what `table.cjs` prints. */
export interface LiveRow {
  method: string;
  path: string;
  /** `CatsController.list`. */
  handler: string;
  /** Guards of the class and of the method, by name. */
  guards: readonly string[];
}

/** Where the sources and the running application differ; both lists are empty when they agree. */
export interface Difference {
  /** Served, and not read. */
  unread: readonly LiveRow[];
  /** Read, and not served: ids of routes. */
  unserved: readonly string[];
}

/** Compares a surface with Nest's own table. Files, documentation and GraphQL are not in that table. */
export function reconcile(surface: Surface, rows: readonly LiveRow[]): Difference {
  const routes = surface.routes.filter(
    ({ kind, traits, handler }) =>
      (kind === 'http' || kind === 'sse') && !traits.includes('docs') && handler.name !== undefined,
  );
  const key = (method: string, path: string) => `${method} ${templateOf(path)}`;
  const read = new Set(routes.map(({ method, path }) => key(method, path)));
  const served = new Set(rows.map(({ method, path }) => key(method, path)));
  return {
    unread: rows.filter(({ method, path }) => !read.has(key(method, path))),
    unserved: routes
      .filter(({ method, path }) => !served.has(key(method, path)))
      .map(({ id }) => id),
  };
}

/** The table in the output of an application that may have printed other lines before. */
export function liveTable(output: string): readonly LiveRow[] | { error: string } {
  for (const line of output.trimEnd().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    try {
      const table = JSON.parse(line) as { routes?: LiveRow[]; error?: string };
      if (table.routes) return table.routes;
      if (table.error !== undefined) return { error: table.error };
    } catch {
      // A line of the application's own that only starts like JSON.
    }
  }
  return { error: 'the application printed no table' };
}
