import { hole, primitive, textPiece, truth, unknown, type Value } from './values.ts';

/** A binary operator over abstract values. */
export function binary(operator: string, left: Value, right: Value): Value {
  if (operator === '+') return plus(left, right);
  if (left.k !== 'primitive' || right.k !== 'primitive') return compareKinds(operator, left, right);
  const a = left.value as number;
  const b = right.value as number;
  switch (operator) {
    case '===':
      return primitive(a === b);
    case '!==':
      return primitive(a !== b);
    case '==':
      // biome-ignore lint/suspicious/noDoubleEquals: this is the operator of the source
      return primitive(a == b);
    case '!=':
      // biome-ignore lint/suspicious/noDoubleEquals: this is the operator of the source
      return primitive(a != b);
    case '<':
      return primitive(a < b);
    case '<=':
      return primitive(a <= b);
    case '>':
      return primitive(a > b);
    case '>=':
      return primitive(a >= b);
    case '-':
      return primitive(a - b);
    case '*':
      return primitive(a * b);
    case '/':
      return primitive(a / b);
    case '%':
      return primitive(a % b);
    case '**':
      return primitive(a ** b);
    case '|':
      return primitive(a | b);
    case '&':
      return primitive(a & b);
    case '<<':
      return primitive(a << b);
    default:
      return unknown;
  }
}

function plus(left: Value, right: Value): Value {
  const texts = [left, right].some((one) => one.k === 'primitive' && typeof one.value === 'string');
  if (texts) return primitive(textPiece(left) + textPiece(right));
  if (left.k !== 'primitive' || right.k !== 'primitive') return unknown;
  return primitive((left.value as number) + (right.value as number));
}

function compareKinds(operator: string, left: Value, right: Value): Value {
  if (operator === 'in' && right.k === 'record' && left.k === 'primitive') {
    if (right.members.has(String(left.value))) return primitive(true);
    return right.more ? unknown : primitive(false);
  }
  const open = [left, right].some((one) => ['unknown', 'external', 'either'].includes(one.k));
  if (open) return unknown;
  if (operator === '===' || operator === '==') return primitive(left === right);
  if (operator === '!==' || operator === '!=') return primitive(left !== right);
  return unknown;
}

/** A unary operator over abstract values. */
export function unary(operator: string, value: Value): Value {
  if (operator === 'typeof') return typeOf(value);
  if (operator === 'void') return primitive(undefined);
  if (operator === '!') {
    const known = truth(value);
    return known === undefined ? unknown : primitive(!known);
  }
  if (value.k !== 'primitive') return unknown;
  if (operator === '-') return primitive(-(value.value as number));
  if (operator === '+') return primitive(Number(value.value));
  return operator === '~' ? primitive(~(value.value as number)) : unknown;
}

function typeOf(value: Value): Value {
  if (value.k === 'primitive') {
    const holey = typeof value.value === 'string' && value.value.includes(hole);
    return holey ? unknown : primitive(typeof value.value);
  }
  if (value.k === 'closure' || value.k === 'class') return primitive('function');
  if (value.k === 'native') return primitive(value.call ? 'function' : 'object');
  if (value.k === 'record' || value.k === 'list' || value.k === 'regexp')
    return primitive('object');
  return unknown;
}
