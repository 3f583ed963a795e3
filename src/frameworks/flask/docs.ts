import { type Obj, str } from '../../languages/python/values.ts';
import type { Guard, Route } from '../../surface/surface.ts';
import { route } from './reader-route.ts';
import { type Found, isApp, join, type Reading } from './reading.ts';

type Page = readonly [path: string | undefined, response: Route['response']];

/** Pages of documentation that an extension of the application registers by itself. */
export function appDocs(reading: Reading, app: Obj, guards: readonly Guard[]): Found[] {
  const made = reading.run.objects.filter(
    (one) =>
      one.args[0] === app ||
      one.kwargs.get('app') === app ||
      one.events.some((event) => event.name === 'init_app' && event.args[0] === app),
  );
  return [app, ...made].flatMap((one) =>
    pagesOf(one).flatMap((page) => shown(reading, one, page, guards)),
  );
}

/** Pages of an `Api` of flask-restx, below the blueprint or application that it stands on. */
export function apiDocs(
  reading: Reading,
  api: Obj,
  prefixes: { page: string; schema: string },
  guards: readonly Guard[],
): Found[] {
  if (!/restx|restplus/.test(api.of)) return [];
  const doc = api.kwargs.get('doc');
  const off = doc?.t === 'bool' && !doc.v;
  const pages: Page[] = [
    [join(prefixes.schema, '/swagger.json'), 'json'],
    [off ? undefined : join(prefixes.page, str(doc) ?? '/') || '/', 'html'],
    [off ? undefined : '/swaggerui/<path:filename>', 'file'],
  ];
  return pages.flatMap((page) => shown(reading, api, page, guards));
}

/** As the extensions have it where nothing is set. */
function pagesOf(one: Obj): Page[] {
  const path = (name: string, usual: string): string | undefined => {
    const given = one.kwargs.get(name);
    return given === undefined ? usual : str(given);
  };
  const last = one.of.split('.').at(-1);
  if (last === 'APIFlask' && isApp(one)) {
    const on = one.kwargs.get('enable_openapi');
    if (on?.t === 'bool' && !on.v) return [];
    return [
      [path('spec_path', '/openapi.json'), 'json'],
      [path('docs_path', '/docs'), 'html'],
      [path('docs_oauth2_redirect_path', '/docs/oauth2-redirect'), 'html'],
    ];
  }
  if (last === 'OpenAPI' && isApp(one)) {
    const under = path('doc_prefix', '/openapi') ?? '/openapi';
    return [
      [`${under}/`, 'html'],
      [`${under}/openapi.json`, 'json'],
      [`${under}/static/<path:filename>`, 'file'],
      ...['swagger', 'redoc', 'rapidoc', 'scalar'].map(
        (page): Page => [`${under}/${page}`, 'html'],
      ),
    ];
  }
  if (last === 'APIFairy')
    return [
      ['/apispec.json', 'json'],
      ['/docs', 'html'],
    ];
  if (last !== 'Swagger') return [];
  return [
    ['/apispec_1.json', 'json'],
    ['/apidocs/', 'html'],
    ['/apidocs/index.html', 'html'],
    ['/oauth2-redirect.html', 'html'],
    ['/flasgger_static/<path:filename>', 'file'],
  ];
}

function shown(
  reading: Reading,
  of: Obj,
  [path, response]: Page,
  guards: readonly Guard[],
): Found[] {
  if (path === undefined) return [];
  const made = route(reading, 'GET', path, of, undefined, guards);
  return [{ ...made, kind: 'static', traits: ['docs'], response }];
}
