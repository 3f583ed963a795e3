import { type Bootstrap, callsOf } from './bootstrap.ts';
import { appProviders, type Enhancer, type EnhancerKind } from './enhancers.ts';
import type { Machine } from './evaluate.ts';
import { instanceOf } from './execute.ts';
import { type ModuleGraph, modulePrefixes } from './modules.ts';
import { covers, joinPath } from './paths.ts';
import { flag, itemsOf, member, type Text, textOfValue, type Value } from './values.ts';
import { type Versioning, versioningOf } from './versions.ts';

/** One running application: what it is made of, and what holds for all of its routes. */
export interface Application {
  m: Machine;
  bootstrap: Bootstrap | undefined;
  graph: ModuleGraph;
  prefix: Text | undefined;
  excluded: readonly RoutePattern[];
  versioning: Versioning | undefined;
  modulePrefixes: ReadonlyMap<unknown, string>;
  globals: Readonly<Record<EnhancerKind, readonly Enhancer[]>>;
  rawBody: boolean;
}

/** A path with a method, of `exclude` and `forRoutes`. */
export interface RoutePattern {
  path: string;
  /** `undefined`: every method. */
  method: string | undefined;
  /** A plain text mounts what is below it too. */
  below: boolean;
}

export function application(
  m: Machine,
  bootstrap: Bootstrap | undefined,
  graph: ModuleGraph,
): Application {
  const calls = bootstrap ? callsOf(bootstrap, 'setGlobalPrefix') : [];
  const prefix = calls.at(-1);
  const versioning = bootstrap && callsOf(bootstrap, 'enableVersioning').at(-1);
  const globals = (kind: EnhancerKind, call: string) => globalsOf(m, bootstrap, graph, kind, call);
  return {
    m,
    bootstrap,
    graph,
    prefix: prefix && textOfValue(prefix.args[0]),
    excluded: patternsOf(member(prefix?.args[1], 'exclude')),
    versioning: versioning && versioningOf(versioning.args[0]),
    modulePrefixes: modulePrefixes(graph.routerTrees),
    globals: {
      guard: globals('guard', 'useGlobalGuards'),
      pipe: globals('pipe', 'useGlobalPipes'),
      interceptor: globals('interceptor', 'useGlobalInterceptors'),
      filter: globals('filter', 'useGlobalFilters'),
    },
    rawBody: flag(member(bootstrap?.options, 'rawBody')) === true,
  };
}

// `APP_GUARD` providers are bound while modules are scanned, before the bootstrap adds its own.
function globalsOf(
  m: Machine,
  bootstrap: Bootstrap | undefined,
  graph: ModuleGraph,
  kind: EnhancerKind,
  call: string,
): Enhancer[] {
  const provided = graph.modules.flatMap((entry) => {
    const place = { file: entry.class.file.path, line: 1 };
    return appProviders(m, entry.providers, kind, place);
  });
  const handed = (bootstrap ? callsOf(bootstrap, call) : []).flatMap(({ args, place }) =>
    args
      .flatMap(itemsOf)
      .map((value) => ({ kind, value: instantiated(m, value), scope: 'app' as const, place })),
  );
  return [...provided, ...handed];
}

// `app.useGlobalGuards(app.get(JwtGuard))` hands over what the container made.
function instantiated(m: Machine, value: Value): Value {
  if (value.kind !== 'call' || value.isNew || value.callee.kind !== 'member') return value;
  const [wanted] = value.args;
  return value.callee.name === 'get' && wanted?.kind === 'class' ? instanceOf(m, wanted) : value;
}

/** Patterns in the arguments of `exclude` and `forRoutes`; classes are left to the caller. */
export function patternsOf(value: Value | undefined): RoutePattern[] {
  return itemsOf(value).flatMap((one): RoutePattern[] => {
    const plain = textOfValue(one)?.text;
    if (plain !== undefined) return [{ path: plain, method: undefined, below: true }];
    const path = textOfValue(member(one, 'path'))?.text;
    if (path === undefined) return [];
    return [{ path, method: methodOf(member(one, 'method')), below: false }];
  });
}

const byNumber = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD', 'SEARCH'];

function methodOf(value: Value | undefined): string | undefined {
  const name =
    value?.kind === 'external'
      ? value.name.split('.').at(-1)
      : value?.kind === 'literal' && typeof value.value === 'number'
        ? byNumber[value.value]
        : textOfValue(value)?.text.toUpperCase();
  return name === 'ALL' ? undefined : name;
}

export function matches(pattern: RoutePattern, method: string, path: string): boolean {
  if (pattern.method !== undefined && pattern.method !== method && method !== 'ALL') return false;
  return covers(pattern.path, path);
}

/** The full path of a route, and the path before the global prefix that middleware is mounted by. */
export function fullPath(
  app: Application,
  method: string,
  version: string,
  parts: readonly string[],
): { path: string; inner: string } {
  const plain = joinPath(...parts);
  const inner = joinPath(version, plain);
  const prefix = app.prefix?.text ?? '';
  if (app.excluded.some((one) => matches(one, method, plain))) return { path: inner, inner };
  return { path: joinPath(prefix, inner), inner };
}
