import type { Param } from '../../../surface/surface.ts';
import type { Field, Fields } from './fields.ts';
import { placeOf } from './program.ts';
import { type CallValue, itemsOf, rootOf, textOfValue, type Value } from './values.ts';

const libraries: readonly [RegExp, NonNullable<Fields['library']>][] = [
  [/^(zod(\/.*)?|@hono\/zod-openapi|nestjs-zod.*)$/, 'zod'],
  [/^(joi|@hapi\/joi|@nestjs\/joi)$/, 'joi'],
  [/^valibot$/, 'valibot'],
];

/** The calls of a schema from its first one: `z.string().min(1).optional()` is string, min, optional. */
function steps(value: Value): { name: string; call: CallValue }[] {
  if (value.kind !== 'call') return [];
  const { callee } = value;
  if (callee.kind === 'external') {
    return [{ name: callee.name.split('.').at(-1) ?? '', call: value }];
  }
  if (callee.kind !== 'member') return [];
  return [...steps(callee.of), { name: callee.name, call: value }];
}

export function schemaLibrary(value: Value): Fields['library'] {
  const root = rootOf(value);
  if (root.kind !== 'external') return undefined;
  return libraries.find(([pattern]) => pattern.test(root.from))?.[1];
}

/** Members of an object schema of zod, joi or valibot. */
export function schemaFields(value: Value): Fields | undefined {
  const library = schemaLibrary(value);
  if (!library) return undefined;
  const fields = new Map<string, Field>();
  for (const { name, call } of steps(value)) apply(library, fields, name, call);
  return { name: `${library} schema`, fields: [...fields.values()], library };
}

function apply(
  library: NonNullable<Fields['library']>,
  fields: Map<string, Field>,
  step: string,
  call: CallValue,
): void {
  const [first] = call.args;
  if (
    /^(object|strictObject|looseObject|keys|extend|safeExtend|append|strict|create)$/.test(step)
  ) {
    if (first?.kind !== 'object') return;
    for (const [name, one] of first.members) fields.set(name, field(library, name, one, call));
    return;
  }
  if (step === 'merge' || step === 'and' || step === 'concat') {
    for (const one of schemaFields(first ?? call)?.fields ?? []) fields.set(one.name, one);
    return;
  }
  const named = first?.kind === 'object' ? new Set(first.members.keys()) : undefined;
  if (step === 'partial') {
    for (const [name, one] of fields) {
      if (!named || named.has(name)) fields.set(name, { ...one, optional: true });
    }
  }
  for (const name of [...fields.keys()]) {
    if (step === 'omit' && named?.has(name)) fields.delete(name);
    if (step === 'pick' && named && !named.has(name)) fields.delete(name);
  }
}

function field(
  library: NonNullable<Fields['library']>,
  name: string,
  value: Value,
  at: CallValue,
): Field {
  const place = placeOf(at.file, value.kind === 'call' ? value.node : at.node);
  const names = library === 'valibot' ? inward(value) : steps(value);
  const words = names.map((one) => one.name);
  const values = enumIn(names);
  const optional =
    library === 'joi'
      ? !words.includes('required')
      : words.some((one) => /^(optional|nullish|default|catch|prefault|optionalBy)$/.test(one));
  return {
    name,
    type: typeIn(words),
    optional,
    ...(values ? { enum: values } : {}),
    file: place.file,
    line: place.line,
    checked: true,
  };
}

// valibot nests: `v.optional(v.pipe(v.string(), v.email()))`.
function inward(value: Value): { name: string; call: CallValue }[] {
  if (value.kind !== 'call') return [];
  return [...steps(value), ...value.args.flatMap((one) => inward(one))];
}

const types: readonly [RegExp, Param['type']][] = [
  [/^(int|integer|int32)$/, 'integer'],
  [
    /^(string|email|uuid|url|guid|date|datetime|iso|literal|picklist|hex|cuid2?|ulid|nanoid|ipv4|ipv6)$/,
    'string',
  ],
  [/^(number|bigint|float32|float64)$/, 'number'],
  [/^(boolean|bool|stringbool)$/, 'boolean'],
  [/^(array|tuple|set)$/, 'array'],
  [/^(object|strictObject|looseObject|record|map|intersection)$/, 'object'],
];

function typeIn(words: readonly string[]): Param['type'] {
  const found = words.flatMap((word) => types.find(([pattern]) => pattern.test(word))?.[1] ?? []);
  if (words.at(-1) === 'array' || found.includes('array')) return 'array';
  if (found.includes('integer')) return 'integer';
  if (found[0]) return found[0];
  return words.some((word) => /^(enum|nativeEnum|valid)$/.test(word)) ? 'string' : 'unknown';
}

function enumIn(
  names: readonly { name: string; call: CallValue }[],
): (string | number)[] | undefined {
  const one = names.find(({ name }) => /^(enum|nativeEnum|picklist|valid)$/.test(name));
  const given =
    one?.name === 'valid'
      ? { kind: 'array' as const, items: one.call.args, open: false }
      : one?.call.args[0];
  const items = given?.kind === 'object' ? [...given.members.values()] : itemsOf(given);
  const values = items.flatMap((item): (string | number)[] => {
    if (item.kind === 'literal' && typeof item.value === 'number') return [item.value];
    const text = textOfValue(item)?.text;
    return text === undefined ? [] : [text];
  });
  return values.length > 0 ? values : undefined;
}
