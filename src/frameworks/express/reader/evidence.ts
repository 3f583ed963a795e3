import { literal } from '../../../languages/javascript/literal.ts';
import { childrenOf, type Node, type Parsed, textOf } from '../../../languages/javascript/parse.ts';
import type { Param } from '../../../surface/surface.ts';

/** What the source shows of a value by how it is used. */
export interface Evidence {
  type?: Param['type'] | undefined;
  optional?: boolean | undefined;
  enum?: readonly (string | number)[] | undefined;
}

const texts =
  /^(?:trim|toLowerCase|toUpperCase|split|startsWith|endsWith|match|replace|replaceAll|substring|charAt|padStart|localeCompare)$/;
const lists = /^(?:map|forEach|filter|some|every|reduce|push|join|find|flatMap|sort)$/;

/** The type that one use of a value shows. */
export function evidenceFor(parsed: Parsed, node: Node, parents: readonly Node[]): Evidence {
  const parent = parents.at(-1);
  if (!parent) return {};
  if (parent.type === 'LogicalExpression' && parent.left === node) {
    return byDefault(parent.right);
  }
  if (parent.type === 'CallExpression' && parent.arguments[0] === node)
    return byCall(parsed, parent, parents.at(-2));
  if (parent.type === 'UnaryExpression' && parent.operator === '+') return { type: 'number' };
  if (parent.type === 'UnaryExpression' && parent.operator === 'typeof')
    return byTypeof(parents.at(-2));
  if (parent.type === 'BinaryExpression') return byComparison(parent, node);
  if (parent.type === 'MemberExpression' && parent.object === node)
    return byMember(parent, parents.at(-2));
  if (parent.type === 'ForOfStatement' && parent.right === node) return { type: 'array' };
  if (parent.type === 'TSAsExpression') return byAnnotation(parent.typeAnnotation);
  return {};
}

function byDefault(node: Node): Evidence {
  if (node.type !== 'Literal') return { optional: true };
  const type = typeof node.value;
  // A number of the query is a text until it is converted.
  return { optional: true, ...(type === 'boolean' ? { type } : {}) };
}

function byCall(
  parsed: Parsed,
  call: Extract<Node, { type: 'CallExpression' }>,
  outer: Node | undefined,
): Evidence {
  const name = textOf(parsed, call.callee);
  if (name === 'parseInt' || name === 'Number.parseInt') return { type: 'integer' };
  if (name === 'Number' || name === 'parseFloat' || name === 'Number.parseFloat')
    return { type: 'number' };
  if (name === 'Number.isInteger') return { type: 'integer' };
  if (name === 'Array.isArray') return { type: 'array' };
  if (/(?:^|\.)(?:hash|hashSync|compare|compareSync)$/.test(name)) return { type: 'string' };
  const listed =
    call.callee.type === 'MemberExpression' ? literal(call.callee.object)?.value : undefined;
  // A value outside of the list is refused, not only told apart.
  const refused = outer?.type === 'UnaryExpression' && outer.operator === '!';
  if (!refused || !name.endsWith('.includes') || !Array.isArray(listed)) return {};
  const values = listed.filter((one) => typeof one === 'string' || typeof one === 'number');
  return values.length === listed.length ? { enum: values } : {};
}

function byTypeof(parent: Node | undefined): Evidence {
  if (parent?.type !== 'BinaryExpression' || parent.right.type !== 'Literal') return {};
  const type = parent.right.value;
  return type === 'string' || type === 'number' || type === 'boolean' ? { type } : {};
}

function byComparison(parent: Extract<Node, { type: 'BinaryExpression' }>, node: Node): Evidence {
  const other = parent.left === node ? parent.right : parent.left;
  if (
    /^[-*/%<>]/.test(parent.operator) &&
    other.type === 'Literal' &&
    typeof other.value === 'number'
  ) {
    return { type: 'number' };
  }
  if (other.type === 'Literal' && typeof other.value === 'boolean') return { type: 'boolean' };
  return {};
}

function byMember(
  parent: Extract<Node, { type: 'MemberExpression' }>,
  call: Node | undefined,
): Evidence {
  if (parent.computed || parent.property.type !== 'Identifier') return {};
  const { name } = parent.property;
  if (call?.type !== 'CallExpression' || call.callee !== parent) return {};
  if (texts.test(name)) return { type: 'string' };
  return lists.test(name) ? { type: 'array' } : {};
}

function byAnnotation(node: Node): Evidence {
  if (node.type === 'TSStringKeyword') return { type: 'string' };
  if (node.type === 'TSNumberKeyword') return { type: 'number' };
  if (node.type === 'TSBooleanKeyword') return { type: 'boolean' };
  return node.type === 'TSArrayType' ? { type: 'array' } : {};
}

/** Expressions whose absence ends the request: `if (!email || !password) return res.status(400)…`. */
export function refusals(parsed: Parsed, body: Node): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === 'IfStatement' && refuses(parsed, node.consequent)) {
      for (const text of missing(parsed, node.test)) found.add(text);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(body);
  return found;
}

function refuses(parsed: Parsed, node: Node): boolean {
  const text = textOf(parsed, node);
  const ends = /\breturn\b|\bthrow\b/.test(text);
  return (
    ends &&
    /\b(?:4\d\d|BAD_REQUEST|UNPROCESSABLE\w*)\b|\bthrow\b|next\(|[Ii]nvalid|[Rr]equired|[Mm]issing/.test(
      text,
    )
  );
}

function missing(parsed: Parsed, test: Node): string[] {
  if (test.type === 'LogicalExpression' && test.operator === '||') {
    return [...missing(parsed, test.left), ...missing(parsed, test.right)];
  }
  const text = (node: Node): string => textOf(parsed, node).replace(/\s+/g, '');
  if (test.type === 'UnaryExpression' && test.operator === '!') {
    const { argument } = test;
    // `!Array.isArray(items)` and `!allowed.includes(kind)` refuse a missing one, too.
    const given = argument.type === 'CallExpression' ? argument.arguments[0] : undefined;
    return given ? [text(given), text(argument)] : [text(argument)];
  }
  if (test.type !== 'BinaryExpression' || !/^!==?$|^===?$/.test(test.operator)) return [];
  // `typeof name !== 'string'` refuses a missing one, too.
  const isTypeof = test.left.type === 'UnaryExpression' && test.left.operator === 'typeof';
  if (isTypeof && test.operator.startsWith('!'))
    return [text((test.left as { argument: Node }).argument)];
  const nothing = /^(?:undefined|null)$/.test(text(test.right));
  return nothing && test.operator.startsWith('=') ? [text(test.left)] : [];
}
