import type { Node, Program } from './parse.ts';

/** A value that the source states. Missing members of objects and holes of arrays make it unknown as a whole. */
export type Literal =
  | string
  | number
  | boolean
  | null
  | undefined
  | RegExp
  | readonly Literal[]
  | { readonly [name: string]: Literal };

/** Names of a file that are bound once to an expression. */
export type Constants = ReadonlyMap<string, Node>;

/** The top-level `const` names of a file, with their expressions. */
export function constantsOf(program: Program): Constants {
  const constants = new Map<string, Node>();
  for (const statement of program.body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init) constants.set(id.name, init);
    }
  }
  return constants;
}

const none: Constants = new Map();

/** Folds an expression to the value that it has on every run, or `undefined` when the source alone does not say. */
export function literal(
  node: Node | null | undefined,
  constants: Constants = none,
): { value: Literal } | undefined {
  return fold(node, constants, 0);
}

/** The folded value when it is a string. */
export function stringLiteral(
  node: Node | null | undefined,
  constants: Constants = none,
): string | undefined {
  const folded = literal(node, constants);
  return typeof folded?.value === 'string' ? folded.value : undefined;
}

type Folded = { value: Literal } | undefined;

// Constants can refer to each other in a ring; no honest chain is this long.
const deepest = 40;

function fold(node: Node | null | undefined, constants: Constants, depth: number): Folded {
  if (!node || depth > deepest) return undefined;
  const next = (child: Node | null | undefined) => fold(child, constants, depth + 1);
  switch (node.type) {
    case 'Literal':
      if ('regex' in node) return node.value ? { value: node.value } : undefined;
      return typeof node.value === 'bigint' ? undefined : { value: node.value };
    case 'TemplateLiteral':
      return foldTemplate(node, next);
    case 'Identifier':
      if (node.name === 'undefined') return { value: undefined };
      return next(constants.get(node.name));
    case 'BinaryExpression':
      return foldBinary(node.operator, next(node.left), next(node.right));
    case 'UnaryExpression':
      return foldUnary(node.operator, next(node.argument));
    case 'ArrayExpression':
      return foldArray(node.elements, next);
    case 'ObjectExpression':
      return foldObject(node, next);
    case 'MemberExpression':
      return foldMember(node, next);
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
      return next(node.expression);
    case 'CallExpression':
      // `Object.freeze(table)` is the table.
      return isFreeze(node) ? next(node.arguments[0]) : undefined;
    default:
      return undefined;
  }
}

type Next = (child: Node | null | undefined) => Folded;

function foldTemplate(node: Extract<Node, { type: 'TemplateLiteral' }>, next: Next): Folded {
  let text = '';
  for (const [index, quasi] of node.quasis.entries()) {
    text += quasi.value.cooked ?? quasi.value.raw;
    const expression = node.expressions[index];
    if (!expression) continue;
    const part = next(expression);
    if (part === undefined || typeof part.value === 'object') return undefined;
    text += String(part.value);
  }
  return { value: text };
}

function foldBinary(operator: string, left: Folded, right: Folded): Folded {
  if (!left || !right) return undefined;
  const [a, b] = [left.value, right.value];
  if (operator === '+' && (typeof a === 'string' || typeof b === 'string')) {
    return typeof a === 'object' || typeof b === 'object' ? undefined : { value: `${a}${b}` };
  }
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  if (operator === '+') return { value: a + b };
  if (operator === '-') return { value: a - b };
  if (operator === '*') return { value: a * b };
  if (operator === '/') return { value: a / b };
  if (operator === '**') return { value: a ** b };
  if (operator === '<<') return { value: a << b };
  return undefined;
}

function foldUnary(operator: string, argument: Folded): Folded {
  if (!argument) return undefined;
  if (operator === '!') return { value: !argument.value };
  if (operator === 'void') return { value: undefined };
  if (typeof argument.value !== 'number') return undefined;
  if (operator === '-') return { value: -argument.value };
  return operator === '+' ? argument : undefined;
}

function foldArray(elements: readonly (Node | null)[], next: Next): Folded {
  const values: Literal[] = [];
  for (const element of elements) {
    if (element?.type === 'SpreadElement') {
      const spread = next(element.argument);
      if (!Array.isArray(spread?.value)) return undefined;
      values.push(...spread.value);
      continue;
    }
    const folded = next(element);
    if (!folded) return undefined;
    values.push(folded.value);
  }
  return { value: values };
}

function foldObject(node: Extract<Node, { type: 'ObjectExpression' }>, next: Next): Folded {
  const members: Record<string, Literal> = Object.create(null);
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      const spread = next(property.argument)?.value;
      if (typeof spread !== 'object' || spread === null) return undefined;
      Object.assign(members, spread);
      continue;
    }
    const name = keyOf(property, next);
    const folded = next(property.value);
    if (name === undefined || !folded) return undefined;
    members[name] = folded.value;
  }
  return { value: members };
}

function foldMember(node: Extract<Node, { type: 'MemberExpression' }>, next: Next): Folded {
  const target = next(node.object)?.value;
  if (typeof target !== 'object' || target === null || target instanceof RegExp) return undefined;
  const name = node.computed
    ? next(node.property)?.value
    : 'name' in node.property
      ? node.property.name
      : undefined;
  if (typeof name !== 'string' && typeof name !== 'number') return undefined;
  if (!Object.hasOwn(target, name)) return undefined;
  return { value: (target as Record<string | number, Literal>)[name] };
}

function keyOf(property: Extract<Node, { type: 'Property' }>, next: Next): string | undefined {
  const { key } = property;
  if (!property.computed && key.type === 'Identifier') return key.name;
  const value = next(key)?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function isFreeze(node: Extract<Node, { type: 'CallExpression' }>): boolean {
  const { callee } = node;
  return (
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Object' &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'freeze'
  );
}

/** The name of a property of an object literal, class or pattern; `undefined` when it is computed at run time. */
export function propertyName(
  property: { key: Node; computed?: boolean },
  constants: Constants = none,
): string | undefined {
  if (!property.computed && property.key.type === 'Identifier') return property.key.name;
  if (!property.computed && property.key.type === 'PrivateIdentifier')
    return `#${property.key.name}`;
  const value = literal(property.key, constants)?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
