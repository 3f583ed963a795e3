import type { Node } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { memberOf } from './members.ts';
import type { Scope } from './program.ts';
import { choice, options, unknown, type Value } from './values.ts';

/** Binds a pattern of a declaration or a parameter. */
export function bindPattern(m: Machine, pattern: Node, value: Value, scope: Scope): void {
  if (pattern.type === 'Identifier') scope.names.set(pattern.name, value);
  if (pattern.type === 'AssignmentPattern') {
    const missing =
      value.kind === 'unknown' || (value.kind === 'literal' && value.value === undefined);
    bindPattern(m, pattern.left, missing ? evaluate(m, pattern.right, scope) : value, scope);
  }
  if (pattern.type === 'ObjectPattern') bindObject(m, pattern, value, scope);
  if (pattern.type === 'ArrayPattern') {
    for (const [index, one] of pattern.elements.entries()) {
      if (!one) continue;
      bindPattern(
        m,
        one,
        value.kind === 'array' ? (value.items[index] ?? unknown) : unknown,
        scope,
      );
    }
  }
}

function bindObject(
  m: Machine,
  pattern: Extract<Node, { type: 'ObjectPattern' }>,
  value: Value,
  scope: Scope,
): void {
  const taken = new Set<string>();
  for (const one of pattern.properties) {
    if (one.type === 'RestElement') {
      const members = value.kind === 'object' ? [...value.members] : [];
      const rest: Value = {
        kind: 'object',
        members: new Map(members.filter(([name]) => !taken.has(name))),
        open: value.kind !== 'object' || value.open,
      };
      bindPattern(m, one.argument, rest, scope);
      continue;
    }
    if (one.key.type !== 'Identifier') continue;
    const { name } = one.key;
    taken.add(name);
    const part = choice(
      options(value).map((each) =>
        each.kind === 'object' && each.open && !each.of
          ? (each.members.get(name) ?? unknown)
          : memberOf(m, each, name),
      ),
    );
    bindPattern(m, one.value, part, scope);
  }
}
