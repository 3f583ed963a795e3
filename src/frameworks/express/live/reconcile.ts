import type { Place, Route } from '../../../surface/surface.ts';

/** One row of the live table, as `table.cjs` prints it. */
export interface LiveRow {
  method: string;
  path: string;
  place?: Place | undefined;
  handler?: { name?: string | undefined; place?: Place | undefined } | undefined;
}

/** Routes that only one side has, as `GET /path`. */
export interface Difference {
  /** Served, but not read from the sources. */
  missing: readonly string[];
  /** Read from the sources, but not served. */
  extra: readonly string[];
}

/** Compares what was read with what the framework itself holds. Pure. */
export function reconcile(routes: readonly Route[], live: readonly LiveRow[]): Difference {
  const read = new Set(routes.map((route) => key(route.method, route.path)));
  const served = new Set(live.map((row) => key(row.method, row.path)));
  const asked = routes.filter(isRow).map((route) => key(route.method, route.path));
  return {
    missing: [...served].filter((one) => !read.has(one)),
    extra: [...new Set(asked)].filter((one) => !served.has(one)),
  };
}

// Express serves a path with and without a slash at its end.
function key(method: string, path: string): string {
  return `${method} ${path.length > 1 ? path.replace(/\/+$/, '') || '/' : path}`;
}

/** Files and middleware that answers below a prefix are no rows of the framework's table. */
function isRow(route: Route): boolean {
  if (route.kind === 'static' || route.kind === 'graphql') return false;
  return !(route.method === 'ALL' && /(?:\{\/\*rest\}|\(\/\*\)\?)$/.test(route.path));
}

/** The rows in what the process printed; `undefined` when it printed no table. */
export function liveRows(output: string): readonly LiveRow[] | undefined {
  const line = output.split('\n').findLast((one) => one.startsWith('{"live":"express"'));
  if (line === undefined) return undefined;
  try {
    return (JSON.parse(line) as { routes: LiveRow[] }).routes;
  } catch {
    return undefined;
  }
}
