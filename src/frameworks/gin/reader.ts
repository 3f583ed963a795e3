import { loadPackages } from '../../languages/go/packages.ts';
import { Run } from '../../languages/go/run.ts';
import type { Project } from '../../project/project.ts';
import { sensitivityOf, traitsOf, withIds } from '../../surface/describe.ts';
import type { Route, Surface } from '../../surface/surface.ts';
import { goFacts } from './facts.ts';
import { credentialsIn } from './guards.ts';
import { bodyKind, paramsOf, responseKind } from './handlers.ts';
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
  return {
    routes: withIds(distinct(found.routes).map(describe)),
    guards: found.guards,
    errorHandlers: found.fallbacks.map(({ place }) => ({ name: 'NoRoute', place, leaks: 'none' })),
    facts,
    unresolved: once(found.unresolved),
    notAnalysed: code.notAnalysed,
    apps: distinctApps(found.apps),
    read: code.read,
  };
}

function distinctApps(apps: Surface['apps']): Surface['apps'] {
  return [...new Map(apps.map((one) => [`${one.place.file}:${one.place.line}`, one])).values()];
}

function once(all: Surface['unresolved']): Surface['unresolved'] {
  const key = (one: Surface['unresolved'][number]) =>
    `${one.what} ${one.place.file}:${one.place.line}`;
  return [...new Map(all.map((one) => [key(one), one])).values()];
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

function describe(one: Registration): Omit<Route, 'id'> {
  const { method, path, kind, guards, handler, place, detached } = one;
  const func = handler?.k === 'func' ? handler : undefined;
  const at =
    func === undefined
      ? place
      : { file: func.scope?.file.path ?? place.file, line: func.node.line };
  const text = func?.node.text ?? '';
  const template = path.replace(/:([^/]+)/g, '{$1}').replace(/\*([^/]+)/g, '{*$1}');
  const read = func === undefined ? [] : paramsOf(func, at);
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
    body: bodyKind(params, text),
    response: files ? 'file' : responseKind(text),
    guards,
    credentials: [
      ...new Set([
        ...credentialsIn(text),
        ...guards.flatMap((guard) => (guard.kinds.includes('auth') ? (['unknown'] as const) : [])),
      ]),
    ],
    sensitivity: sensitivityOf(template, params),
    traits: files ? ['static'] : traitsOf(method, template, name, params),
    confidence: detached ? 'low' : 'high',
  };
}
