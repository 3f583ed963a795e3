import { propertyName } from '../literal.ts';
import type { Node } from '../parse.ts';
import { evaluate } from './expressions.ts';
import type { Machine } from './machine.ts';
import type { Scope } from './scope.ts';
import {
  list,
  optionsOf,
  primitive,
  type Record_,
  record,
  stringOf,
  textPiece,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** A template literal as one text. */
export function template(
  node: Extract<Node, { type: 'TemplateLiteral' }>,
  next: (child: Node) => Value,
): Value {
  let text = '';
  for (const [index, quasi] of node.quasis.entries()) {
    text += quasi.value.cooked ?? quasi.value.raw;
    const expression = node.expressions[index];
    if (expression) text += textPiece(next(expression));
  }
  return primitive(text);
}

/** The members of an array literal or of an argument list, spreads opened. */
export function arrayOf(machine: Machine, elements: readonly (Node | null)[], scope: Scope): Value {
  const items: Value[] = [];
  let more = false;
  for (const element of elements) {
    if (!element) items.push(undefinedValue);
    else if (element.type !== 'SpreadElement') items.push(evaluate(machine, element, scope));
    else {
      const spread = evaluate(machine, element.argument, scope);
      if (spread.k === 'list') items.push(...spread.items);
      else items.push(spread.k === 'external' || spread.k === 'unknown' ? spread : unknown);
      more ||= spread.k !== 'list' || spread.more;
    }
  }
  return list(items, more);
}

/** The members of an object literal. */
export function objectOf(
  machine: Machine,
  node: Extract<Node, { type: 'ObjectExpression' }>,
  scope: Scope,
): Value {
  const made = record();
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      spreadInto(made, evaluate(machine, property.argument, scope));
      continue;
    }
    const name = property.computed
      ? stringOf(evaluate(machine, property.key, scope))
      : propertyName(property);
    const value = evaluate(machine, property.value, scope);
    if (name === undefined) {
      made.more = true;
      continue;
    }
    if (value.k === 'closure' && value.name === undefined) value.name = name;
    if (property.kind === 'get' && value.k === 'closure') {
      made.getters = (made.getters ?? new Map()).set(name, value);
    } else if (property.kind === 'init') made.members.set(name, value);
  }
  return made;
}

function spreadInto(made: Record_, value: Value): void {
  for (const one of optionsOf(value)) {
    if (one.k === 'record') {
      for (const [name, part] of one.members) made.members.set(name, part);
      made.more ||= one.more;
    } else if (one.k !== 'primitive') made.more = true;
  }
}
