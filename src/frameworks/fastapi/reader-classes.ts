import { evaluate } from '../../languages/python/evaluate.ts';
import { prefixOf } from '../../languages/python/paths.ts';
import {
  type Class,
  type Func,
  lastName as last,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Guard } from '../../surface/surface.ts';
import { dependency, scopes } from './reader-dependency.ts';
import { route } from './reader-route.ts';
import { type Signature, signature } from './reader-signature.ts';
import type { Found, Reading } from './reading.ts';

const verbs = /^(?:get|post|put|patch|delete|head|options)$/;

/** What the class of a view asks for before each of its methods: attributes and `__init__` with `Depends`. */
export function classSignature(reading: Reading, func: Func, inPath: readonly string[]): Signature {
  const made: Signature = { params: [], guards: [], credentials: [], body: 'none' };
  if (func.owner !== undefined) ofClass(reading, func.owner, inPath, made, 0);
  return made;
}

function ofClass(
  reading: Reading,
  cls: Class,
  inPath: readonly string[],
  made: Signature,
  depth: number,
): void {
  for (const base of cls.bases)
    if (base.t === 'class' && depth < 6) ofClass(reading, base, inPath, made, depth + 1);
  for (const value of cls.members.values()) ask(reading, value, undefined, inPath, made);
  for (const { type, value } of cls.annotations.values()) {
    if (value !== undefined) continue;
    const scope = { names: cls.members, parent: { names: cls.module.names, parent: undefined } };
    const annotation = evaluate(reading.run, type, cls.module, scope);
    if (annotation.t !== 'generic' || last(annotation) !== 'Annotated') continue;
    for (const one of annotation.args.slice(1)) ask(reading, one, annotation.args[0], inPath, made);
  }
  const start = cls.members.get('__init__');
  if (start?.t !== 'func') return;
  const inner = signature(reading.run, start, inPath);
  made.guards.push(...inner.guards.filter((one) => !one.kinds.includes('validation')));
  made.credentials.push(...inner.credentials);
}

function ask(
  reading: Reading,
  value: Value,
  type: Value | undefined,
  inPath: readonly string[],
  made: Signature,
): void {
  if (value.t !== 'obj' || !/(?:^|\.)(?:Depends|Security)$/.test(value.of)) return;
  const wanted = value.args[0] ?? value.kwargs.get('dependency') ?? type;
  scopes(value, 'router', value.place, made);
  if (wanted !== undefined) dependency(reading.run, wanted, value.place, 'router', inPath, made, 0);
}

/** Resources of fastapi-utils and fastapi-restful: an object whose methods are the verbs of its paths. */
export function resources(reading: Reading, app: Obj, guards: readonly Guard[]): Found[] {
  return reading.run.objects.flatMap((api) => {
    if (!/^fastapi_(?:utils|restful)\b.*\bApi$/.test(api.of) || api.args[0] !== app) return [];
    return api.events.flatMap((event): Found[] => {
      const [resource, ...paths] = event.args;
      if (event.name !== 'add_resource') return [];
      if (resource?.t !== 'obj' || resource.cls === undefined) {
        reading.unresolved.push({ what: `add_resource(${nameOf(resource)})`, place: event.place });
        return [];
      }
      const methods = [...resource.cls.members].filter(([name]) => verbs.test(name));
      const under = prefixOf(reading, event.kwargs.get('prefix'), event.place);
      return methods.flatMap(([name, func]) =>
        paths.map((path) => route(reading, [name.toUpperCase()], under, path, event, func, guards)),
      );
    });
  });
}

/** Methods of a `Routable` of classy-fastapi, each with the decorator of its verb. */
export function routable(
  reading: Reading,
  of: Obj,
  prefix: string,
  guards: readonly Guard[],
): Found[] {
  const own = prefixOf(reading, of.kwargs.get('prefix'), of.place);
  return [...(of.cls?.members.values() ?? [])].flatMap((func): Found[] => {
    if (func.t !== 'func') return [];
    return func.decorators.flatMap(({ value }): Found[] => {
      const verb = value.t === 'obj' && /^classy_fastapi\b/.test(value.of) ? last(value) : '';
      if (value.t !== 'obj' || !verbs.test(verb)) return [];
      const event = { ...value, seq: 0, name: verb, target: func };
      return [
        route(reading, [verb.toUpperCase()], prefix + own, value.args[0], event, func, guards),
      ];
    });
  });
}
