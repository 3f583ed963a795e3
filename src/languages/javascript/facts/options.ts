import { type Node, propertyName } from '../parse.ts';
import type { Source } from './source.ts';
import { type At, calleeText, settle } from './values.ts';

/** One option with how it is set. */
export interface Option extends At {
  /** Where the key stands. */
  key: Node;
  conditional: boolean;
}

export interface Options {
  get: (name: string) => Option | undefined;
  names: readonly string[];
  /** Parts that could not be read: a spread, a parameter. */
  open: boolean;
}

/** The members of an options object: literals, `Object.assign`, spreads, later assignments to its name. */
export function optionsOf(node: Node | null | undefined, source: Source): Options {
  const found = new Map<string, Option>();
  let open = false;
  const add = (
    one: Node | null | undefined,
    from: Source,
    conditional: boolean,
    depth: number,
  ): void => {
    if (!one || depth > 8) return;
    const at = settle(one, from);
    if (at === undefined) return;
    const end = at.node;
    if (end.type === 'ObjectExpression') {
      for (const property of end.properties) {
        if (property.type === 'SpreadElement')
          add(property.argument, at.source, conditional, depth + 1);
        else {
          const name = propertyName(property);
          if (name === undefined) open = true;
          else
            found.set(name, {
              node: property.value,
              key: property,
              source: at.source,
              conditional,
            });
        }
      }
    } else if (end.type === 'CallExpression' && calleeText(end) === 'Object.assign') {
      for (const part of end.arguments) add(part, at.source, conditional, depth + 1);
    } else if (end.type === 'ConditionalExpression') {
      add(end.alternate, at.source, true, depth + 1);
      add(end.consequent, at.source, true, depth + 1);
    } else if (end.type === 'LogicalExpression') {
      if (end.operator !== '&&') add(end.left, at.source, true, depth + 1);
      add(end.right, at.source, true, depth + 1);
    } else if (!(end.type === 'Literal' && end.value === null)) open = true;
    const binding = one.type === 'Identifier' ? from.lookup(one.name, one) : undefined;
    for (const { path, value, conditional: sometimes } of binding?.members ?? []) {
      if (path.length !== 1) continue;
      const [name] = path;
      const former = found.get(name!);
      if (!sometimes || former === undefined) {
        found.set(name!, { node: value, key: value, source: from, conditional: sometimes });
      }
    }
  };
  add(node, source, false, 0);
  return { get: (name) => found.get(name), names: [...found.keys()], open };
}
