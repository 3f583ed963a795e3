import type { Param, Place } from '../../../surface/surface.ts';
import type { Use, Uses } from './uses.ts';
import type { Served } from './walk.ts';

/** The parameters of a route: those of its path, and every key of the request that its handler reads. */
export function paramsOf(
  uses: Uses | undefined,
  _served: Served,
  inPath: readonly string[],
  place: Place,
): Param[] {
  const params = new Map<string, Param>();
  for (const name of inPath) {
    params.set(`path ${name}`, {
      name,
      in: 'path',
      type: 'string',
      optional: false,
      confidence: 'high',
      place,
    });
  }
  for (const use of uses?.found ?? []) {
    const key = `${use.in} ${use.name}`;
    const former = params.get(key);
    // A parameter of the path that the path does not have comes of an outer router.
    if (use.in === 'path' && !former) continue;
    params.set(key, former ? joined(former, use) : made(use, uses!));
  }
  return [...params.values()];
}

function made(use: Use, uses: Uses): Param {
  return {
    name: use.name,
    in: use.in,
    type: use.in === 'file' ? 'object' : (use.type ?? 'unknown'),
    optional: use.optional ?? true,
    ...(use.enum === undefined ? {} : { enum: use.enum }),
    confidence: uses.open.has(use.in) ? 'medium' : 'high',
    place: use.place,
  };
}

function joined(former: Param, use: Use): Param {
  const known = former.type === 'unknown' || (former.in === 'path' && use.type === 'integer');
  return {
    ...former,
    type: known && use.type !== undefined ? use.type : former.type,
    optional: former.optional && use.optional !== false,
    ...((former.enum ?? use.enum) ? { enum: former.enum ?? use.enum } : {}),
  };
}
