import type { Node } from '../../../languages/javascript/parse.ts';
import { type Shape, shapeless } from './fields.ts';
import { type Program, resolveImport, type SourceFile } from './program.ts';

const named: Readonly<Record<string, Shape['type']>> = {
  String: 'string',
  Date: 'string',
  Number: 'number',
  Boolean: 'boolean',
  Array: 'array',
  ReadonlyArray: 'array',
  Set: 'array',
  Record: 'object',
  Map: 'object',
  Object: 'object',
};

/** A type declaration of the project, with the file that its names are read in. */
export interface Declared {
  node: Node;
  file: SourceFile;
}

/** What a type annotation says of the JSON value. */
export function shapeOfType(
  program: Program,
  file: SourceFile,
  type: Node | undefined,
  depth = 0,
): Shape {
  if (!type || depth > 6) return shapeless;
  const next = (node: Node, at = file) => shapeOfType(program, at, node, depth + 1);
  switch (type.type) {
    case 'TSStringKeyword':
    case 'TSTemplateLiteralType':
      return { type: 'string', optional: false };
    case 'TSNumberKeyword':
      return { type: 'number', optional: false };
    case 'TSBooleanKeyword':
      return { type: 'boolean', optional: false };
    case 'TSArrayType':
    case 'TSTupleType':
      return { type: 'array', optional: false };
    case 'TSTypeLiteral':
    case 'TSObjectKeyword':
      return { type: 'object', optional: false };
    case 'TSUndefinedKeyword':
      return { type: 'unknown', optional: true };
    case 'TSLiteralType': {
      const value = 'value' in type.literal ? type.literal.value : undefined;
      if (typeof value === 'boolean') return { type: 'boolean', optional: false };
      if (typeof value !== 'string' && typeof value !== 'number') return shapeless;
      const of = typeof value === 'string' ? 'string' : 'number';
      return { type: of, optional: false, enum: [value] };
    }
    case 'TSUnionType':
      return union(type.types.map((one) => next(one)));
    case 'TSTypeReference':
      return reference(program, file, type, next);
    default:
      return shapeless;
  }
}

function union(shapes: readonly Shape[]): Shape {
  const optional = shapes.some((one) => one.optional);
  const stated = shapes.filter((one) => one.type !== 'unknown');
  const [first] = stated;
  if (!first || stated.some((one) => one.type !== first.type)) return { type: 'unknown', optional };
  const values = stated.every((one) => one.enum)
    ? stated.flatMap((one) => one.enum ?? [])
    : undefined;
  return {
    type: first.type,
    optional,
    ...(values && first.type !== 'boolean' ? { enum: values } : {}),
  };
}

function reference(
  program: Program,
  file: SourceFile,
  type: Extract<Node, { type: 'TSTypeReference' }>,
  next: (node: Node, at?: SourceFile) => Shape,
): Shape {
  const name = type.typeName.type === 'Identifier' ? type.typeName.name : '';
  const inner = type.typeArguments?.params[0];
  if (/^(Promise|Partial|Readonly|Required)$/.test(name) && inner) return next(inner);
  const plain = named[name];
  if (plain) return { type: plain, optional: false };
  const declared = typeNamed(program, file, name);
  if (!declared) return shapeless;
  const { node } = declared;
  if (node.type === 'TSTypeAliasDeclaration') return next(node.typeAnnotation, declared.file);
  if (node.type === 'TSEnumDeclaration') return enumShape(node);
  const object = node.type === 'TSInterfaceDeclaration' || node.type === 'ClassDeclaration';
  return object ? { type: 'object', optional: false } : shapeless;
}

function enumShape(node: Extract<Node, { type: 'TSEnumDeclaration' }>): Shape {
  let at = 0;
  const values: (string | number)[] = [];
  for (const { initializer } of node.body.members) {
    const value =
      initializer?.type === 'Literal' ? initializer.value : initializer ? undefined : at;
    if (typeof value !== 'string' && typeof value !== 'number') return shapeless;
    if (typeof value === 'number') at = value + 1;
    values.push(value);
  }
  const type = values.every((one) => typeof one === 'string') ? 'string' : 'number';
  return { type, optional: false, enum: values };
}

/** The declaration behind the name of a type, through imports and barrels. */
export function typeNamed(
  program: Program,
  file: SourceFile,
  name: string,
  depth = 0,
): Declared | undefined {
  if (depth > 12) return undefined;
  const own = file.declarations.get(name);
  if (own) return { node: own, file };
  const binding = file.imports.get(name);
  if (!binding) return undefined;
  const target = resolveImport(program, file.path, binding.from);
  return target && exportedType(program, target, binding.name, depth + 1);
}

function exportedType(
  program: Program,
  file: SourceFile,
  name: string,
  depth: number,
): Declared | undefined {
  if (depth > 12) return undefined;
  const found = file.exports.get(name);
  if (found && 'node' in found) return { node: found.node, file };
  if (found && 'local' in found) return typeNamed(program, file, found.local, depth + 1);
  if (found) {
    const target = resolveImport(program, file.path, found.from);
    return target && exportedType(program, target, found.name, depth + 1);
  }
  for (const star of file.stars) {
    const target = resolveImport(program, file.path, star);
    const type = target && exportedType(program, target, name, depth + 1);
    if (type) return type;
  }
  return undefined;
}
