import type { FrameworkId } from '../project/project.ts';
import type { Place, Route } from '../surface/surface.ts';

/** One row of a framework's own route table, as the scripts in `<framework>/live` print it. */
export interface LiveRow {
  method: string;
  /** As the framework writes it: `/users/:id`, `/users/{id}`, `/users/<int:id>`. */
  path: string;
  /** What the framework itself serves without a handler of anybody: its documentation, a folder of files. */
  kind?: 'docs' | 'static' | undefined;
  /** Where it is registered. */
  place?: Place | undefined;
  handler?: { name?: string | undefined; place?: Place | undefined } | undefined;
  /** Names of what stands before the handler; absent where the table does not tell. */
  guards?: readonly string[] | undefined;
}

/** What was read, against what the running framework holds. Routes as `GET /path`. */
export interface Reconciliation {
  /** Routes that both sides have. */
  compared: number;
  /** Served, but not read from the sources. */
  missing: readonly string[];
  /** Read from the sources, but not served. */
  extra: readonly string[];
  /** Read as guarded by what does not stand there: `GET /path: name`. */
  unguarded: readonly string[];
  /** Why there was no table to compare with. */
  notCompared?: string | undefined;
}

/** How one framework's table is compared with what was read. */
export interface Comparison {
  /** Whether such a table lists this route at all; files and middleware are rows of none. */
  isRow: (route: Route) => boolean;
  /** One spelling of a path for both sides. */
  spelt: (path: string) => string;
  /** Names of a route's guards that its row has to name as well; absent where the table tells none. */
  guards?: ((route: Route) => readonly string[]) | undefined;
}

/** No table, and why. */
export function notCompared(why: string): Reconciliation {
  return { compared: 0, missing: [], extra: [], unguarded: [], notCompared: why };
}

/** The table in what the process printed, the last one of several; else the reason that stands for it. */
export function liveRows(
  framework: FrameworkId,
  output: string,
): readonly LiveRow[] | { why: string } {
  const lines = output.split('\n').filter((one) => one.startsWith(`{"live":"${framework}"`));
  const tables = lines.flatMap((line) => tableOf(line) ?? []);
  const whole = tables.findLast((one) => one.error === undefined && one.routes !== undefined);
  if (whole?.routes !== undefined) return whole.routes;
  if (lines.length === 0) return { why: 'the application printed no table' };
  return { why: tables.at(-1)?.error ?? 'the table was cut off' };
}

function tableOf(line: string): { routes?: LiveRow[]; error?: string } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Compares what was read with what the framework itself holds. Pure.
 * @param own folders of the emitted files: what they serve is ours, and no difference
 */
export function reconcile(
  routes: readonly Route[],
  live: readonly LiveRow[],
  how: Comparison,
  own: readonly string[] = [],
): Reconciliation {
  const rows = live.filter((row) => row.kind === undefined && !isDocs(row) && !isOwn(row, own));
  const read = keyed(routes, how);
  const served = keyed(rows, how);
  const asked = keyed(routes.filter(how.isRow), how);
  const both = [...served.keys()].filter((key) => has(read, key));
  return {
    compared: both.length,
    missing: named(served, (key) => !has(read, key)),
    extra: named(asked, (key) => !has(served, key) && !isServedInPart(served, key)),
    unguarded: how.guards === undefined ? [] : unguarded(asked, served, how.guards),
  };
}

interface Keyed {
  method: string;
  path: string;
}

/** By method and path; HEAD is left out where GET answers it. */
function keyed<T extends Keyed>(all: readonly T[], how: Comparison): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const one of all) {
    const key = `${one.method} ${how.spelt(one.path)}`;
    map.set(key, [...(map.get(key) ?? []), one]);
  }
  for (const key of [...map.keys()]) {
    if (key.startsWith('HEAD ') && map.has(key.replace('HEAD', 'GET'))) map.delete(key);
  }
  return map;
}

function has(side: ReadonlyMap<string, unknown>, key: string): boolean {
  return side.has(key) || side.has(`ALL ${pathOf(key)}`);
}

/** A route for every method may be registered as one row for each. */
function isServedInPart(served: ReadonlyMap<string, unknown>, key: string): boolean {
  if (!key.startsWith('ALL ')) return false;
  return [...served.keys()].some((one) => pathOf(one) === pathOf(key));
}

function pathOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}

function named(
  side: ReadonlyMap<string, readonly Keyed[]>,
  wanted: (key: string) => boolean,
): string[] {
  return [...side].flatMap(([key, [first]]) =>
    wanted(key) && first !== undefined ? [`${first.method} ${first.path}`] : [],
  );
}

/** Of routes that were registered twice, each counts as guarded by what stands before one of them. */
function unguarded(
  read: ReadonlyMap<string, readonly Route[]>,
  served: ReadonlyMap<string, readonly LiveRow[]>,
  guardsOf: (route: Route) => readonly string[],
): string[] {
  return [...read].flatMap(([key, [route]]) => {
    const rows = served.get(key)?.filter((row) => row.guards !== undefined) ?? [];
    if (route === undefined || rows.length === 0) return [];
    const stands = rows.flatMap((row) => row.guards ?? []).map((one) => one.split('.').at(-1));
    const gone = guardsOf(route).filter((name) => !stands.includes(name));
    return [...new Set(gone)].map((name) => `${route.method} ${route.path}: ${name}`);
  });
}

const docs =
  /\/(?:api-?docs?|docs|swagger[\w-]*|openapi(?:\.json|\.ya?ml)?|redoc|(?:api)?specs?)(?:[/.]|$)/i;

/** Pages about the interface that a library brings along; the application's own are routes like others. */
function isDocs({ path, place, handler }: LiveRow): boolean {
  const file = handler?.place?.file ?? place?.file;
  return (
    file !== undefined && /(?:^|\/)(?:site-packages|node_modules)\//.test(file) && docs.test(path)
  );
}

function isOwn({ place, handler }: LiveRow, own: readonly string[]): boolean {
  const files = [place?.file, handler?.place?.file];
  return own.some((folder) => files.some((file) => file?.startsWith(`${folder}/`)));
}
