import type { Detail, Param } from '../../../surface/surface.ts';
import { classOf, outside } from './enhancers.ts';
import type { Machine } from './evaluate.ts';
import type { Fields } from './fields.ts';
import { schemaFields } from './schemas.ts';
import { flag, member, type Value } from './values.ts';

/** What a pipe does to the value that it is given. */
export type Piped =
  /** Checks classes that carry validators, or DTOs and schemas of its library. */
  | { does: 'dto'; library: NonNullable<Fields['library']> | 'standard'; detail: Detail }
  /** Checks against the schema that it was given. */
  | { does: 'schema'; fields: Fields }
  | { does: 'parse'; type: Param['type']; optional: boolean }
  | { does: 'default' }
  | { does: 'unknown' };

const parsers: Readonly<Record<string, Param['type']>> = {
  ParseIntPipe: 'integer',
  ParseFloatPipe: 'number',
  ParseBoolPipe: 'boolean',
  ParseUUIDPipe: 'string',
  ParseArrayPipe: 'array',
  ParseEnumPipe: 'string',
  ParseDatePipe: 'string',
  ParseObjectIdPipe: 'string',
  ParseFilePipe: 'unknown',
};

export function pipeOf(m: Machine, value: Value): Piped {
  const base = outside(m, value);
  const last = base?.name.split('.').at(-1) ?? '';
  const options = base?.args[0];
  const parsed = parsers[last];
  if (parsed) {
    return { does: 'parse', type: parsed, optional: flag(member(options, 'optional')) === true };
  }
  if (last === 'DefaultValuePipe') return { does: 'default' };
  for (const one of argumentsOf(value)) {
    const fields = schemaFields(one);
    if (fields) return { does: 'schema', fields };
  }
  if (/^StandardSchemaValidationPipe$/.test(last)) {
    return { does: 'dto', library: 'standard', detail: {} };
  }
  if (/Zod\w*Pipe/.test(last)) return { does: 'dto', library: 'zod', detail: {} };
  if (/ValidationPipe$/.test(last)) {
    return { does: 'dto', library: 'class-validator', detail: validationDetail(value, options) };
  }
  return homemade(value);
}

function validationDetail(value: Value, options: Value | undefined): Detail {
  const given = argumentsOf(value)[0] ?? options;
  const of = (name: string) => flag(member(given, name));
  return { whitelist: of('whitelist'), forbidNonWhitelisted: of('forbidNonWhitelisted') };
}

function argumentsOf(value: Value): readonly Value[] {
  if (value.kind === 'call') return value.args;
  // An instance keeps what its constructor was given as members.
  return value.kind === 'object' ? [...value.members.values()] : [];
}

function homemade(value: Value): Piped {
  const own = classOf(value);
  const text = own?.file.parsed.text.slice(own.node.start, own.node.end) ?? '';
  if (
    /\bvalidate(?:Sync|OrReject)?\(/.test(text) &&
    /plainToInstance|plainToClass|metatype/.test(text)
  ) {
    return { does: 'dto', library: 'class-validator', detail: {} };
  }
  if (/\.(?:safeParse|parse)(?:Async)?\(/.test(text) && /schema/i.test(text)) {
    return { does: 'dto', library: 'zod', detail: {} };
  }
  return { does: 'unknown' };
}
