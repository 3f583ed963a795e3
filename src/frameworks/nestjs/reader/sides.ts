import { templateOf } from '../../../languages/javascript/describe.ts';
import type { Route } from '../../../surface/surface.ts';
import { docsOf, fallbackPages, staticFiles } from './facts.ts';
import { gatewayRoutes } from './gateways.ts';
import { joinPath } from './paths.ts';
import { resolverRoutes } from './resolvers.ts';
import type { Draft, Reading } from './routes.ts';
import { member, textOfValue } from './values.ts';

/** Routes that are not of controllers: resolvers, gateways, files, documentation, metrics of a module. */
export function sideRoutes(reading: Reading): Draft[] {
  const { app } = reading;
  const drafts: Draft[] = [...resolverRoutes(reading), ...gatewayRoutes(reading)];
  for (const { prefix, place } of staticFiles(app)) {
    const path = joinPath(prefix, '*path');
    drafts.push(
      side(reading, path, place, { kind: 'static', response: 'file', traits: ['static'] }),
    );
  }
  for (const { path, place } of fallbackPages(app)) {
    const page: Partial<Draft> = { kind: 'static', response: 'html', traits: ['static', 'page'] };
    drafts.push(side(reading, joinPath(path), place, page));
  }
  for (const { path, place } of docsOf(app)) {
    const html: Partial<Draft> = { response: 'html', traits: ['docs'] };
    drafts.push(side(reading, path, place, html));
    drafts.push(side(reading, `${path}-json`, place, { traits: ['docs'] }));
    drafts.push(side(reading, `${path}-yaml`, place, { traits: ['docs'], response: 'unknown' }));
  }
  for (const { name, args, place } of app.graph.external) {
    if (!/^PrometheusModule/.test(name)) continue;
    const path = joinPath(
      app.prefix?.text ?? '',
      textOfValue(member(args[0], 'path'))?.text ?? '/metrics',
    );
    drafts.push(side(reading, path, place, { traits: ['metrics'], response: 'unknown' }));
  }
  return drafts;
}

/** A route that a package answers: what stands before it is the middleware alone. */
function side(
  { chain, confidence }: Reading,
  path: string,
  place: Route['place'],
  more: Partial<Draft>,
): Draft {
  const before = chain.before('GET', path, path, undefined);
  return {
    method: 'GET',
    path,
    template: templateOf(path),
    kind: 'http',
    place,
    handler: { name: undefined, place },
    params: [],
    body: 'none',
    response: 'json',
    guards: before.guards,
    credentials: before.credentials,
    sensitivity: [],
    traits: [],
    confidence,
    ...more,
  };
}
