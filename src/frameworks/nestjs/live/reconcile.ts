import { templateOf } from '../../../languages/javascript/describe.ts';
import type { Route } from '../../../surface/surface.ts';

/** One row of the live table, as `table.cjs` prints it. */
export interface LiveRow {
  method: string;
  path: string;
  /** `CatsController.list`. */
  handler: string;
  /** Guards of the class and of the method, by name. */
  guards: readonly string[];
}

/** Routes that only one side has, as `GET /path`. */
export interface Difference {
  /** Served, but not read from the sources. */
  missing: readonly string[];
  /** Read from the sources, but not served. */
  extra: readonly string[];
}

/** Compares what was read with what Nest itself registers. Pure. */
export function reconcile(routes: readonly Route[], live: readonly LiveRow[]): Difference {
  const read = new Set(routes.filter(isRow).map(({ method, path }) => key(method, path)));
  const served = new Set(live.map(({ method, path }) => key(method, path)));
  return {
    missing: [...served].filter((one) => !read.has(one)),
    extra: [...read].filter((one) => !served.has(one)),
  };
}

// Nest 11 writes `*name` where Nest 10 writes `*`.
function key(method: string, path: string): string {
  return `${method} ${templateOf(path)}`;
}

/** Files, documentation, resolvers and sockets are no rows of Nest's table. */
function isRow({ kind, traits, handler }: Route): boolean {
  const controllers = kind === 'http' || kind === 'sse';
  return controllers && !traits.includes('docs') && handler.name !== undefined;
}

/** The rows in what the process printed; the reason when it printed none. */
export function liveRows(output: string): readonly LiveRow[] | { error: string } {
  const line = output.split('\n').findLast((one) => one.startsWith('{"live":"nestjs"'));
  if (line === undefined) return { error: 'the application printed no table' };
  try {
    const table = JSON.parse(line) as { routes?: LiveRow[]; error?: string };
    return table.routes ?? { error: table.error ?? 'the table holds no routes' };
  } catch {
    return { error: 'the table was cut off' };
  }
}
