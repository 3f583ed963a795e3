import type { Machine } from '../../../languages/javascript/run/machine.ts';
import {
  type External,
  optionsOf,
  stringOf,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import type { Param } from '../../../surface/surface.ts';
import type { Evidence } from './evidence.ts';
import { heldBy } from './held.ts';
import { usesOf } from './uses.ts';

/** One field that a validation in front of a handler, or inside it, states. */
export interface Field extends Evidence {
  in: Param['in'];
  name: string;
}

type Shape = Map<string, Evidence & { shape?: Shape | undefined }>;

const bags: Readonly<Record<string, Param['in']>> = {
  body: 'body',
  query: 'query',
  querystring: 'query',
  params: 'path',
  headers: 'header',
  cookies: 'cookie',
};

const types: Readonly<Record<string, Param['type']>> = {
  string: 'string',
  email: 'string',
  uuid: 'string',
  url: 'string',
  date: 'string',
  enum: 'string',
  nativeEnum: 'string',
  number: 'number',
  int: 'integer',
  integer: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  array: 'array',
  object: 'object',
  record: 'object',
  isEmail: 'string',
  isString: 'string',
  isLength: 'string',
  isUUID: 'string',
  isURL: 'string',
  isMobilePhone: 'string',
  isInt: 'integer',
  isNumeric: 'number',
  isFloat: 'number',
  isDecimal: 'number',
  isBoolean: 'boolean',
  isArray: 'array',
  isObject: 'object',
};

const libraries =
  /^(?:zod(?:\/.*)?|joi|@hapi\/joi|@sideway\/joi|yup|valibot|superstruct|celebrate|@sinclair\/typebox)$/;
const adding = /^(?:object|strictObject|looseObject|keys|shape|extend|append|safeExtend|Object)$/;

/** Fields that a middleware checks: a chain of express-validator, a schema of celebrate, or of the project's own `validate(schema)`. */
export function fieldsOf(machine: Machine, value: Value): Field[] {
  if (value.k === 'external') {
    if (value.module.startsWith('express-validator')) return chainFields(value);
    if (value.module === 'celebrate') return (value.args ?? []).flatMap(segments);
    return [];
  }
  if (value.k !== 'closure') return [];
  const seen = usesOf(machine, value).schemas.flatMap((one) => inBag(one.in, shapeOf(one.value)));
  if (seen.length > 0) return seen;
  return heldBy(value).flatMap((one) =>
    one.k === 'either' ? optionsOf(one).flatMap(segments) : segments(one),
  );
}

/** Fields of a schema that a part of the request is given to. */
export function inBag(where: Param['in'], shape: Shape): Field[] {
  return [...shape].map(([name, { shape: _inner, ...evidence }]) => ({
    in: where,
    name,
    ...evidence,
  }));
}

/** Schemas by the part of the request: `{ body: Joi.object(…) }`, or one object schema over these. */
function segments(value: Value): Field[] {
  if (value.k === 'record') {
    return [...value.members].flatMap(([key, one]) => {
      const where = Object.hasOwn(bags, key) ? bags[key] : undefined;
      return where ? inBag(where, shapeOf(one)) : [];
    });
  }
  if (value.k !== 'external' || !libraries.test(value.module)) return [];
  const shape = shapeOf(value);
  const keys = [...shape.keys()];
  if (keys.length > 0 && keys.every((key) => Object.hasOwn(bags, key))) {
    return keys.flatMap((key) => inBag(bags[key]!, shape.get(key)?.shape ?? new Map()));
  }
  return inBag('body', shape);
}

/** The fields of an object schema. */
export function shapeOf(value: Value, depth = 0): Shape {
  const shape: Shape = new Map();
  if (depth > 12) return shape;
  if (value.k === 'record') {
    for (const [name, one] of value.members) shape.set(name, fieldOf(one, depth));
    return shape;
  }
  if (value.k !== 'external') return shape;
  for (const [name, one] of value.base ? shapeOf(value.base, depth + 1) : []) shape.set(name, one);
  if (!value.made) return shape;
  const last = value.path.at(-1) ?? '';
  const [first] = value.args ?? [];
  if (adding.test(last) && first?.k === 'record') {
    for (const [name, one] of shapeOf(first, depth + 1)) shape.set(name, one);
  }
  const joins = /^(?:merge|concat|and|extend|compile|preprocess|pipe)$/.test(last);
  if (joins && first?.k === 'external') {
    for (const [name, one] of shapeOf(first, depth + 1)) shape.set(name, one);
  }
  if (last === 'partial')
    for (const [name, one] of shape) shape.set(name, { ...one, optional: true });
  if ((last === 'pick' || last === 'omit') && first?.k === 'record') {
    for (const name of [...shape.keys()]) {
      if (first.members.has(name) !== (last === 'pick')) shape.delete(name);
    }
  }
  return shape;
}

function fieldOf(value: Value, depth: number): Evidence & { shape?: Shape } {
  if (value.k !== 'external')
    return value.k === 'record' ? { type: 'object', shape: shapeOf(value, depth + 1) } : {};
  const last = value.path.at(-1);
  const [first] = value.args ?? [];
  // valibot and TypeBox wrap: `v.optional(v.string())`.
  const wraps =
    /^(?:optional|Optional|nullish|nullable|pipe)$/.test(last ?? '') && first?.k === 'external';
  if (wraps && first && depth < 12) {
    const inner = fieldOf(first, depth + 1);
    return last === 'pipe' || last === 'nullable' ? inner : { ...inner, optional: true };
  }
  const names = value.path.map((name) =>
    /^[A-Z][a-z]+$/.test(name) && name !== 'Joi' ? name.toLowerCase() : name,
  );
  const known = names.filter((name) => Object.hasOwn(types, name));
  const type =
    known.includes('int') || known.includes('integer') ? 'integer' : types[known[0] ?? ''];
  const presence = /joi|yup|celebrate/.test(value.module);
  const optional = presence
    ? !names.includes('required')
    : names.some((name) => /^(?:optional|nullish|default|catch|exactOptional)$/.test(name));
  const values = enumOf(value);
  const shape = shapeOf(value, depth + 1);
  return {
    ...(type === undefined ? {} : { type }),
    optional,
    ...(values === undefined ? {} : { enum: values }),
    ...(shape.size > 0 ? { shape } : {}),
  };
}

function enumOf(value: External): readonly (string | number)[] | undefined {
  for (let at: External | undefined = value; at; at = at.base) {
    if (!at.made || !/^(?:enum|valid|oneOf|literal|picklist|isIn)$/.test(at.path.at(-1) ?? ''))
      continue;
    const items = (at.args ?? []).flatMap((one) => (one.k === 'list' ? one.items : [one]));
    const values = items.flatMap((one) =>
      one.k === 'primitive' && (typeof one.value === 'string' || typeof one.value === 'number')
        ? [one.value]
        : [],
    );
    if (values.length > 0 && values.length === items.length) return values;
  }
  return undefined;
}

/** `body('email').isEmail().optional()`: the names are the arguments of the first call. */
function chainFields(value: External): Field[] {
  let first: External | undefined;
  for (let at: External | undefined = value; at; at = at.base) if (at.made) first = at;
  const source = first?.path.at(-1) ?? '';
  const where =
    source === 'check'
      ? 'body'
      : source === 'param'
        ? 'path'
        : Object.hasOwn(bags, source)
          ? bags[source]
          : source === 'header'
            ? 'header'
            : source === 'cookie'
              ? 'cookie'
              : undefined;
  if (!first || !where) return [];
  const [given] = first.args ?? [];
  const names = (given?.k === 'list' ? given.items : given ? [given] : []).flatMap(
    (one) => stringOf(one) ?? [],
  );
  const type = value.path.map((name) => types[name]).find((one) => one !== undefined);
  const values = enumOf(value);
  return names
    .filter((name) => !/[.*[]/.test(name))
    .map((name) => ({
      in: where,
      name,
      ...(type === undefined ? {} : { type }),
      optional: value.path.includes('optional'),
      ...(values === undefined ? {} : { enum: values }),
    }));
}
