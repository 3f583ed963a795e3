import { type GoProject, loadPackages } from '../../languages/go/packages.ts';
import { Run } from '../../languages/go/run.ts';
import type { Project } from '../../project/project.ts';
import { sensitivityOf, traitsOf, withIds } from '../../surface/describe.ts';
import { isOwnCode } from '../../surface/queries.ts';
import type { Credential, ErrorHandler, Guard, Route, Surface } from '../../surface/surface.ts';
import { goFacts } from './facts.ts';
import { credentialsIn, ownGuards } from './guards.ts';
import { bindings, bodies, bodyKind, paramsOf, responseKind } from './handlers.ts';
import { type Registered, type Registration, routers } from './routers.ts';

/** Reads a Gin project's whole surface from its sources; nothing of it is compiled or run. */
export async function readGin(project: Project): Promise<Surface> {
  const code = await loadPackages(project.tree);
  const found: Registered = {
    routes: [],
    guards: [],
    apps: [],
    unresolved: [],
    fallbacks: [],
    proxies: [],
  };
  new Run(code, routers(found, code)).start();
  const facts = goFacts(project, code, found);
  const guards = onceAt(found.guards.filter(({ place }) => isOwnCode(place.file)));
  return {
    routes: withIds(distinct(found.routes).map((one) => describe(one, code))),
    guards,
    errorHandlers: [
      ...found.fallbacks
        .filter(({ place }) => isOwnCode(place.file))
        .map(({ place }) => ({ name: 'NoRoute', place, leaks: 'none' as const })),
      ...recovery(guards),
    ],
    facts,
    unresolved: once(found.unresolved.filter(({ place }) => isOwnCode(place.file))),
    notAnalysed: code.notAnalysed,
    apps: distinctApps(found.apps.filter(({ place }) => isOwnCode(place.file))),
    read: code.read,
  };
}

function credentialOf({ kinds, detail }: Guard): Credential[] {
  if (!kinds.includes('auth')) return [];
  return [(detail.credential as Credential | undefined) ?? 'unknown'];
}

/** Gin's own recovery answers 500 without the cause. */
function recovery(guards: readonly Guard[]): ErrorHandler[] {
  return guards
    .filter(({ kinds, library }) => kinds.includes('errors') && library !== undefined)
    .map(({ name, place }) => ({ name, place, leaks: 'none' }));
}

function distinctApps(apps: Surface['apps']): Surface['apps'] {
  return [...new Map(apps.map((one) => [`${one.place.file}:${one.place.line}`, one])).values()];
}

function once(all: Surface['unresolved']): Surface['unresolved'] {
  const key = (one: Surface['unresolved'][number]) =>
    `${one.what} ${one.place.file}:${one.place.line}`;
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

/** An engine that two roots make is one application. */
function onceAt(guards: readonly Guard[]): Guard[] {
  const key = ({ name, place }: Guard): string => `${name} ${place.file}:${place.line}`;
  return [...new Map(guards.map((one) => [key(one), one])).values()];
}

/** A function may run for two callers; the same line with the same path is one route. */
function distinct(routes: readonly Registration[]): Registration[] {
  const seen = new Map<string, Registration>();
  for (const route of routes) {
    const key = `${route.method} ${route.path} ${route.place.file}:${route.place.line}`;
    if (!seen.has(key)) seen.set(key, route);
  }
  return [...seen.values()];
}

function describe(one: Registration, code: GoProject): Omit<Route, 'id'> {
  const { method, path, kind, guards, handler, place, detached } = one;
  const func = handler?.k === 'func' ? handler : undefined;
  const at =
    func === undefined
      ? place
      : { file: func.scope?.file.path ?? place.file, line: func.node.line };
  const text = func?.node.text ?? '';
  const template = path.replace(/:([^/]+)/g, '{$1}').replace(/\*([^/]+)/g, '{*$1}');
  const whole =
    func === undefined
      ? ''
      : bodies(func, code)
          .map(({ node }) => node.text)
          .join('\n');
  const own = func === undefined ? [] : ownGuards(func, at, code);
  const read = func === undefined ? [] : paramsOf(func, at, code);
  const named = [...template.matchAll(/\{\*?([^}]+)\}/g)].map(([, name]) => ({
    name: name ?? '',
    in: 'path' as const,
    type: 'string' as const,
    optional: false,
    confidence: 'high' as const,
    place: at,
  }));
  const params = [...named, ...read.filter((param) => param.in !== 'path')];
  const name =
    func?.name || (handler?.k === 'external' ? handler.name.split('/').at(-1) : undefined);
  const files = kind === 'static';
  return {
    method,
    path,
    template,
    kind,
    place,
    handler: { name, place: at },
    params,
    body: bodyKind(params, whole),
    response: files ? 'file' : responseKind(text),
    guards: [...guards, ...own, ...(func === undefined ? [] : bindings(func, at, code))],
    credentials: [...new Set([...credentialsIn(text), ...guards.flatMap(credentialOf)])],
    sensitivity: sensitivityOf(template, params),
    traits: files ? ['static'] : traitsOf(method, template, name, params),
    confidence: detached ? 'low' : 'high',
  };
}
