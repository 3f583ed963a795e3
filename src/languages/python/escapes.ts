import type { Unresolved } from '../../surface/surface.ts';
import type { Run } from './run.ts';
import type { Obj, Value } from './values.ts';

/** Extensions that add routes of their own to the application that they are given. */
const addsRoutes =
  /^(?:flask_admin\.Admin|flask_security\.Security|flask_user\.UserManager|flask_restless\.APIManager|flask_appbuilder\.AppBuilder|flask_monitoringdashboard|dash\.Dash|rq_dashboard|connexion|sqladmin\.Admin|starlette_admin|gradio\.mount_gradio_app|fastapi_admin|prometheus_fastapi_instrumentator|starlette_exporter)\b/;

/** Values that only running the code tells. */
const made = /^(?:importlib\.|builtins\.|werkzeug\.utils\.(?:import_string|find_modules))/;

/** Where an application or router goes and cannot be followed: what is registered there is not known. */
export function escapes(run: Run, isRouting: (one: Obj) => boolean): Unresolved[] {
  const routing = (value: Value | undefined): boolean => value?.t === 'obj' && isRouting(value);
  return run.calls.flatMap(({ callee, args, kwargs, node, place }): Unresolved[] => {
    if (!args.some(routing) && ![...kwargs.values()].some(routing)) return [];
    const name = node.field('function')?.text ?? node.text.slice(0, 60);
    if (callee.t === 'unknown') return [{ what: `${name}(…) is given the application`, place }];
    if (callee.t === 'bound' && made.test(callee.self.of))
      return [{ what: `${name}(…) is given the application`, place }];
    const library = callee.t === 'ext' ? callee.name : callee.t === 'bound' ? callee.self.of : '';
    if (!addsRoutes.test(library)) return [];
    return [{ what: `routes that ${library.split('.')[0]} adds`, place }];
  });
}

/** Frameworks that make their routes from a file or from models. */
export function generated(run: Run): Unresolved[] {
  return run.objects
    .filter((one) => /^connexion(?:\.\w+)*\.(?:App|FlaskApp|AsyncApp|FlaskApi)$/.test(one.of))
    .map((one) => ({
      what: 'routes that connexion makes from its specification',
      place: one.place,
    }));
}

/** Applications of a framework that this reading does not list. */
export function otherApps(
  run: Run,
  own: (one: Obj) => boolean,
): { file: string; reason: string }[] {
  const seen = new Set<string>();
  return run.objects.flatMap((one) => {
    const title = own(one) ? undefined : titles.find(([pattern]) => pattern.test(one.of))?.[1];
    if (title === undefined || seen.has(one.place.file)) return [];
    seen.add(one.place.file);
    const id = title.toLowerCase();
    const where = /^(?:fastapi|flask)$/.test(id)
      ? `its routes are listed with --framework ${id}`
      : `routes of ${title} are not read`;
    return [{ file: one.place.file, reason: `it makes a ${title} application too: ${where}` }];
  });
}

const titles: readonly (readonly [RegExp, string])[] = [
  [/^fastapi(?:\.\w+)?\.FastAPI$/, 'FastAPI'],
  [/^flask(?:\.\w+)?\.Flask$/, 'Flask'],
  [/^starlette\.applications\.Starlette$/, 'Starlette'],
  [/^quart(?:\.\w+)?\.Quart$/, 'Quart'],
  [/^sanic(?:\.\w+)?\.Sanic$/, 'Sanic'],
  [/^litestar(?:\.\w+)?\.Litestar$/, 'Litestar'],
  [/^aiohttp\.web\.Application$/, 'aiohttp'],
  [/^tornado\.web\.Application$/, 'Tornado'],
  [/^bottle\.Bottle$/, 'Bottle'],
  [/^falcon(?:\.\w+)*\.(?:App|API)$/, 'Falcon'],
];
