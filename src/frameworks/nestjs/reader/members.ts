import type { Node } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { declarationValue, lookup } from './names.ts';
import type { Scope } from './program.ts';
import { choice, known, options, textOfValue, unknown, type Value } from './values.ts';

export function memberName(
  m: Machine,
  node: Extract<Node, { type: 'MemberExpression' }>,
  scope: Scope,
): string | undefined {
  if (!node.computed) return 'name' in node.property ? node.property.name : undefined;
  return textOfValue(evaluate(m, node.property, scope))?.text;
}

export function memberValue(
  m: Machine,
  node: Extract<Node, { type: 'MemberExpression' }>,
  scope: Scope,
): Value {
  const name = memberName(m, node, scope);
  const object = evaluate(m, node.object, scope);
  if (name === undefined) return choice(options(object).map(() => unknown));
  return choice(options(object).map((one) => memberOf(m, one, name)));
}

/** A member of one value; getters and inherited members included. */
export function memberOf(m: Machine, object: Value, name: string): Value {
  switch (object.kind) {
    case 'object': {
      const own = object.members.get(name);
      if (own) return own;
      const inherited = object.of && declarationValue(m, object.of, name, object);
      if (!inherited && !object.open && !object.of) return known(undefined);
      return inherited ?? { kind: 'member', of: object, name };
    }
    case 'class':
      return declarationValue(m, object, name, undefined) ?? { kind: 'member', of: object, name };
    case 'namespace':
      return lookup(m, object.file.scope, `export:${name}`);
    case 'external':
      return environmentMember(m, object, name);
    case 'array': {
      const index = Number(name);
      if (name === 'length' && !object.open) return known(object.items.length);
      return object.items[index] ?? { kind: 'member', of: object, name };
    }
    case 'literal':
      if (object.value === undefined || object.value === null) return known(undefined, object.sure);
      return { kind: 'member', of: object, name };
    default:
      return { kind: 'member', of: object, name };
  }
}

function environmentMember(
  m: Machine,
  object: Extract<Value, { kind: 'external' }>,
  name: string,
): Value {
  if (object.from === 'global' && object.name === 'process.env') {
    // An example file says `development`; what is deployed is `production`.
    if (name === 'NODE_ENV') return known('production', false);
    const set = m.program.environment.get(name);
    return set === undefined || set === '' ? unknown : known(set, false);
  }
  return {
    kind: 'external',
    from: object.from,
    name: object.name === '*' ? name : `${object.name}.${name}`,
  };
}
