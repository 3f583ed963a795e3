import type { Node } from '../../../languages/javascript/parse.ts';
import { choice, known, textOfValue, unknown, type Value } from './values.ts';

export function template(
  node: Extract<Node, { type: 'TemplateLiteral' }>,
  next: (child: Node) => Value,
): Value {
  let text = '';
  let sure = true;
  for (const [index, quasi] of node.quasis.entries()) {
    text += quasi.value.cooked ?? quasi.value.raw;
    const expression = node.expressions[index];
    if (!expression) continue;
    const part = textOfValue(next(expression));
    if (!part) return unknown;
    text += part.text;
    sure &&= part.sure;
  }
  return known(text, sure);
}

export function unary(
  node: Extract<Node, { type: 'UnaryExpression' }>,
  next: (child: Node) => Value,
): Value {
  const value = next(node.argument);
  if (node.operator === 'typeof') return typeOf(value);
  if (node.operator === 'void') return known(undefined);
  if (node.operator === '!' && /^(array|object|class|function)$/.test(value.kind)) {
    return known(false);
  }
  if (value.kind !== 'literal') return unknown;
  if (node.operator === '!') return known(!value.value, value.sure);
  if (node.operator === '-' && typeof value.value === 'number') return known(-value.value);
  if (node.operator === '+') return known(Number(value.value), value.sure);
  return unknown;
}

export function binary(operator: string, left: Value, right: Value): Value {
  if (operator === '+') {
    if (left.kind === 'literal' && right.kind === 'literal') {
      const [a, b] = [left.value, right.value];
      if (typeof a === 'number' && typeof b === 'number') return known(a + b);
    }
    const [a, b] = [textOfValue(left), textOfValue(right)];
    return a && b ? known(a.text + b.text, a.sure && b.sure) : unknown;
  }
  if (left.kind !== 'literal' || right.kind !== 'literal') return unknown;
  const sure = left.sure && right.sure;
  if (operator === '===' || operator === '==') return known(left.value === right.value, sure);
  if (operator === '!==' || operator === '!=') return known(left.value !== right.value, sure);
  const [a, b] = [Number(left.value), Number(right.value)];
  if (operator === '*') return known(a * b, sure);
  if (operator === '-') return known(a - b, sure);
  return unknown;
}

export function logical(operator: string, left: Value, right: () => Value): Value {
  if (operator === '&&') {
    if (left.kind === 'literal' && left.sure && !left.value) return left;
    return right();
  }
  if (left.kind === 'literal') {
    const empty = operator === '??' ? left.value === null || left.value === undefined : !left.value;
    if (!empty) return left;
    const other = right();
    return other.kind === 'literal' ? { ...other, sure: other.sure && left.sure } : other;
  }
  const opaque = left.kind === 'unknown' || left.kind === 'call' || left.kind === 'member';
  const other = right();
  if (!opaque && left.kind !== 'choice') return left;
  // The environment is not known: what stands behind `||` is what an owner runs without setting it.
  if (other.kind === 'literal') return { ...other, sure: false };
  return left.kind === 'unknown' ? other : choice([left, other]);
}

function typeOf(value: Value): Value {
  if (value.kind === 'literal') return known(typeof value.value, value.sure);
  if (value.kind === 'array' || value.kind === 'object') return known('object');
  return value.kind === 'function' || value.kind === 'class' ? known('function') : unknown;
}
