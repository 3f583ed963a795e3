import { lineOf, type Node, propertyName } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine } from './evaluate.ts';
import type { Field, Fields, Shape } from './fields.ts';
import { className, type Mark, marksOf } from './marks.ts';
import { lookup } from './names.ts';
import type { Scope, SourceFile } from './program.ts';
import { schemaFields } from './schemas.ts';
import { shapeOfType, typeNamed } from './types.ts';
import {
  type ClassNode,
  type ClassValue,
  itemsOf,
  member,
  textOfValue,
  type Value,
} from './values.ts';

const text =
  /^(IsString|IsEmail|IsUUID|IsUrl|IsURL|Length|MinLength|MaxLength|Matches|Is(ISO|RFC|Date)\w*|IsMongoId|IsPhoneNumber|IsMobilePhone|IsAlpha\w*|IsAscii|IsBase\w*|IsHex\w*|IsJWT|IsJSON|IsIP|IsNumberString|IsBooleanString|IsDecimal|IsStrongPassword|IsCreditCard|Contains|IsLowercase|IsUppercase|IsCurrency|IsTimeZone|IsSemVer|IsLocale|IsHash)$/;
const rows: readonly [RegExp, Shape['type']][] = [
  [text, 'string'],
  [/^(IsInt|IsPort|IsUnixTime)$/, 'integer'],
  [/^(IsNumber|IsPositive|IsNegative|Min|Max|IsDivisibleBy|IsLatitude|IsLongitude)$/, 'number'],
  [/^IsBoolean$/, 'boolean'],
  [/^(IsArray|Array\w+)$/, 'array'],
  [/^(IsObject|ValidateNested|IsNotEmptyObject|IsInstance)$/, 'object'],
];

type Property = Extract<
  ClassNode['body']['body'][number],
  { type: 'PropertyDefinition' | 'TSAbstractPropertyDefinition' }
>;

const mapped = /mapped-types|swagger|graphql/;

/** The members of a class that a body or a query is read into, with what its validators state. */
export function classFields(m: Machine, of: ClassValue, depth = 0): Fields {
  const name = className(of);
  if (depth > 8) return { name, fields: [], library: undefined };
  const parent = of.node.superClass ? evaluate(m, of.node.superClass, of.scope) : undefined;
  const inherited = parent ? fieldsOfValue(m, parent, depth + 1) : undefined;
  const fields = new Map((inherited?.fields ?? []).map((field) => [field.name, field]));
  for (const one of of.node.body.body) {
    if (one.type !== 'PropertyDefinition' || one.static) continue;
    const key = propertyName(one);
    if (key === undefined || key.startsWith('#')) continue;
    fields.set(key, fieldOf(m, of, one, key));
  }
  const all = [...fields.values()];
  const checked = all.some((field) => field.checked);
  return {
    name,
    fields: all,
    library: inherited?.library ?? (checked ? 'class-validator' : undefined),
  };
}

/** Fields of a class, of a mapped type (`PartialType(X)`) or of a schema. */
export function fieldsOfValue(m: Machine, value: Value, depth = 0): Fields | undefined {
  if (value.kind === 'class') return classFields(m, value, depth);
  if (value.kind !== 'call') return undefined;
  const { callee, args } = value;
  if (callee.kind === 'external' && callee.name === 'createZodDto') {
    return args[0] && schemaFields(args[0]);
  }
  if (callee.kind !== 'external' || !mapped.test(callee.from)) return schemaFields(value);
  const bases = args.flatMap((one) => fieldsOfValue(m, one, depth + 1) ?? []);
  const [first] = bases;
  if (!first) return undefined;
  const names = new Set(itemsOf(args[1]).flatMap((one) => textOfValue(one)?.text ?? []));
  const all = bases.flatMap(({ fields }) => fields);
  const made = (fields: readonly Field[]): Fields => ({ ...first, fields });
  if (callee.name === 'PartialType') return made(all.map((one) => ({ ...one, optional: true })));
  if (callee.name === 'PickType') return made(all.filter((one) => names.has(one.name)));
  if (callee.name === 'OmitType') return made(all.filter((one) => !names.has(one.name)));
  return made(all);
}

function fieldOf(m: Machine, of: ClassValue, node: Property, name: string): Field {
  const marks = marksOf(m, node, of.scope);
  const validators = marks.filter((mark) => /class-validator|validat/i.test(mark.from));
  const typed = shapeOfType(m.program, of.file, node.typeAnnotation?.typeAnnotation);
  const stated = validators.flatMap((mark) => shapeOf(mark) ?? []);
  const listed = stated.find((one) => one.type === 'array') ?? stated[0];
  const values = enumOf(validators) ?? typed.enum;
  const plain = { type: listed?.type ?? typed.type };
  const each = validators.some((mark) =>
    mark.args.some((one) => member(one, 'each') !== undefined),
  );
  return {
    name,
    type: each
      ? 'array'
      : plain.type === 'number' && typed.type === 'string'
        ? 'string'
        : plain.type,
    optional:
      node.optional === true ||
      node.value !== null ||
      typed.optional ||
      marks.some((mark) => /^(IsOptional|ValidateIf|ApiPropertyOptional)$/.test(mark.name)),
    ...(values && !each ? { enum: values } : {}),
    file: of.file.path,
    line: lineOf(of.file.parsed, node.start),
    checked: validators.length > 0,
  };
}

function shapeOf(mark: Mark): Shape | undefined {
  const row = rows.find(([pattern]) => pattern.test(mark.name));
  return row && { type: row[1], optional: false };
}

function enumOf(marks: readonly Mark[]): (string | number)[] | undefined {
  const mark = marks.find((one) => one.name === 'IsEnum' || one.name === 'IsIn');
  const [given] = mark?.args ?? [];
  const items = given?.kind === 'object' ? [...given.members.values()] : itemsOf(given);
  const values = items.flatMap((one) =>
    one.kind === 'literal' && (typeof one.value === 'string' || typeof one.value === 'number')
      ? [one.value]
      : [],
  );
  return values.length > 0 && values.length === items.length ? values : undefined;
}

/** Fields of an annotation: a class, an interface, a literal type, or `Partial<…>` of one. */
export function fieldsOfType(
  m: Machine,
  scope: Scope,
  type: Node | undefined,
  depth = 0,
): Fields | undefined {
  if (!type || depth > 6) return undefined;
  const { file } = scope;
  if (type.type === 'TSTypeLiteral') return literalFields(m, file, type.members, 'body');
  if (type.type === 'TSIntersectionType') {
    const parts = type.types.flatMap((one) => fieldsOfType(m, scope, one, depth + 1) ?? []);
    return parts[0] && { ...parts[0], fields: parts.flatMap(({ fields }) => fields) };
  }
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined;
  const { name } = type.typeName;
  const inner = type.typeArguments?.params[0];
  if (/^(Partial|Readonly|Required)$/.test(name) && inner) {
    const found = fieldsOfType(m, scope, inner, depth + 1);
    // What TypeScript maps has no class at run time, so nothing checks it.
    return (
      found && {
        ...found,
        library: undefined,
        fields: found.fields.map((one) => ({
          ...one,
          optional: one.optional || name === 'Partial',
        })),
      }
    );
  }
  const value = lookup(m, scope, name);
  if (value.kind === 'class') return classFields(m, value);
  const declared = typeNamed(m.program, file, name);
  if (declared?.node.type === 'TSInterfaceDeclaration') {
    return literalFields(m, declared.file, declared.node.body.body, name);
  }
  if (declared?.node.type !== 'TSTypeAliasDeclaration') return undefined;
  const inferred = inferredSchema(m, declared.file, declared.node.typeAnnotation);
  return inferred ?? fieldsOfType(m, declared.file.scope, declared.node.typeAnnotation, depth + 1);
}

// `type CreateCat = z.infer<typeof createCat>`: the schema states the fields, the pipe checks them.
function inferredSchema(m: Machine, file: SourceFile, type: Node): Fields | undefined {
  if (type.type !== 'TSTypeReference') return undefined;
  const inner = type.typeArguments?.params[0];
  if (inner?.type !== 'TSTypeQuery' || inner.exprName.type !== 'Identifier') return undefined;
  const schema = schemaFields(lookup(m, file.scope, inner.exprName.name));
  return schema && { ...schema, library: undefined };
}

function literalFields(
  m: Machine,
  file: SourceFile,
  members: readonly Node[],
  name: string,
): Fields {
  const fields = members.flatMap((one): Field[] => {
    if (one.type !== 'TSPropertySignature') return [];
    const key = propertyName(one);
    if (key === undefined) return [];
    const shape = shapeOfType(m.program, file, one.typeAnnotation?.typeAnnotation);
    const line = lineOf(file.parsed, one.start);
    const optional = one.optional || shape.optional;
    return [{ ...shape, name: key, optional, file: file.path, line, checked: false }];
  });
  return { name, fields, library: undefined };
}
