import { type Node, propertyName, stringLiteral } from '../parse.ts';

/** Declarations, expressions, methods and arrows; overload signatures have no body. */
export type Fn = Extract<Node, { expression: boolean; params: unknown }>;

export function isFunction(node: Node | null | undefined): node is Fn {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}

/** Every name of a pattern, with the members that lead to it. */
export function pattern(
  node: Node,
  path: readonly string[],
  found: (name: string, node: Node, path: readonly string[], fallback?: Node) => void,
  fallback?: Node,
): void {
  if (node.type === 'Identifier') found(node.name, node, path, fallback);
  else if (node.type === 'AssignmentPattern') pattern(node.left, path, found, node.right);
  else if (node.type === 'RestElement') pattern(node.argument, path, found);
  else if (node.type === 'ArrayPattern') {
    for (const [index, one] of node.elements.entries()) {
      if (one) pattern(one, [...path, String(index)], found);
    }
  } else if (node.type === 'ObjectPattern') {
    for (const one of node.properties) {
      if (one.type !== 'Property') pattern(one, path, found);
      else pattern(one.value, [...path, propertyName(one) ?? '?'], found);
    }
  }
}

/** `a.b.c` as its root and its members; a computed member that is not a literal is `?`. */
export function chain(node: Node): { root: Node; path: string[] } {
  const path: string[] = [];
  let at: Node = node;
  while (at.type === 'MemberExpression' || at.type === 'ChainExpression') {
    if (at.type === 'ChainExpression') {
      at = at.expression;
      continue;
    }
    path.unshift(memberName(at) ?? '?');
    at = at.object;
  }
  return { root: at, path };
}

export function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  if (node.computed) {
    const value = node.property.type === 'Literal' ? node.property.value : undefined;
    return typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : stringLiteral(node.property);
  }
  return node.property.type === 'PrivateIdentifier'
    ? `#${node.property.name}`
    : 'name' in node.property
      ? node.property.name
      : undefined;
}
