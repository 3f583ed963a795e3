import { type Event, nameOf, type Obj, str } from '../../languages/python/values.ts';
import type { Guard } from '../../surface/surface.ts';
import { plain } from './reader-route.ts';
import type { Found, Reading } from './reading.ts';

/** `/openapi.json` and the pages that show it. */
export function docs(app: Obj, prefix: string, guards: readonly Guard[]): Found[] {
  const path = (name: string, fallback: string): string | undefined => {
    const given = app.kwargs.get(name);
    return given === undefined ? fallback : str(given);
  };
  const openapi = path('openapi_url', '/openapi.json');
  if (openapi === undefined) return [];
  const swagger = path('docs_url', '/docs');
  const redirect = path('swagger_ui_oauth2_redirect_url', '/docs/oauth2-redirect');
  const pages = [swagger, swagger && redirect, path('redoc_url', '/redoc')];
  return [openapi, ...pages].flatMap((one): Found[] => {
    if (one === undefined || one === '') return [];
    const response = one === openapi ? 'json' : 'html';
    return [
      { ...plain('GET', prefix + one, app, guards), kind: 'static', traits: ['docs'], response },
    ];
  });
}

/** A folder of files, or an application of another framework, below a path. */
export function mounted(
  reading: Reading,
  event: Event,
  path: string,
  guards: readonly Guard[],
): Found[] {
  const app = event.args[1] ?? event.kwargs.get('app');
  const isStatic = /StaticFiles$/.test(nameOf(app));
  const at = { ...(app?.t === 'obj' ? app : { of: nameOf(app) }), place: event.place };
  const route = plain(isStatic ? 'GET' : 'ALL', `${path}/{path:path}`, at, guards);
  if (isStatic && app?.t === 'obj') {
    const directory = str(app.kwargs.get('directory') ?? app.args[0]) ?? 'static';
    const detail = { prefix: path, directory, listing: false };
    reading.facts.push({ kind: 'static', detail, place: event.place, confidence: 'high' });
  }
  if (!isStatic) reading.unresolved.push({ what: `mount(${nameOf(app)})`, place: event.place });
  return [
    {
      ...route,
      kind: isStatic ? 'static' : 'http',
      traits: isStatic ? ['static'] : [],
      response: isStatic ? 'file' : 'unknown',
    },
  ];
}

/** `app.frontend("/", directory=…)`: the files of a front end, for every path that no route takes. */
export function frontend(
  reading: Reading,
  event: Event,
  path: string,
  guards: readonly Guard[],
): Found {
  const prefix = path.replace(/\/$/, '');
  const directory = str(event.kwargs.get('directory')) ?? 'frontend';
  const detail = { prefix, directory, listing: false };
  reading.facts.push({ kind: 'static', detail, place: event.place, confidence: 'high' });
  const at = { of: 'frontend', place: event.place };
  const route = plain('GET', `${prefix}/{path:path}`, at, guards);
  return { ...route, kind: 'static', traits: ['static'], response: 'file' };
}
