import { escapes, generated, otherApps } from '../../languages/python/escapes.ts';
import { pythonFacts } from '../../languages/python/facts/facts.ts';
import { pathOf, prefixOf } from '../../languages/python/paths.ts';
import { runProject } from '../../languages/python/project.ts';
import { type Event, nameOf, type Obj, str, type Value } from '../../languages/python/values.ts';
import type { Project } from '../../project/project.ts';
import { withIds } from '../../surface/describe.ts';
import { seenInTests } from '../../surface/seen-in-tests.ts';
import type { Guard, Surface } from '../../surface/surface.ts';
import { apiDocs, appDocs } from './docs.ts';
import { exposed } from './reader-appbuilder.ts';
import { files } from './reader-files.ts';
import { appGuards, before } from './reader-guards.ts';
import { route, rule } from './reader-route.ts';
import { type Found, isApi, isApp, isBlueprint, join, type Reading, verbs } from './reading.ts';

/** Reads a Flask project's whole surface from its sources. */
export async function readFlask(project: Project): Promise<Surface> {
  const {
    run,
    files: sources,
    bytes,
  } = await runProject(project.tree, /(?:^|\.)(?:Flask|APIFlask)$/);
  const reading: Reading = { run, errorHandlers: [], unresolved: [], facts: [] };
  const apps = run.objects.filter(isApp);
  const routes: Found[] = [];
  const seen = new Set<string>();
  for (const app of apps) {
    for (const route of application(reading, app)) {
      // A factory that is called twice makes the same application twice.
      const same = `${app.place.file}:${app.place.line} ${route.method} ${route.path} ${route.handler.place.file}:${route.handler.place.line}`;
      if (!seen.has(same)) routes.push(route);
      seen.add(same);
    }
  }
  const first = apps[0];
  routes.push(...exposed(reading, first === undefined ? [] : appGuards(reading, first)));
  const guards = first === undefined ? [] : appGuards(reading, first);
  const facts = [...pythonFacts(project, run, sources), ...reading.facts];
  return {
    routes: withIds(seenInTests(routes, facts)),
    guards,
    errorHandlers: reading.errorHandlers,
    facts,
    unresolved: [
      ...reading.unresolved,
      ...generated(run),
      ...escapes(run, (one) => isApp(one) || isBlueprint(one) || isApi(one)),
    ],
    notAnalysed: [...run.notAnalysed, ...otherApps(run, isApp)],
    apps: distinct(apps).map((app) => ({ name: app.of, place: app.place })),
    read: { files: sources.length, bytes },
  };
}

/** A factory that is called twice makes the same application twice. */
function distinct(apps: readonly Obj[]): Obj[] {
  const at = ({ place }: Obj): string => `${place.file}:${place.line}`;
  return [...new Map(apps.map((app) => [at(app), app])).values()];
}

function application(reading: Reading, app: Obj): Found[] {
  const guards = appGuards(reading, app);
  return [
    ...files(reading, app, '', guards),
    ...routes(reading, app, '', guards, 0),
    ...appDocs(reading, app, guards),
  ];
}

function routes(
  reading: Reading,
  of: Obj,
  prefix: string,
  outer: readonly Guard[],
  depth: number,
): Found[] {
  if (depth > 10) return [];
  const own = isApp(of)
    ? []
    : of.events
        .filter((event) => event.name === 'before_request')
        .flatMap((event) => before(reading, event, 'router'));
  const guards = [...outer, ...own];
  const routes: Found[] = [];
  for (const event of of.events) {
    const path = event.args[0] ?? event.kwargs.get('rule');
    if (event.name === 'route' && event.target !== undefined)
      routes.push(...rule(reading, prefix, path, event, event.target, guards));
    else if (verbs.has(event.name) && event.target !== undefined)
      routes.push(
        route(
          reading,
          event.name.toUpperCase(),
          prefix + pathOf(reading, path, event.place),
          event,
          event.target,
          guards,
        ),
      );
    else if (event.name === 'add_url_rule') {
      const shown = view(reading, event);
      const made = rule(reading, prefix, path, event, shown, guards);
      // Without a function it names a path for `url_for`; the route that stands there answers.
      routes.push(...made.filter((one) => shown !== undefined || !isIn(routes, one)));
    } else if (event.name === 'register_blueprint')
      routes.push(...blueprint(reading, event, prefix, guards, depth));
  }
  return [...routes, ...apis(reading, of, prefix, guards)];
}

function isIn(routes: readonly Found[], one: Found): boolean {
  return routes.some((each) => each.method === one.method && each.path === one.path);
}

function view(reading: Reading, event: Event): Value | undefined {
  const given = event.kwargs.get('view_func') ?? event.args[2];
  if (given?.t === 'obj' && given.attrs.has('__view__')) return given.attrs.get('__view__');
  if (given?.t === 'unknown' || given?.t === 'obj') {
    const name = /(\w+)\.as_view/.exec(given.t === 'obj' ? given.node.text : given.text)?.[1];
    return reading.run.classes.find((one) => one.name === name);
  }
  return given;
}

function blueprint(
  reading: Reading,
  event: Event,
  prefix: string,
  guards: readonly Guard[],
  depth: number,
): Found[] {
  const blueprint = event.args[0] ?? event.kwargs.get('blueprint');
  if (blueprint?.t !== 'obj') {
    reading.unresolved.push({
      what: `register_blueprint(${nameOf(blueprint)})`,
      place: event.place,
    });
    return [];
  }
  const given = event.kwargs.get('url_prefix') ?? blueprint.kwargs.get('url_prefix');
  const own = prefixOf(reading, given, event.place);
  const under = join(prefix, own);
  return [
    ...files(reading, blueprint, under, guards),
    ...routes(reading, blueprint, under, guards, depth + 1),
  ];
}

/** Resources of flask-restful, restx and smorest whose Api stands on this application or blueprint. */
function apis(reading: Reading, of: Obj, prefix: string, guards: readonly Guard[]): Found[] {
  return reading.run.objects.filter(isApi).flatMap((api) => {
    const on =
      api.args[0] ??
      api.kwargs.get('app') ??
      api.events.find((event) => event.name === 'init_app')?.args[0];
    if (on !== of) return [];
    const under = join(prefix, prefixOf(reading, api.kwargs.get('prefix'), api.place));
    const shown = apiDocs(reading, api, { page: prefix, schema: under }, guards);
    const made = api.events.flatMap((event): Found[] => {
      if (event.name === 'add_resource')
        return event.args
          .slice(1)
          .flatMap((path) => rule(reading, under, path, event, event.args[0], guards));
      if (event.name === 'route' && event.target !== undefined)
        return event.args.flatMap((path) =>
          rule(reading, under, path, event, event.target, guards),
        );
      if (event.name === 'register_blueprint') return blueprint(reading, event, under, guards, 1);
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
              rule(reading, under + path, one, inner, inner.target, guards),
            )
          : [],
      );
    });
    return [...made, ...shown];
  });
}
