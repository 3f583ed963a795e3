import { type Obj, str } from '../../languages/python/values.ts';
import type { Fact } from '../../surface/facts.ts';
import type { Guard } from '../../surface/surface.ts';
import { route } from './reader-route.ts';
import { type Found, isApp, type Reading } from './reading.ts';

/** The static folder of an application, or of a blueprint that has one. */
export function files(
  reading: Reading,
  of: Obj,
  prefix: string,
  guards: readonly Guard[],
): Found[] {
  const folder = of.kwargs.get('static_folder');
  if (isApp(of) ? folder?.t === 'none' : folder === undefined || folder.t === 'none') return [];
  const name = (str(folder) ?? 'static').replace(/\/+$/, '').split('/').at(-1) ?? 'static';
  const url = `${prefix}${(str(of.kwargs.get('static_url_path')) ?? `/${name}`).replace(/\/$/, '')}`;
  const path = `${url}/<path:filename>`;
  reading.facts.push(staticFact(url, of, str(folder) ?? 'static'));
  return [
    {
      ...route(reading, 'GET', path, of, undefined, guards),
      kind: 'static',
      response: 'file',
      traits: ['static'],
    },
  ];
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
