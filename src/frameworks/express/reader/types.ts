import { propertyName } from '../../../languages/javascript/literal.ts';
import type { Node, Parsed } from '../../../languages/javascript/parse.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Param } from '../../../surface/surface.ts';
import type { Evidence } from './evidence.ts';

const deepest = 6;

/** The members of a written type: an interface, an alias, a literal or a class, also of another file. */
export function membersOfType(
  machine: Machine,
  parsed: Parsed,
  type: Node | null | undefined,
  depth = 0,
): Map<string, Evidence> {
  const members = new Map<string, Evidence>();
  if (!type || depth > deepest) return members;
  const next = (node: Node | null | undefined) => membersOfType(machine, parsed, node, depth + 1);
  if (type.type === 'TSTypeAnnotation') return next(type.typeAnnotation);
  if (type.type === 'TSTypeLiteral') return signatures(type.members);
  if (type.type === 'TSIntersectionType') {
    for (const one of type.types) for (const [name, each] of next(one)) members.set(name, each);
    return members;
  }
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return members;
  const [first] = type.typeArguments?.params ?? [];
  const { name } = type.typeName;
  if (name === 'Partial') {
    return new Map([...next(first)].map(([key, one]) => [key, { ...one, optional: true }]));
  }
  if (/^(?:Required|Readonly|Awaited|Promise)$/.test(name)) return next(first);
  return named(machine, parsed, name, depth);
}

function named(
  machine: Machine,
  parsed: Parsed,
  name: string,
  depth: number,
): Map<string, Evidence> {
  const found = declarationOf(machine, parsed, name, depth);
  if (!found) return new Map();
  const { node, parsed: at } = found;
  const inherited = (type: Node) =>
    type.type === 'Identifier'
      ? named(machine, at, type.name, depth + 1)
      : new Map<string, Evidence>();
  if (node.type === 'TSTypeAliasDeclaration') {
    return membersOfType(machine, at, node.typeAnnotation, depth + 1);
  }
  if (node.type === 'TSInterfaceDeclaration') {
    const above = node.extends.flatMap((one) => [...inherited(one.expression)]);
    return new Map([...above, ...signatures(node.body.body)]);
  }
  if (node.type !== 'ClassDeclaration') return new Map();
  const above = node.superClass ? inherited(node.superClass) : new Map<string, Evidence>();
  return new Map([...above, ...properties(node)]);
}

function declarationOf(
  machine: Machine,
  parsed: Parsed,
  name: string,
  depth: number,
): { node: Node; parsed: Parsed } | undefined {
  if (depth > deepest) return undefined;
  for (const statement of parsed.program.body) {
    const node: Node | null =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement;
    const isIt = node && 'id' in node && node.id?.type === 'Identifier' && node.id.name === name;
    if (node && isIt) return { node, parsed };
  }
  for (const statement of parsed.program.body) {
    const source = sourceOf(statement, name);
    if (!source) continue;
    const target = machine.resolver.resolve(parsed.path, source.from);
    const other = target.kind === 'file' ? machine.parse(target.path) : undefined;
    const found = other && declarationOf(machine, other, source.name, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** Where a name of a file comes from: an import, or an export that hands one on. */
function sourceOf(statement: Node, name: string): { from: string; name: string } | undefined {
  if (statement.type === 'ImportDeclaration') {
    const one = statement.specifiers.find((each) => each.local.name === name);
    if (!one) return undefined;
    const own = one.type === 'ImportSpecifier' ? nameOf(one.imported) : name;
    return { from: statement.source.value, name: own ?? name };
  }
  if (statement.type === 'ExportAllDeclaration') return { from: statement.source.value, name };
  if (statement.type !== 'ExportNamedDeclaration' || !statement.source) return undefined;
  const one = statement.specifiers.find((each) => nameOf(each.exported) === name);
  return one && { from: statement.source.value, name: nameOf(one.local) ?? name };
}

function nameOf(node: Node): string | undefined {
  return node.type === 'Identifier' ? node.name : undefined;
}

function signatures(members: readonly Node[]): Map<string, Evidence> {
  const found = new Map<string, Evidence>();
  for (const one of members) {
    if (one.type !== 'TSPropertySignature') continue;
    const name = propertyName(one);
    if (name === undefined) continue;
    // A type is gone at run time: nothing asks for the key.
    found.set(name, { ...evidenceOfType(one.typeAnnotation), optional: true });
  }
  return found;
}

function properties(node: Extract<Node, { superClass: unknown }>): Map<string, Evidence> {
  const found = new Map<string, Evidence>();
  for (const one of node.body.body) {
    if (one.type !== 'PropertyDefinition' || one.static) continue;
    const name = propertyName(one);
    if (name === undefined) continue;
    const marks = one.decorators.map(({ expression }) =>
      expression.type === 'CallExpression' ? nameOf(expression.callee) : nameOf(expression),
    );
    const asked = marks.length > 0 && !marks.includes('IsOptional');
    const optional = !asked || one.optional === true || one.value !== null;
    found.set(name, { ...evidenceOfType(one.typeAnnotation), optional });
  }
  return found;
}

const keywords: Readonly<Record<string, Param['type']>> = {
  TSStringKeyword: 'string',
  TSNumberKeyword: 'number',
  TSBooleanKeyword: 'boolean',
  TSArrayType: 'array',
  TSTupleType: 'array',
  TSTypeLiteral: 'object',
  TSObjectKeyword: 'object',
};

/** The JSON type that an annotation stands for; a union of literals is an enumeration. */
export function evidenceOfType(type: Node | null | undefined): Evidence {
  if (!type) return {};
  if (type.type === 'TSTypeAnnotation') return evidenceOfType(type.typeAnnotation);
  if (type.type === 'TSUnionType') {
    const kept = type.types.filter((one) => !/^TS(?:Null|Undefined)Keyword$/.test(one.type));
    const [only] = kept;
    if (only && kept.length === 1) return evidenceOfType(only);
    const values = kept.flatMap((one) =>
      one.type === 'TSLiteralType' &&
      one.literal.type === 'Literal' &&
      typeof one.literal.value === 'string'
        ? [one.literal.value]
        : [],
    );
    return values.length === kept.length ? { type: 'string', enum: values } : {};
  }
  if (type.type === 'TSTypeReference' && nameOf(type.typeName) === 'Array')
    return { type: 'array' };
  const known = keywords[type.type];
  return known === undefined ? {} : { type: known };
}
