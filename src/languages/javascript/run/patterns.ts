import { propertyName } from '../literal.ts';
import type { Node } from '../parse.ts';
import { evaluate } from './expressions.ts';
import type { Machine } from './machine.ts';
import { getMember, setMember } from './members.ts';
import type { Scope } from './scope.ts';
import { either, list, optionsOf, record, stringOf, unknown, type Value } from './values.ts';

export type Bind = (name: string, value: Value) => void;

/** Takes a value apart along a pattern. Without `bind` it assigns to what is there. */
export function destructure(
  machine: Machine,
  scope: Scope,
  pattern: Node,
  value: Value,
  bind?: Bind,
): void {
  const next = (child: Node, part: Value) => destructure(machine, scope, child, part, bind);
  switch (pattern.type) {
    case 'Identifier':
      if (bind) bind(pattern.name, value);
      else scope.assign(pattern.name, value, machine.doubt);
      return;
    case 'MemberExpression':
      assignMember(machine, scope, pattern, value);
      return;
    case 'AssignmentPattern':
      next(pattern.left, withDefault(machine, scope, value, pattern.right));
      return;
    case 'ArrayPattern':
      for (const [index, one] of pattern.elements.entries()) {
        if (!one) continue;
        if (one.type === 'RestElement') next(one.argument, restOf(value, index));
        else next(one, getMember(machine, value, String(index)));
      }
      return;
    case 'ObjectPattern':
      destructureObject(machine, scope, pattern, value, next);
      return;
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
      next(pattern.expression, value);
      return;
    default:
  }
}

function destructureObject(
  machine: Machine,
  scope: Scope,
  pattern: Extract<Node, { type: 'ObjectPattern' }>,
  value: Value,
  next: (child: Node, part: Value) => void,
): void {
  const taken = new Set<string>();
  for (const one of pattern.properties) {
    if (one.type === 'RestElement') {
      next(one.argument, without(value, taken));
      continue;
    }
    const name = one.computed ? stringOf(evaluate(machine, one.key, scope)) : propertyName(one);
    if (name !== undefined) taken.add(name);
    next(one.value, name === undefined ? unknown : getMember(machine, value, name));
  }
}

function withDefault(machine: Machine, scope: Scope, value: Value, right: Node): Value {
  const options = optionsOf(value);
  const missing = options.filter((one) => one.k === 'primitive' && one.value === undefined);
  if (missing.length === 0)
    return value.k === 'unknown' ? either(value, evaluate(machine, right, scope)) : value;
  const byDefault = evaluate(machine, right, scope);
  const others = options.filter((one) => !missing.includes(one));
  return others.length === 0 ? byDefault : either(...others, byDefault);
}

function restOf(value: Value, from: number): Value {
  return value.k === 'list' ? list(value.items.slice(from), value.more) : unknown;
}

function without(value: Value, names: ReadonlySet<string>): Value {
  if (value.k !== 'record') return unknown;
  return record(
    [...value.members].filter(([name]) => !names.has(name)),
    value.more,
  );
}

/** `object.name = value`. */
export function assignMember(
  machine: Machine,
  scope: Scope,
  node: Extract<Node, { type: 'MemberExpression' }>,
  value: Value,
): void {
  const target = evaluate(machine, node.object, scope);
  const name = memberName(machine, scope, node);
  if (name !== undefined) setMember(machine, target, name, value);
  else if (target.k === 'record' || target.k === 'list') target.more = true;
}

/** The name of a member expression, read from a computed key when the source gives it. */
export function memberName(
  machine: Machine,
  scope: Scope,
  node: Extract<Node, { type: 'MemberExpression' }>,
): string | undefined {
  if (!node.computed) return propertyName({ key: node.property });
  const key = evaluate(machine, node.property, scope);
  for (const one of optionsOf(key)) {
    if (one.k === 'primitive' && one.value !== null && one.value !== undefined)
      return String(one.value);
  }
  return undefined;
}
