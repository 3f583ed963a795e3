import { foreignBase } from '../../languages/python/bases.ts';
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
import type {
  ErrorHandler,
  Guard,
  Param,
  Route,
  Surface,
  Unresolved,
} from '../../surface/surface.ts';
import { known } from './known.ts';
import { bodyParams } from './reader-body.ts';

type Found = Omit<Route, 'id'>;
type Target = Func | Class;

const verbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);
const last = (value: Value | undefined): string => nameOf(value).split('.').at(-1) ?? '';
const isApp = (one: Obj): boolean =>
  /(?:^|\.)(?:Flask|APIFlask|OpenAPI)$/.test(one.of) && /flask|openapi/i.test(one.of);
const isApi = (one: Obj): boolean => /(?:^|\.)Api$/.test(one.of);

/** Reads a Flask project's whole surface from its sources. */
export async function readFlask(project: Project): Promise<Surface> {
  const { run, files, bytes } = await runProject(project.tree, /(?:^|\.)(?:Flask|APIFlask)$/);
  const reader = new Reader(run);
  const apps = run.objects.filter(isApp);
  const routes: Found[] = [];
  const seen = new Set<string>();
  for (const app of apps) {
    for (const route of reader.app(app)) {
      // A factory that is called twice makes the same application twice.
      const same = `${app.place.file}:${app.place.line} ${route.method} ${route.path} ${route.handler.place.file}:${route.handler.place.line}`;
      if (!seen.has(same)) routes.push(route);
      seen.add(same);
    }
  }
  const first = apps[0];
  return {
    routes: withIds(routes),
    guards: first === undefined ? [] : reader.appGuards(first),
    errorHandlers: reader.errorHandlers,
    facts: [...pythonFacts(project, run, files), ...reader.facts],
    unresolved: reader.unresolved,
    notAnalysed: run.notAnalysed,
    apps: apps.map((app) => ({ name: app.of, place: app.place })),
    read: { files: files.length, bytes },
  };
}

class Reader {
  readonly errorHandlers: ErrorHandler[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly facts: Fact[] = [];
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  app(app: Obj): Found[] {
    const guards = this.appGuards(app);
    return [...this.files(app, '', guards), ...this.routes(app, '', guards, 0)];
  }

  /** Extensions that were given the application, and its `before_request` functions. */
  appGuards(app: Obj): Guard[] {
    const guards: Guard[] = [];
    for (const one of this.#run.objects) {
      const given =
        one.args[0] === app ||
        one.kwargs.get('app') === app ||
        one.events.some((event) => event.name === 'init_app' && event.args[0] === app);
      const entry = known[last(one)];
      const limited =
        entry?.kinds.includes('ratelimit') !== true ||
        one.kwargs.has('default_limits') ||
        one.kwargs.has('application_limits');
      if (given && entry !== undefined && limited)
        guards.push(
          guard(`${last(one)}()`, entry.kinds, 'app', one.place, {
            library: nameOf(one).split('.')[0],
          }),
        );
    }
    const nested = [app, ...this.blueprints(app)];
    for (const of of nested) {
      for (const event of of.events) {
        const wanted =
          of === app ? event.name === 'before_request' : event.name === 'before_app_request';
        if (wanted) guards.push(...this.before(event, 'app'));
        if (/^(?:app_)?errorhandler$/.test(event.name) && event.target?.t === 'func')
          this.handler(event.target);
      }
    }
    return guards;
  }

  blueprints(of: Obj, depth = 0): Obj[] {
    if (depth > 8) return [];
    return of.events.flatMap((event) => {
      const one =
        event.name === 'register_blueprint'
          ? (event.args[0] ?? event.kwargs.get('blueprint'))
          : undefined;
      return one?.t === 'obj' ? [one, ...this.blueprints(one, depth + 1)] : [];
    });
  }

  before(event: Event, scope: Guard['scope']): Guard[] {
    const func = event.target ?? event.args[0];
    if (func?.t !== 'func') return [];
    const marked = this.decorators(func, undefined);
    return [
      ...marked,
      guard(func.name, kindsByBody(func), scope, func.place, { confidence: 'medium' }),
    ];
  }

  handler(func: Func): void {
    if (this.errorHandlers.some((one) => one.place === func.place)) return;
    const text = func.node.text;
    const leaks = /traceback|format_exc/.test(text)
      ? 'stack'
      : /str\(e\w*\)|repr\(/.test(text)
        ? 'message'
        : 'none';
    this.errorHandlers.push({ name: func.name, place: func.place, leaks });
  }

  files(of: Obj, prefix: string, guards: readonly Guard[]): Found[] {
    const folder = of.kwargs.get('static_folder');
    if (isApp(of) ? folder?.t === 'none' : folder === undefined || folder.t === 'none') return [];
    const name = (str(folder) ?? 'static').replace(/\/+$/, '').split('/').at(-1) ?? 'static';
    const url = `${prefix}${(str(of.kwargs.get('static_url_path')) ?? `/${name}`).replace(/\/$/, '')}`;
    const path = `${url}/<path:filename>`;
    this.facts.push(staticFact(url, of, str(folder) ?? 'static'));
    return [
      {
        ...this.route('GET', path, of, undefined, guards),
        kind: 'static',
        response: 'file',
        traits: ['static'],
      },
    ];
  }

  routes(of: Obj, prefix: string, outer: readonly Guard[], depth: number): Found[] {
    if (depth > 10) return [];
    const own = isApp(of)
      ? []
      : of.events
          .filter((event) => event.name === 'before_request')
          .flatMap((event) => this.before(event, 'router'));
    const guards = [...outer, ...own];
    const routes: Found[] = [];
    for (const event of of.events) {
      const path = str(event.args[0]) ?? str(event.kwargs.get('rule'));
      if (event.name === 'route' && event.target !== undefined)
        routes.push(...this.rule(prefix, path, event, event.target, guards));
      else if (verbs.has(event.name) && event.target !== undefined)
        routes.push(
          this.route(event.name.toUpperCase(), prefix + (path ?? ''), event, event.target, guards),
        );
      else if (event.name === 'add_url_rule')
        routes.push(...this.rule(prefix, path, event, this.view(event), guards));
      else if (event.name === 'register_blueprint')
        routes.push(...this.blueprint(event, prefix, guards, depth));
    }
    return [...routes, ...this.apis(of, prefix, guards)];
  }

  view(event: Event): Value | undefined {
    const given = event.kwargs.get('view_func') ?? event.args[2];
    if (given?.t === 'obj' && given.attrs.has('__view__')) return given.attrs.get('__view__');
    if (given?.t === 'unknown' || given?.t === 'obj') {
      const name = /(\w+)\.as_view/.exec(given.t === 'obj' ? given.node.text : given.text)?.[1];
      return this.#run.classes.find((one) => one.name === name);
    }
    return given;
  }

  blueprint(event: Event, prefix: string, guards: readonly Guard[], depth: number): Found[] {
    const blueprint = event.args[0] ?? event.kwargs.get('blueprint');
    if (blueprint?.t !== 'obj') {
      this.unresolved.push({
        what: `register_blueprint(${nameOf(blueprint)})`,
        place: event.place,
      });
      return [];
    }
    const own =
      str(event.kwargs.get('url_prefix')) ?? str(blueprint.kwargs.get('url_prefix')) ?? '';
    const under = join(prefix, own);
    return [
      ...this.files(blueprint, under, guards),
      ...this.routes(blueprint, under, guards, depth + 1),
    ];
  }

  /** Resources of flask-restful, restx and smorest whose Api stands on this application or blueprint. */
  apis(of: Obj, prefix: string, guards: readonly Guard[]): Found[] {
    return this.#run.objects.filter(isApi).flatMap((api) => {
      const on =
        api.args[0] ??
        api.kwargs.get('app') ??
        api.events.find((event) => event.name === 'init_app')?.args[0];
      if (on !== of) return [];
      const under = join(prefix, str(api.kwargs.get('prefix')) ?? '');
      return api.events.flatMap((event): Found[] => {
        if (event.name === 'add_resource')
          return event.args
            .slice(1)
            .flatMap((path) => this.rule(under, str(path), event, event.args[0], guards));
        if (event.name === 'route' && event.target !== undefined)
          return event.args.flatMap((path) =>
            this.rule(under, str(path), event, event.target, guards),
          );
        if (event.name === 'register_blueprint') return this.blueprint(event, under, guards, 1);
        const space = event.args[0];
        if (event.name !== 'add_namespace' || space?.t !== 'obj') return [];
        const path =
          str(event.kwargs.get('path')) ??
          str(event.args[1]) ??
          str(space.kwargs.get('path')) ??
          `/${str(space.args[0]) ?? ''}`;
        return space.events.flatMap((inner) =>
          inner.name === 'route'
            ? inner.args.flatMap((one) =>
                this.rule(under + path, str(one), inner, inner.target, guards),
              )
            : [],
        );
      });
    });
  }

  rule(
    prefix: string,
    given: string | undefined,
    event: Event,
    target: Value | undefined,
    guards: readonly Guard[],
  ): Found[] {
    if (given === undefined)
      this.unresolved.push({ what: 'a path that is not a literal', place: event.place });
    const path = join(prefix, given ?? '');
    const view = target?.t === 'func' || target?.t === 'class' ? target : undefined;
    const listed = event.kwargs.get('methods');
    const methods =
      listed?.t === 'list'
        ? listed.items.flatMap((one) => str(one)?.toUpperCase() ?? [])
        : undefined;
    if (view?.t !== 'class')
      return (methods ?? ['GET']).map((method) => this.route(method, path, event, view, guards));
    const own = handlers(view).filter(([verb]) => methods?.includes(verb) !== false);
    if (own.length === 0)
      return (methods ?? ['GET']).map((method) => this.route(method, path, event, view, guards));
    return own.map(([verb, func]) =>
      this.route(verb, path, event, func, [...guards, ...this.classGuards(view)], view.name),
    );
  }

  classGuards(view: Class): Guard[] {
    const listed = view.members.get('decorators') ?? view.members.get('method_decorators');
    const items = listed?.t === 'list' ? listed.items : [];
    return items.flatMap((one) => this.named(one, last(one), view.place));
  }

  /** Decorators below the one that registers; those above it never run for a request. */
  decorators(func: Func, event: { node: unknown } | undefined): Guard[] {
    const registers = func.decorators.findIndex((one) => one.node.kids[0] === event?.node);
    return func.decorators.flatMap(({ value, node }, index): Guard[] => {
      const place = { file: func.module.file, line: node.line };
      const guards = this.named(value, node.text.slice(1), place);
      if (index >= registers) return guards;
      for (const one of guards) {
        if (
          !one.kinds.some(
            (kind) =>
              kind === 'auth' || kind === 'authz' || kind === 'ratelimit' || kind === 'validation',
          )
        )
          continue;
        this.facts.push({
          kind: 'dead-guard',
          detail: { name: one.name, why: 'stands above the decorator that registers the route' },
          place,
          confidence: 'high',
        });
      }
      return [];
    });
  }

  named(value: Value, text: string, place: Guard['place']): Guard[] {
    if (value.t === 'func')
      return [guard(text, kindsByBody(value), 'route', place, { confidence: 'medium' })];
    const path = nameOf(value).replace(/\(\)$/, '');
    if (value.t === 'obj' && value.of === path && this.#run.functions.length === 0) return [];
    const parts = path.split('.');
    const entry = known[parts.slice(-2).join('.')] ?? known[parts.at(-1) ?? ''];
    if (entry !== undefined)
      return [guard(text, entry.kinds, 'route', place, { library: parts[0] })];
    const called = /^(\w+)\(/.exec(text)?.[1];
    const made = this.#run.functions.find((one) => one.name === (called ?? text));
    if (made !== undefined)
      return [guard(text, kindsByBody(made), 'route', place, { confidence: 'medium' })];
    if (
      /(?:route|get|post|put|patch|delete|errorhandler|before_request|cached|doc|marshal_with|response|arguments)\b/.test(
        text,
      )
    )
      return [];
    return [guard(text, ['unknown'], 'route', place, { confidence: 'low' })];
  }

  route(
    method: string,
    given: string,
    event: Event | Obj,
    target: Target | undefined,
    outer: readonly Guard[],
    of?: string,
  ): Found {
    const path = given === '' ? '/' : given;
    const template = templateOf(path);
    const text = target?.node.text ?? '';
    const own = target?.t === 'func' ? this.decorators(target, event) : [];
    const guards = [...outer, ...own];
    const typed = new Map(
      [...path.matchAll(/<(\w+):(\w+)>/g)].map((match) => [match[2], match[1]]),
    );
    const place = event.place;
    const params: Param[] = pathParams(template).map((name) => ({
      name,
      in: 'path',
      type:
        typed.get(name) === 'int' ? 'integer' : typed.get(name) === 'float' ? 'number' : 'string',
      optional: false,
      confidence: 'high',
      place,
    }));
    const read =
      target === undefined
        ? { params: [], body: 'none' as const }
        : bodyParams(target.node, target.module.file);
    params.push(...read.params);
    const name =
      target === undefined ? undefined : of === undefined ? target.name : `${of}.${target.name}`;
    const credentials = guards.flatMap(
      (one) => known[one.name.replace(/\(.*$/, '').split('.').at(-1) ?? '']?.credential ?? [],
    );
    return {
      method,
      path,
      template,
      kind: /text\/event-stream/.test(text) ? 'sse' : 'http',
      place,
      handler: { name, place: target?.place ?? place },
      params,
      body: method === 'GET' ? 'none' : read.body,
      response: responseOf(text),
      guards,
      credentials: [...new Set([...credentials, ...credentialsIn(text)])],
      sensitivity: sensitivityOf(template, params),
      traits: [
        ...traitsOf(method, template, name, params),
        ...(/render_template\(/.test(text) ? (['page'] as const) : []),
      ],
      confidence: 'high',
    };
  }
}

function handlers(view: Class, depth = 0): [string, Func][] {
  const own = [...view.members].flatMap(([name, one]): [string, Func][] =>
    verbs.has(name) && one.t === 'func' ? [[name.toUpperCase(), one]] : [],
  );
  const names = new Set(own.map(([verb]) => verb));
  const inherited =
    depth > 6 || foreignBase(view) === undefined
      ? []
      : view.bases.flatMap((base) => (base.t === 'class' ? handlers(base, depth + 1) : []));
  return [...own, ...inherited.filter(([verb]) => !names.has(verb))];
}

/** Where public files stand, beside the module that makes the application or blueprint. */
function staticFact(prefix: string, of: Obj, folder: string): Fact {
  const base = of.place.file.split('/').slice(0, -1);
  return {
    kind: 'static',
    detail: { prefix, directory: [...base, folder].join('/'), listing: false },
    place: of.place,
    confidence: 'high',
  };
}

function join(prefix: string, path: string): string {
  if (prefix === '' || path === '') return prefix + path;
  return `${prefix.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

function responseOf(text: string): Route['response'] {
  if (/render_template/.test(text)) return 'html';
  if (/send_file|send_from_directory/.test(text)) return 'file';
  if (/jsonify|return \{/.test(text)) return 'json';
  return /redirect\(/.test(text) ? 'redirect' : 'unknown';
}
