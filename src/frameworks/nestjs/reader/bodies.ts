import { lineOf, type Node, propertyName, walk } from '../../../languages/javascript/parse.ts';
import type { Confidence, Param, Place } from '../../../surface/surface.ts';
import type { Handler } from './handlers.ts';

/**
 * Keys that a handler reads from an untyped body: `body.name`, `const { name } = body`. A body that is also
 * handed on whole may have others, so its keys are less sure.
 */
export function bodyKeys(
  handler: Handler,
  target: Node,
  place: Place,
  source: Param['in'],
): Param[] {
  const { parsed } = handler.declared.file;
  const keys = new Map<string, { line: number; optional: boolean }>();
  let whole = false;
  const add = (pattern: Extract<Node, { type: 'ObjectPattern' }>) => {
    for (const one of pattern.properties) {
      if (one.type === 'RestElement') whole = true;
      const key = one.type === 'Property' ? propertyName(one) : undefined;
      if (one.type !== 'Property' || key === undefined) continue;
      const optional = one.value.type === 'AssignmentPattern';
      keys.set(key, { line: lineOf(parsed, one.start), optional });
    }
  };
  if (target.type === 'ObjectPattern') add(target);
  const body = handler.method.value.body;
  if (target.type === 'Identifier' && body) {
    const { name } = target;
    walk(body, (node, parents) => {
      if (node.type !== 'Identifier' || node.name !== name) return;
      const parent = parents.at(-1);
      if (parent?.type === 'MemberExpression' && parent.object === node) {
        const outer = parents.at(-2);
        const called = outer?.type === 'CallExpression' && outer.callee === parent;
        if (parent.computed || parent.property.type !== 'Identifier' || called) whole = true;
        else {
          const key = parent.property.name;
          const optional = isOptional(parent, parents.at(-2)) || (keys.get(key)?.optional ?? false);
          keys.set(key, { line: lineOf(parsed, node.start), optional });
        }
        return;
      }
      if (parent?.type === 'MemberExpression' || parent?.type === 'Property') {
        if (parent.type === 'Property' && parent.value === node) whole = true;
        return;
      }
      if (parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern') {
        add(parent.id);
        return;
      }
      whole = true;
    });
  }
  const confidence: Confidence = whole ? 'low' : 'medium';
  return [...keys].map(([name, { line, optional }]) => ({
    name,
    in: source,
    type: 'unknown',
    optional: source === 'query' || whole || optional,
    confidence,
    place: { file: place.file, line },
  }));
}

// `body.role || 'user'`, `body.pinned ?? false`, `if (body.x)` and `!body.x` can do without it.
function isOptional(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'LogicalExpression') return parent.left === node && parent.operator !== '&&';
  return parent?.type === 'ConditionalExpression' && parent.test === node;
}
