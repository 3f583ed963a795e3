import type { Node } from '../parse.ts';
import { chain, type Fn, isFunction } from './patterns.ts';
import { codeOf, type Source } from './source.ts';

/** Functions around a node, the innermost first. */
export function functionsAround(node: Node, source: Source): Fn[] {
  const found: Fn[] = [];
  for (let at = source.parentOf(node); at; at = source.parentOf(at))
    if (isFunction(at)) found.push(at);
  return found;
}

/**
 * Whether the code around tests this value before it is used: a list, a pattern, a prefix, a type.
 * Reading cannot say whether the test is right; it can say that somebody thought of it.
 */
export function isTested(node: Node, source: Source): boolean {
  const names = new Set<string>();
  collectNames(node, source, names, 0);
  const [fn] = functionsAround(node, source);
  if (fn === undefined || names.size === 0) return false;
  const inside = codeOf(fn, source);
  return [...names].some((name) => {
    const value = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(
      `(?:includes|has|test|indexOf|isURL|isIn|matches|is[A-Z]\\w*|valid\\w*|check\\w*|allow\\w*|assert\\w*|ensure\\w*)\\(\\s*(?:new URL\\()?${value}\\b|${value}\\??\\.(?:startsWith|match|includes|endsWith|hostname|host)\\b|typeof ${value}\\b|Object\\.(?:keys|hasOwn)\\([^)]*${value}|\\b${value}\\s+in\\s|['"][^'"]*['"]\\s*[!=]==?\\s*${value}\\b|${value}\\s*[!=]==?\\s*['"](?!undefined['"]|null['"]|['"])|\\[${value}\\]\\s*(?:\\)|===|!==|\\?\\?|\\|\\|)`,
    ).test(inside);
  });
}

export function collectNames(node: Node, source: Source, names: Set<string>, depth: number): void {
  if (depth > 6) return;
  if (node.type === 'Identifier') {
    names.add(node.name);
    const init = source.lookup(node.name, node)?.init;
    if (init) collectNames(init, source, names, depth + 1);
    return;
  }
  if (node.type === 'MemberExpression') {
    const { root, path } = chain(node);
    if (root.type === 'Identifier' && path.length > 0 && !path.includes('?')) {
      names.add([root.name, ...path].join('.'));
      return;
    }
    collectNames(node.object, source, names, depth + 1);
    return;
  }
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    for (const one of node.arguments) collectNames(one, source, names, depth + 1);
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      collectNames(node.callee.object, source, names, depth + 1);
    }
  }
  if (node.type === 'TemplateLiteral')
    for (const one of node.expressions) collectNames(one, source, names, depth + 1);
  if (node.type === 'ConditionalExpression') {
    for (const one of [node.test, node.consequent, node.alternate])
      collectNames(one, source, names, depth + 1);
  }
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
    collectNames(node.left, source, names, depth + 1);
    collectNames(node.right, source, names, depth + 1);
  }
  if (
    node.type === 'TSAsExpression' ||
    node.type === 'TSNonNullExpression' ||
    node.type === 'ChainExpression'
  ) {
    collectNames(node.expression, source, names, depth + 1);
  }
}
