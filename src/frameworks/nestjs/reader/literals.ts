import { type Node, propertyName } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine } from './evaluate.ts';
import type { Scope } from './program.ts';
import { options, textOfValue, type Value } from './values.ts';

export function array(elements: readonly (Node | null)[], next: (child: Node) => Value): Value {
  const items: Value[] = [];
  let open = false;
  for (const element of elements) {
    if (!element) continue;
    if (element.type !== 'SpreadElement') {
      items.push(next(element));
      continue;
    }
    for (const one of options(next(element.argument))) {
      if (one.kind === 'array') {
        items.push(...one.items);
        open ||= one.open;
      } else if (one.kind !== 'literal') {
        open = true;
        items.push(one);
      }
    }
  }
  return { kind: 'array', items, open };
}

export function object(
  m: Machine,
  node: Extract<Node, { type: 'ObjectExpression' }>,
  scope: Scope,
): Value {
  const result = { kind: 'object' as const, members: new Map<string, Value>(), open: false };
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      for (const one of options(evaluate(m, property.argument, scope))) {
        if (one.kind === 'object') {
          for (const [name, value] of one.members) result.members.set(name, value);
        } else if (one.kind !== 'literal') result.open = true;
      }
      continue;
    }
    const name = property.computed
      ? textOfValue(evaluate(m, property.key, scope))?.text
      : propertyName(property);
    if (name === undefined) result.open = true;
    else result.members.set(name, evaluate(m, property.value, scope));
  }
  return result;
}

export function argumentsOf(nodes: readonly Node[], next: (child: Node) => Value): Value[] {
  const result = array(nodes, next);
  return result.kind === 'array' ? [...result.items] : [];
}
