import type { Node } from './parse.ts';

/** Every name that a pattern binds. */
export function namesIn(pattern: Node, names: Set<string>): void {
  if (pattern.type === 'Identifier') names.add(pattern.name);
  if (pattern.type === 'AssignmentPattern') namesIn(pattern.left, names);
  if (pattern.type === 'RestElement') namesIn(pattern.argument, names);
  if (pattern.type === 'TSParameterProperty') namesIn(pattern.parameter, names);
  if (pattern.type === 'ArrayPattern') {
    for (const one of pattern.elements) if (one) namesIn(one, names);
  }
  if (pattern.type === 'ObjectPattern') {
    for (const one of pattern.properties) namesIn(one.type === 'Property' ? one.value : one, names);
  }
}
