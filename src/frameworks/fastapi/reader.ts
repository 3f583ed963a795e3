import { coerce, lt } from 'semver';
import { guard } from '../../languages/python/describe.ts';
import { escapes, generated, otherApps } from '../../languages/python/escapes.ts';
import { pythonFacts } from '../../languages/python/facts/facts.ts';
import { prefixOf } from '../../languages/python/paths.ts';
import { runProject } from '../../languages/python/project.ts';
import { type Event, nameOf, type Obj } from '../../languages/python/values.ts';
import type { Project } from '../../project/project.ts';
import { withIds } from '../../surface/describe.ts';
import { seenInTests } from '../../surface/seen-in-tests.ts';
import type { Guard, Surface } from '../../surface/surface.ts';
import { fastapiUsers } from './known.ts';
import { resources, routable } from './reader-classes.ts';
import { appGuards, dependencies, handlers, middlewareOf } from './reader-guards.ts';
import { docs, frontend, mounted } from './reader-mounts.ts';
import { many, plain, route } from './reader-route.ts';
import { type Found, isApp, isRouter, type Reading } from './reading.ts';

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
  const reading: Reading = {
    run,
    copies: copiesRouters(project.frameworkVersion),
    errorHandlers: [],
    unresolved: [],
    facts: [],
  };
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
    for (const route of application(reading, app, '', [])) {
      // A factory that is called twice makes the same application twice.
      if (seen.has(same(route))) continue;
      seen.add(same(route));
      routes.push(route);
    }
  }
  const guards = roots.flatMap((app) => appGuards(reading, app));
  const facts = [...pythonFacts(project, run, files), ...reading.facts];
  return {
    routes: withIds(seenInTests(routes, facts)),
    guards,
    errorHandlers: reading.errorHandlers,
    facts,
    unresolved: [
      ...reading.unresolved,
      ...generated(run),
      ...escapes(run, (one) => isApp(one) || isRouter(one)),
    ],
    notAnalysed: [...run.notAnalysed, ...otherApps(run, isApp)],
    apps: distinct(roots).map((app) => ({ name: app.of, place: app.place })),
    read: { files: files.length, bytes },
  };
}

/** A factory that is called twice makes the same application twice. */
function distinct(apps: readonly Obj[]): Obj[] {
  const at = ({ place }: Obj): string => `${place.file}:${place.line}`;
  return [...new Map(apps.map((app) => [at(app), app])).values()];
}

/** Up to 0.136 `include_router` copied what stood there; since 0.137 it sees later routes too. */
function copiesRouters(version: string | undefined): boolean {
  const known = coerce(version);
  return known !== null && lt(known, '0.137.0');
}

function application(reading: Reading, app: Obj, prefix: string, outer: readonly Guard[]): Found[] {
  const guards = [...outer, ...appGuards(reading, app)];
  const bare = [...outer, ...middlewareOf(app)];
  handlers(reading, app);
  return [
    ...docs(app, prefix, bare),
    ...routes(reading, app, prefix, { guards, bare }, Number.POSITIVE_INFINITY),
    ...resources(reading, app, guards),
  ];
}

/** What stands in front of FastAPI's own routes, and of what has no dependencies: mounts and Starlette's routes. */
interface Standing {
  guards: readonly Guard[];
  bare: readonly Guard[];
}

/** Routes of an application or router, as they stood there at a moment. */
function routes(
  reading: Reading,
  of: Obj,
  outer: string,
  { guards, bare }: Standing,
  until: number,
  depth = 0,
): Found[] {
  if (depth > 12) return [];
  const own = isApp(of) ? '' : prefixOf(reading, of.kwargs.get('prefix'), of.place);
  const prefix = outer + own;
  const inherited = isApp(of)
    ? guards
    : [...guards, ...dependencies(reading, of.kwargs.get('dependencies'), 'router', []).guards];
  const routes: Found[] = [];
  for (const event of of.events) {
    if (reading.copies && event.seq > until) break;
    const name = event.name.replace(/^router\./, '');
    const standing = /^(?:add_)?(?:websocket_)?route$/.test(name) ? bare : inherited;
    const path = event.args[0] ?? event.kwargs.get('path');
    if (methods.has(name) && event.target !== undefined)
      routes.push(
        route(reading, [name.toUpperCase()], prefix, path, event, event.target, inherited),
      );
    else if ((name === 'websocket' || name === 'websocket_route') && event.target !== undefined)
      routes.push(route(reading, ['WS'], prefix, path, event, event.target, standing));
    else if ((name === 'api_route' || name === 'route') && event.target !== undefined)
      routes.push(...many(reading, prefix, path, event, event.target, standing));
    else if (name === 'add_api_route' || name === 'add_route')
      routes.push(
        ...many(
          reading,
          prefix,
          path,
          event,
          event.args[1] ?? event.kwargs.get('endpoint'),
          standing,
        ),
      );
    else if (name === 'add_api_websocket_route' || name === 'add_websocket_route')
      routes.push(route(reading, ['WS'], prefix, path, event, event.args[1], standing));
    else if (name === 'include_router')
      routes.push(...included(reading, event, prefix, { guards: inherited, bare }, depth));
    else if (name === 'mount')
      routes.push(...below(reading, event, prefix + prefixOf(reading, path, event.place), bare));
    else if (name === 'frontend')
      routes.push(frontend(reading, event, prefix + prefixOf(reading, path, event.place), bare));
    else if (event.target !== undefined && !silent.test(name))
      reading.unresolved.push({ what: `${of.of}.${name}`, place: event.place });
  }
  return routes;
}

function included(
  reading: Reading,
  event: Event,
  prefix: string,
  { guards, bare }: Standing,
  depth: number,
): Found[] {
  const router = event.args[0] ?? event.kwargs.get('router');
  const under = prefix + prefixOf(reading, event.kwargs.get('prefix'), event.place);
  const all = [
    ...guards,
    ...dependencies(reading, event.kwargs.get('dependencies'), 'router', []).guards,
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
      return plain(method, under + path, { ...router, place: event.place }, [...all, ...more]);
    });
  }
  const made = router?.t === 'obj' ? router : undefined;
  const own = made !== undefined && (isRouter(made) || isApp(made));
  const found =
    made !== undefined && (own || made.events.length > 0)
      ? routes(reading, made, under, { guards: all, bare }, event.seq, depth + 1)
      : [];
  // A router of a library that only adds to FastAPI's own holds what was registered on it.
  if (made !== undefined && (own || (found.length > 0 && !/crud/i.test(made.of)))) return found;
  if (router?.t === 'bound' && router.name === 'router') {
    if (/^classy_fastapi\b/.test(router.self.of)) return routable(reading, router.self, under, all);
    return routes(reading, router.self, under, { guards: all, bare }, event.seq, depth + 1);
  }
  if (made !== undefined && /GraphQL\w*Router$/.test(made.of))
    return [{ ...plain('ALL', under || '/', made, all), kind: 'graphql' }];
  // A router of a library answers routes that no source of the project names.
  reading.unresolved.push({ what: `include_router(${nameOf(router)})`, place: event.place });
  return found;
}

function below(reading: Reading, event: Event, path: string, guards: readonly Guard[]): Found[] {
  const mount = event.args[1] ?? event.kwargs.get('app');
  if (mount?.t === 'obj' && isApp(mount)) return application(reading, mount, path, guards);
  return mounted(reading, event, path, guards);
}
