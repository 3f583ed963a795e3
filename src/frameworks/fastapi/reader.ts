import { coerce, lt } from 'semver';
import {
  credentialsIn,
  guard,
  kindsByBody,
  pathParams,
  sensitivityOf,
  templateOf,
  traitsOf,
  withIds,
} from '../../languages/python/describe.ts';
import { pythonFacts } from '../../languages/python/facts/facts.ts';
import { runProject } from '../../languages/python/project.ts';
import type { Run } from '../../languages/python/run.ts';
import {
  type Class,
  type Event,
  type Func,
  nameOf,
  type Obj,
  str,
  type Value,
} from '../../languages/python/values.ts';
import type { Project } from '../../project/project.ts';
import type { Fact } from '../../surface/facts.ts';
import type { ErrorHandler, Guard, Route, Surface, Unresolved } from '../../surface/surface.ts';
import { fastapiUsers, known } from './known.ts';
import { dependency } from './reader-dependency.ts';
import { type Signature, signature } from './reader-signature.ts';

type Found = Omit<Route, 'id'>;

const methods: ReadonlySet<string> = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'trace',
]);
const silent =
  /^(?:openapi|openapi=|state\.|state=|dependency_overrides|exception_handler|add_exception_handler|middleware|add_middleware|on_event|add_event_handler|version|title|router|url_path_for|.*=$)/;

/** Reads a FastAPI project's whole surface from its sources. */
export async function readFastapi(project: Project): Promise<Surface> {
  const { run, files, bytes } = await runProject(project.tree, /(?:^|\.)FastAPI$/);
  const reader = new Reader(run, copiesRouters(project.frameworkVersion));
  const apps = run.objects.filter((one) => isApp(one));
  const mounted = new Set(
    apps.flatMap((app) =>
      app.events.flatMap((event) =>
        event.name === 'mount' ? event.args : [event.kwargs.get('app')],
      ),
    ),
  );
  const roots = apps.filter((app) => !mounted.has(app));
  const routes: Found[] = [];
  const seen = new Set<string>();
  for (const app of roots) {
    const same = (route: Found): string =>
      `${app.place.file}:${app.place.line} ${route.method} ${route.path} ${route.handler.place.line}`;
    for (const route of reader.app(app, '', [])) {
      // A factory that is called twice makes the same application twice.
      if (seen.has(`${app.id < 0} ${same(route)}`)) continue;
      seen.add(`${app.id < 0} ${same(route)}`);
      routes.push(route);
    }
  }
  return {
    routes: withIds(routes),
    guards: roots.flatMap((app) => reader.appGuards(app)),
    errorHandlers: reader.errorHandlers,
    facts: [...pythonFacts(project, run, files), ...reader.facts],
    unresolved: reader.unresolved,
    notAnalysed: run.notAnalysed,
    apps: roots.map((app) => ({ name: app.of, place: app.place })),
    read: { files: files.length, bytes },
  };
}

function isApp(one: Obj): boolean {
  return /(?:^|\.)FastAPI$/.test(one.of) && !one.of.includes('(');
}

function isRouter(one: Obj): boolean {
  return /(?:^|\.)(?:API|Inferring)?Router$|\.router$/.test(one.of);
}

/** Up to 0.136 `include_router` copied what stood there; since 0.137 it sees later routes too. */
function copiesRouters(version: string | undefined): boolean {
  const known = coerce(version);
  return known !== null && lt(known, '0.137.0');
}

class Reader {
  readonly errorHandlers: ErrorHandler[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly facts: Fact[] = [];
  readonly #run: Run;
  readonly #copies: boolean;

  constructor(run: Run, copies: boolean) {
    this.#run = run;
    this.#copies = copies;
  }

  app(app: Obj, prefix: string, outer: readonly Guard[]): Found[] {
    const guards = [...outer, ...this.appGuards(app)];
    this.handlers(app);
    return [
      ...this.docs(app, prefix, guards),
      ...this.routes(app, prefix, guards, Number.POSITIVE_INFINITY),
    ];
  }

  appGuards(app: Obj): Guard[] {
    const guards: Guard[] = [];
    const middleware = app.kwargs.get('middleware');
    const listed = middleware?.t === 'list' ? middleware.items : [];
    for (const one of listed) if (one.t === 'obj') guards.push(this.middleware(one.args[0], one));
    // The last that is added stands outermost.
    for (const event of app.events.toReversed()) {
      if (event.name === 'add_middleware')
        guards.push(this.middleware(event.args[0] ?? event.kwargs.get('middleware_class'), event));
      if (event.name === 'middleware' && event.target?.t === 'func') {
        guards.push(
          guard(event.target.name, kindsByBody(event.target), 'app', event.place, {
            confidence: 'medium',
          }),
        );
      }
    }
    return [...guards, ...this.dependencies(app.kwargs.get('dependencies'), 'app', []).guards];
  }

  middleware(value: Value | undefined, at: Pick<Event, 'place'>): Guard {
    const name = nameOf(value);
    const entry = known[name.split('.').at(-1) ?? ''];
    if (entry !== undefined)
      return guard(name, entry.kinds, 'app', at.place, { library: name.split('.')[0] });
    const dispatch =
      value?.t === 'class'
        ? (value.members.get('dispatch') ?? value.members.get('__call__'))
        : undefined;
    if (dispatch?.t === 'func')
      return guard(name, kindsByBody(dispatch), 'app', at.place, { confidence: 'medium' });
    return guard(name || 'middleware', ['unknown'], 'app', at.place, { confidence: 'low' });
  }

  handlers(app: Obj): void {
    for (const event of app.events) {
      const func =
        event.name === 'exception_handler'
          ? event.target
          : event.name === 'add_exception_handler'
            ? event.args[1]
            : undefined;
      if (func?.t !== 'func') continue;
      const text = func.node.text;
      const leaks = /traceback|format_exc/.test(text)
        ? 'stack'
        : /str\(exc?\)|repr\(/.test(text)
          ? 'message'
          : 'none';
      this.errorHandlers.push({ name: func.name, place: func.place, leaks });
    }
  }

  dependencies(
    value: Value | undefined,
    scope: Guard['scope'],
    inPath: readonly string[],
  ): Signature {
    const made: Signature = { params: [], guards: [], credentials: [], body: 'none' };
    for (const one of value?.t === 'list' ? value.items : []) {
      const place = one.t === 'obj' ? one.place : { file: '', line: 1 };
      dependency(
        this.#run,
        one.t === 'obj' && /Depends|Security/.test(one.of)
          ? (one.args[0] ?? one.kwargs.get('dependency') ?? one)
          : one,
        place,
        scope,
        inPath,
        made,
        0,
      );
    }
    return made;
  }

  docs(app: Obj, prefix: string, guards: readonly Guard[]): Found[] {
    const path = (name: string, fallback: string): string | undefined => {
      const given = app.kwargs.get(name);
      return given === undefined ? fallback : str(given);
    };
    const openapi = path('openapi_url', '/openapi.json');
    if (openapi === undefined) return [];
    return [openapi, path('docs_url', '/docs'), path('redoc_url', '/redoc')].flatMap(
      (one): Found[] =>
        one === undefined
          ? []
          : [{ ...this.plain('GET', prefix + one, app, guards), kind: 'static', traits: ['docs'] }],
    );
  }

  /** Routes of an application or router, as they stood there at a moment. */
  routes(of: Obj, outer: string, guards: readonly Guard[], until: number, depth = 0): Found[] {
    if (depth > 12) return [];
    const own = isApp(of) ? '' : (str(of.kwargs.get('prefix')) ?? '');
    const prefix = outer + own;
    const inherited = isApp(of)
      ? guards
      : [...guards, ...this.dependencies(of.kwargs.get('dependencies'), 'router', []).guards];
    const routes: Found[] = [];
    for (const event of of.events) {
      if (this.#copies && event.seq > until) break;
      const name = event.name.replace(/^router\./, '');
      const path = str(event.args[0]) ?? str(event.kwargs.get('path'));
      if (methods.has(name) && event.target !== undefined)
        routes.push(this.route([name.toUpperCase()], prefix, path, event, event.target, inherited));
      else if ((name === 'websocket' || name === 'websocket_route') && event.target !== undefined)
        routes.push(this.route(['WS'], prefix, path, event, event.target, inherited));
      else if ((name === 'api_route' || name === 'route') && event.target !== undefined)
        routes.push(...this.many(prefix, path, event, event.target, inherited));
      else if (name === 'add_api_route' || name === 'add_route')
        routes.push(
          ...this.many(
            prefix,
            path,
            event,
            event.args[1] ?? event.kwargs.get('endpoint'),
            inherited,
          ),
        );
      else if (name === 'add_api_websocket_route' || name === 'add_websocket_route')
        routes.push(this.route(['WS'], prefix, path, event, event.args[1], inherited));
      else if (name === 'include_router')
        routes.push(...this.included(event, prefix, inherited, depth));
      else if (name === 'mount')
        routes.push(...this.mounted(event, prefix + (path ?? ''), inherited));
      else if (event.target !== undefined && !silent.test(name))
        this.unresolved.push({ what: `${of.of}.${name}`, place: event.place });
    }
    return routes;
  }

  included(event: Event, prefix: string, guards: readonly Guard[], depth: number): Found[] {
    const router = event.args[0] ?? event.kwargs.get('router');
    const under = prefix + (str(event.kwargs.get('prefix')) ?? '');
    const all = [
      ...guards,
      ...this.dependencies(event.kwargs.get('dependencies'), 'router', []).guards,
    ];
    const users = router?.t === 'obj' ? /\.(get_\w+_router)\(\)$/.exec(router.of)?.[1] : undefined;
    if (users !== undefined && router?.t === 'obj') {
      return (fastapiUsers[users] ?? []).map(([method, path]) => {
        const more =
          users === 'get_users_router'
            ? [
                guard('fastapi_users.current_user', ['auth'], 'route', event.place, {
                  library: 'fastapi_users',
                }),
              ]
            : [];
        return this.plain(method, under + path, { ...router, place: event.place }, [
          ...all,
          ...more,
        ]);
      });
    }
    if (router?.t === 'obj' && (isRouter(router) || isApp(router) || router.events.length > 0))
      return this.routes(router, under, all, event.seq, depth + 1);
    if (router?.t === 'bound' && router.name === 'router')
      return this.routes(router.self, under, all, event.seq, depth + 1);
    this.unresolved.push({ what: `include_router(${nameOf(router)})`, place: event.place });
    return [];
  }

  mounted(event: Event, path: string, guards: readonly Guard[]): Found[] {
    const app = event.args[1] ?? event.kwargs.get('app');
    if (app?.t === 'obj' && isApp(app)) return this.app(app, path, guards);
    const isStatic = /StaticFiles$/.test(nameOf(app));
    const at = { ...(app?.t === 'obj' ? app : { of: nameOf(app) }), place: event.place };
    const route = this.plain(isStatic ? 'GET' : 'ALL', `${path}/{path:path}`, at, guards);
    if (isStatic && app?.t === 'obj') {
      const directory = str(app.kwargs.get('directory') ?? app.args[0]) ?? 'static';
      const detail = { prefix: path, directory, listing: false };
      this.facts.push({ kind: 'static', detail, place: event.place, confidence: 'high' });
    }
    if (!isStatic) this.unresolved.push({ what: `mount(${nameOf(app)})`, place: event.place });
    return [
      {
        ...route,
        kind: isStatic ? 'static' : 'http',
        traits: isStatic ? ['static'] : [],
        response: isStatic ? 'file' : 'unknown',
      },
    ];
  }

  many(
    prefix: string,
    path: string | undefined,
    event: Event,
    target: Value | undefined,
    guards: readonly Guard[],
  ): Found[] {
    const given = event.kwargs.get('methods');
    const listed =
      given?.t === 'list' ? given.items.flatMap((one) => str(one)?.toUpperCase() ?? []) : ['GET'];
    return listed.map((method) => this.route([method], prefix, path, event, target, guards));
  }

  route(
    names: readonly string[],
    prefix: string,
    given: string | undefined,
    event: Event,
    target: Value | undefined,
    outer: readonly Guard[],
  ): Found {
    const path = prefix + (given ?? '') || '/';
    if (given === undefined)
      this.unresolved.push({ what: 'a path that is not a literal', place: event.place });
    const template = templateOf(path);
    const method = names[0] ?? 'GET';
    const inPath = pathParams(template);
    const func: Func | Class | undefined =
      target?.t === 'func' || target?.t === 'class' ? target : undefined;
    const listed = this.dependencies(event.kwargs.get('dependencies'), 'route', inPath);
    const own: Signature =
      func?.t === 'func'
        ? signature(this.#run, func, inPath)
        : { params: [], guards: [], credentials: [], body: 'none' };
    const decorators = func?.t === 'func' ? this.decorators(func) : [];
    const guards = [...outer, ...listed.guards, ...decorators, ...own.guards];
    const params = unique([...listed.params, ...own.params]);
    for (const name of inPath) {
      if (!params.some((one) => one.name === name && one.in === 'path'))
        params.push({
          name,
          in: 'path',
          type: 'string',
          optional: false,
          confidence: 'medium',
          place: event.place,
        });
    }
    const text = func?.node.text ?? '';
    return {
      method,
      path,
      template,
      kind:
        method === 'WS'
          ? 'websocket'
          : /EventSourceResponse|text\/event-stream/.test(text)
            ? 'sse'
            : 'http',
      place: event.place,
      handler: { name: func?.name, place: func?.place ?? event.place },
      params,
      body:
        own.body === 'none'
          ? /request\.(?:body|stream)\(/.test(text)
            ? 'raw'
            : /request\.json\(/.test(text)
              ? 'json'
              : listed.body
          : own.body,
      response: responseOf(`${nameOf(event.kwargs.get('response_class'))} ${text}`),
      guards,
      credentials: [
        ...new Set([
          ...listed.credentials,
          ...own.credentials,
          ...credentialsIn(text),
          ...outer.flatMap((one) => known[one.name.split('.').at(-1) ?? '']?.credential ?? []),
        ]),
      ],
      sensitivity: sensitivityOf(template, params),
      traits: traitsOf(method, template, func?.name, params),
      confidence: given === undefined ? 'low' : 'high',
    };
  }

  decorators(func: Func): Guard[] {
    return func.decorators.flatMap(({ value, node }): Guard[] => {
      const place = { file: func.module.file, line: node.line };
      if (/limiter|limit\(/i.test(node.text) && /limit/.test(node.text))
        return [guard(node.text.slice(1), ['ratelimit'], 'route', place, { library: 'slowapi' })];
      if (value.t !== 'func') return [];
      return [guard(value.name, kindsByBody(value), 'route', place, { confidence: 'medium' })];
    });
  }

  plain(
    method: string,
    path: string,
    at: Pick<Obj, 'of' | 'place'>,
    guards: readonly Guard[],
  ): Found {
    const template = templateOf(path);
    return {
      method,
      path,
      template,
      kind: 'http',
      place: at.place,
      handler: { name: at.of, place: at.place },
      params: [],
      body: 'none',
      response: 'unknown',
      guards,
      credentials: [],
      sensitivity: sensitivityOf(template, []),
      traits: traitsOf(method, template, undefined, []),
      confidence: 'high',
    };
  }
}

function unique(params: Route['params']): Route['params'][number][] {
  return params.filter(
    (one, index) =>
      params.findIndex((other) => other.name === one.name && other.in === one.in) === index,
  );
}

function responseOf(text: string): Route['response'] {
  if (/RedirectResponse/.test(text)) return 'redirect';
  if (/HTMLResponse|TemplateResponse/.test(text)) return 'html';
  if (/FileResponse/.test(text)) return 'file';
  return /StreamingResponse|EventSourceResponse/.test(text) ? 'stream' : 'json';
}
