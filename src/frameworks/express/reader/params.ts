import type { Param, Place } from '../../../surface/surface.ts';
import { inBag, shapeOf } from './schemas.ts';
import type { Use, Uses } from './use.ts';
import type { Served } from './walk.ts';

/** The parameters of a route: those of its path, what is checked, and every key of the request that its handler reads. */
export function paramsOf(
  uses: Uses | undefined,
  served: Served,
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
  const take = (use: Use, open: boolean): void => {
    const key = `${use.in} ${use.name}`;
    const former = params.get(key);
    // A parameter of the path that the path does not have comes of an outer router.
    if (use.in === 'path' && !former) return;
    params.set(key, former ? joined(former, use) : made(use, open));
  };
  for (const field of served.layer.fields ?? []) {
    // A written type does not refuse other keys.
    take({ ...field, place }, uses?.open.has(field.in) === true);
  }
  for (const { fields, guard } of served.guards) {
    for (const field of fields) take({ ...field, place: guard.place }, false);
  }
  for (const { in: where, value } of uses?.schemas ?? []) {
    for (const field of inBag(where, shapeOf(value))) take({ ...field, place }, false);
  }
  for (const { in: where, members } of uses?.types ?? []) {
    for (const [name, one] of members) take({ in: where, name, ...one, place }, true);
  }
  const named = [...params.values()].some((one) => one.in === 'file');
  for (const use of uses?.found ?? []) {
    // `req.file` is the field whose name the upload states.
    if (use.in !== 'file' || !named) take(use, uses!.open.has(use.in));
  }
  return [...params.values()];
}

function made(use: Use, open: boolean): Param {
  return {
    name: use.name,
    in: use.in,
    type: use.in === 'file' ? 'object' : (use.type ?? 'unknown'),
    optional: use.optional ?? true,
    ...(use.enum === undefined ? {} : { enum: use.enum }),
    confidence: open ? 'medium' : 'high',
    place: use.place,
  };
}

function joined(former: Param, use: Use): Param {
  const known = former.type === 'unknown' || (former.in === 'path' && former.type === 'string');
  return {
    ...former,
    type: known && use.type !== undefined ? use.type : former.type,
    optional: former.optional && use.optional !== false,
    ...((former.enum ?? use.enum) ? { enum: former.enum ?? use.enum } : {}),
  };
}
