import { runCallbacks } from '../../../languages/javascript/run/calls.ts';
import { evaluate } from '../../../languages/javascript/run/expressions.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import {
  external,
  type Native,
  native,
  type Site,
  undefinedValue,
  unknown,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import type { Unresolved } from '../../../surface/surface.ts';
import { handlersOf, isNamedPath, isPath, pathsIn } from './arguments.ts';
import { type Layer, markedRouting, type PathText, type Routing, routingOf } from './routing.ts';

/** Methods of Express 4 and 5, as `node:http` lists them. */
const methods: ReadonlySet<string> = new Set(
  (
    'get post put patch delete head options all acl bind checkout connect copy link lock m-search merge mkactivity ' +
    'mkcalendar mkcol move notify propfind proppatch purge query rebind report search source subscribe trace unbind ' +
    'unlink unlock unsubscribe del ws'
  ).split(' '),
);

// Members of an application that register nothing.
const silent =
  /^(?:set|enable|disable|enabled|disabled|engine|locals|render|path|mountpath|parent|settings|cache|request|response|router|_router|stack|on|once|emit|off|addListener|removeListener|removeAllListeners|setMaxListeners|getMaxListeners|listeners|listenerCount|eventNames|prependListener|init|defaultConfiguration|lazyrouter|handle|mergeParams|caseSensitive|strict|params|constructor|prototype|toString|address|close|ready|isServer|__esModule)$/;

export interface Registry {
  machine: Machine;
  routings: Routing[];
  unresolved: Unresolved[];
  /** The project's own files. */
  sources: readonly string[];
}

/** A new application or router. */
export function makeRouting(registry: Registry, kind: Routing['kind'], site: Site): Native {
  registry.machine.effects += 1;
  const place = registry.machine.placeOf(site.scope, site.node);
  const routing = markedRouting({ kind, name: kind, place, layers: [], mounted: false });
  registry.routings.push(routing);
  const made: Native = native(kind, () => undefinedValue, {
    data: routing,
    get: (name) => memberOf(registry, routing, made, name),
  });
  return made;
}

function memberOf(
  registry: Registry,
  routing: Routing,
  self: Native,
  name: string,
): Value | undefined {
  const made = (call: Native['call']): Native => native(`${routing.kind}.${name}`, call);
  if (name === 'use') {
    return made((args, site) => {
      add(registry, routing, 'use', '', args, site);
      return self;
    });
  }
  if (name === 'param') {
    return made((args, site) => {
      add(registry, routing, 'param', '', args, site);
      return self;
    });
  }
  if (name === 'route') return made(([path], site) => routeOf(registry, routing, path, site));
  if (methods.has(name)) {
    return made((args, site) => {
      // `app.get('setting')` reads a setting.
      if (args.length === 1 && name === 'get' && routing.kind === 'app')
        return { k: 'unknown', of: [] };
      add(registry, routing, 'route', methodName(name), args, site);
      return self;
    });
  }
  if (name === 'listen') return made(() => external('http', ['Server']));
  // `import()` of CommonJS gives what it exports as `default`; a promise of an application is that application.
  if (name === 'default') return self;
  if (/^(?:then|catch|finally)$/.test(name)) return undefined;
  // What an application does when it is mounted or ready runs once, like a callback of a package.
  if (/^(?:on|once|addListener)$/.test(name)) {
    return made((args) => {
      runCallbacks(registry.machine, args.slice(1));
      return self;
    });
  }
  if (silent.test(name))
    return native(`${routing.kind}.${name}`, () => self, { get: () => unknown });
  return made((_args, site) => {
    unresolved(registry, `${routing.kind}.${name}(…)`, site);
    return { k: 'unknown', of: [] };
  });
}

function methodName(name: string): string {
  return name === 'del' ? 'DELETE' : name.toUpperCase();
}

function routeOf(registry: Registry, routing: Routing, path: Value | undefined, at: Site): Native {
  const made: Native = native('route', undefined, {
    get: (name) => {
      if (!methods.has(name)) return undefined;
      return native(name, (args, site) => {
        const paths = pathsIn(registry, path, at);
        push(registry, routing, 'route', methodName(name), paths, args, 0, site);
        return made;
      });
    },
  });
  return made;
}

function add(
  registry: Registry,
  routing: Routing,
  kind: Layer['kind'],
  method: string,
  args: readonly Value[],
  site: Site,
): void {
  const [first] = args;
  const isFirst = first && (isPath(first, kind) || (args.length > 1 && isNamedPath(first, site)));
  const paths = isFirst ? pathsIn(registry, first, site) : undefined;
  const root: PathText[] = [{ text: '/', open: false }];
  push(registry, routing, kind, method, paths ?? root, args, paths ? 1 : 0, site);
}

function push(
  registry: Registry,
  routing: Routing,
  kind: Layer['kind'],
  method: string,
  paths: readonly PathText[],
  args: readonly Value[],
  from: number,
  site: Site,
): void {
  registry.machine.effects += 1;
  const handlers = handlersOf(registry, args, from, site);
  for (const one of handlers) {
    const nested = routingOf(one.value);
    if (nested && kind === 'use') nested.mounted = true;
  }
  routing.layers.push({
    kind,
    method,
    paths,
    handlers,
    place: placeOf(registry, site),
    doubt: registry.machine.doubt > 0,
  });
}

/** A chain of calls starts at its first line; the registration stands where its method is named. */
function placeOf(registry: Registry, site: Site): Layer['place'] {
  const { callee } = site.node;
  const node = callee.type === 'MemberExpression' ? callee.property : site.node;
  return registry.machine.placeOf(site.scope, node);
}

/** Reads the names again that stood for nothing when they were registered. */
export function settle({ machine, routings }: Registry): void {
  for (const handler of routings.flatMap((one) => one.layers.flatMap((layer) => layer.handlers))) {
    if (!handler.late) continue;
    const value = evaluate(machine, handler.late.node, handler.late.scope);
    if (value.k === 'unknown' || value.k === 'primitive') continue;
    handler.value = value;
    const nested = routingOf(value);
    if (nested) nested.mounted = true;
  }
}

export function unresolved(registry: Registry, what: string, site: Site): void {
  const place = registry.machine.placeOf(site.scope, site.node);
  const known = registry.unresolved.some(
    (one) => one.what === what && one.place.file === place.file && one.place.line === place.line,
  );
  if (!known) registry.unresolved.push({ what, place });
}
