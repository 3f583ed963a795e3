import type { GoProject } from '../../languages/go/packages.ts';
import type { Host } from '../../languages/go/run.ts';
import { textOf, typeName, type Value } from '../../languages/go/values.ts';
import type { Guard, Place, Unresolved } from '../../surface/surface.ts';
import { guardOf } from './guards.ts';
import { flat, isPartial, joinPath } from './paths.ts';

/** An engine or a group: what it adds to the path, and what runs before its handlers. */
export interface Router {
  /** `undefined` where the prefix could not be read. */
  prefix: string | undefined;
  guards: Guard[];
  isEngine: boolean;
  /** Nobody of the project passes it: a test or a tool does. */
  detached: boolean;
}

/** One registration, as it was made. */
export interface Registration {
  method: string;
  path: string;
  kind: 'http' | 'static';
  directory?: string | undefined;
  guards: readonly Guard[];
  handler: Value | undefined;
  place: Place;
  detached: boolean;
}

export interface Registered {
  routes: Registration[];
  /** Guards of every engine, in their order. */
  guards: Guard[];
  apps: { name: string; place: Place }[];
  unresolved: Unresolved[];
  /** NoRoute and NoMethod handlers. */
  fallbacks: { handler: Value | undefined; place: Place }[];
  proxies: { value: string; place: Place }[];
}

const verbs = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const harmless = new Set([
  'Run',
  'RunTLS',
  'RunUnix',
  'RunListener',
  'RunFd',
  'ServeHTTP',
  'SetHTMLTemplate',
  'LoadHTMLGlob',
  'LoadHTMLFiles',
  'SetFuncMap',
  'Delims',
  'Routes',
  'Handler',
  'BasePath',
  'HandleContext',
  'SecureJsonPrefix',
]);

/** Follows engines and groups through the project. */
export function routers(found: Registered, project?: GoProject): Host {
  const engine = (name: string, place: Place, guards: Guard[]): Value => {
    found.apps.push({ name, place });
    found.guards.push(...guards);
    return {
      k: 'object',
      object: { prefix: '/', guards, isEngine: true, detached: false } satisfies Router,
    };
  };
  const detachedEngine = (name: string, place: Place): Value => {
    found.apps.push({ name: name.split('/').at(-1) ?? name, place });
    return {
      k: 'object',
      object: { prefix: '/', guards: [], isEngine: true, detached: true } satisfies Router,
    };
  };
  return {
    external: (name, args, place) => {
      if (name === 'github.com/gin-gonic/gin.New') return engine('gin.New', place, []);
      if (name !== 'github.com/gin-gonic/gin.Default') {
        // A framework around gin hands its engine out: `cosy.GetEngine()`.
        return /\.Get(?:Gin)?Engine$/.test(name) ? detachedEngine(name, place) : handOn(name, args);
      }
      const own = ['Logger', 'Recovery'].map((each) => guardOf(builtIn(each, place), 'app', place));
      return engine('gin.Default', place, own);
    },
    method: (object, name, args, place) =>
      onRouter(found, object as Router, name, args, place, project),
    escaped: (what, place) => {
      found.unresolved.push({ what: `a router is handed to ${what}`, place });
    },
    cutOff: (name, place) => {
      const what = `the reading of ${name || 'a function'} ended here: the code makes too many steps`;
      found.unresolved.push({ what, place });
    },
    parameter: (type, place) => {
      const known = /\bgin\.(Engine|RouterGroup|IRouter|IRoutes)$/.exec(type);
      if (known === null) return undefined;
      const isEngine = known[1] === 'Engine';
      if (!isEngine)
        found.unresolved.push({
          what: `${typeName({ text: type } as never)} that nobody passes`,
          place,
        });
      return {
        k: 'object',
        object: {
          prefix: isEngine ? '/' : undefined,
          guards: [],
          isEngine,
          detached: true,
        } satisfies Router,
      };
    },
  };
}

function builtIn(name: string, place: Place): Value {
  return { k: 'external', name: `github.com/gin-gonic/gin.${name}`, called: true, args: [], place };
}

/** Servers and wrappers take the engine and register nothing: it is their handler. */
function handOn(name: string, args: readonly Value[]): Value | undefined {
  const takes =
    /(?:^|\/)(?:net\/http|httptest|endless|graceful|manners|autotls|h2c|fmt|log)\b/.test(name);
  return takes
    ? (args.find((each) => each.k === 'object') ?? { k: 'unknown', text: name })
    : undefined;
}

function onRouter(
  found: Registered,
  router: Router,
  name: string,
  args: readonly Value[],
  place: Place,
  project: GoProject | undefined,
): Value | undefined {
  const self: Value = { k: 'object', object: router };
  const rest = flat(args.slice(1));
  if (name === 'Use') {
    const guards = flat(args).map((each) =>
      guardOf(each, router.isEngine ? 'app' : 'router', place, router.prefix, project),
    );
    router.guards = [...router.guards, ...guards];
    if (router.isEngine) found.guards.push(...guards);
    return self;
  }
  if (name === 'Group') {
    const guards = rest.map((each) => guardOf(each, 'router', place, router.prefix, project));
    const own = textOf(args[0]);
    const sure = own !== undefined && !isPartial(args[0]);
    // A configured part is left out of the path, and what stands below is less sure.
    const prefix = joinPath(router.prefix, own ?? '');
    if (prefix === undefined || !sure) {
      found.unresolved.push({ what: 'the path of a group', place });
    }
    // combineHandlers copies: what the parent uses later does not reach this group.
    return {
      k: 'object',
      object: {
        ...router,
        prefix,
        isEngine: false,
        detached: router.detached || !sure,
        guards: [...router.guards, ...guards],
      } satisfies Router,
    };
  }
  const upper = name.toUpperCase();
  if (verbs.has(upper)) return add([upper], args[0], rest);
  if (name === 'Any') return add(['ALL'], args[0], rest);
  if (name === 'Handle') return add([textOf(args[0])], args[1], flat(args.slice(2)));
  if (name === 'Match') {
    const methods = args[0]?.k === 'list' ? args[0].items.map(textOf) : [undefined];
    return add(methods, args[1], flat(args.slice(2)));
  }
  if (/^Static(?:File)?(?:FS)?$/.test(name)) return addFiles(name);
  if (name === 'NoRoute' || name === 'NoMethod') {
    found.fallbacks.push({ handler: flat(args).at(-1), place });
    return self;
  }
  if (name === 'SetTrustedProxies') {
    const [list] = args;
    const value =
      list?.k === 'list' ? list.items.map((each) => textOf(each) ?? '?').join(', ') : 'none';
    found.proxies.push({ value, place });
    return { k: 'unknown', text: name };
  }
  if (harmless.has(name)) return { k: 'unknown', text: name };
  found.unresolved.push({ what: `${name} of a router`, place });
  return self;

  function add(
    methods: readonly (string | undefined)[],
    at: Value | undefined,
    handlers: readonly Value[],
  ): Value {
    const path = joinPath(router.prefix, textOf(at));
    if (isPartial(at)) found.unresolved.push({ what: 'a part of the path of a route', place });
    for (const method of methods) {
      if (path === undefined || method === undefined) {
        found.unresolved.push({
          what: `a route whose ${path === undefined ? 'path' : 'method'} is computed`,
          place,
        });
        continue;
      }
      found.routes.push({
        method,
        path,
        kind: 'http',
        guards: [
          ...router.guards,
          ...handlers.slice(0, -1).map((each) => guardOf(each, 'route', place, undefined, project)),
        ],
        handler: handlers.at(-1),
        place,
        detached: router.detached || isPartial(at),
      });
    }
    return self;
  }

  function addFiles(which: string): Value {
    const base = joinPath(router.prefix, textOf(args[0]));
    if (base === undefined) found.unresolved.push({ what: 'the path of static files', place });
    else {
      const single = which.startsWith('StaticFile');
      const path = single ? base : `${base.replace(/\/$/, '')}/*filepath`;
      const directory = single ? undefined : textOf(args[1]);
      found.routes.push({
        method: 'GET',
        path,
        kind: 'static',
        directory,
        guards: router.guards,
        handler: undefined,
        place,
        detached: router.detached,
      });
    }
    return self;
  }
}
