import type { Tree } from '../../kernel/tree.ts';
import { childrenOf, isParsed, lineOf, type Node, type Parsed, parseFile } from './parse.ts';

/**
 * A tree as its owner wrote it: files below `folder` hidden, imports from it and calls of what they
 * bind blanked. Lines and offsets stay, so that places still hold.
 */
export function withoutFolder(tree: Tree, folder: string, also: (path: string) => boolean): Tree {
  const hidden = (path: string): boolean => path.startsWith(`${folder}/`) || also(path);
  const name = folder.split('/').at(-1) ?? folder;
  const texts = new Map<string, string>();
  const read = (path: string): string | undefined => {
    if (hidden(path)) return undefined;
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = tree.read(path);
    if (text === undefined || !text.includes(name) || !/\.[cm]?[jt]sx?$/.test(path)) return text;
    const blank = blanked(path, text, folder);
    texts.set(path, blank);
    return blank;
  };
  const paths = tree.paths().filter((path) => !hidden(path));
  return { paths: () => paths, has: (path) => !hidden(path) && tree.has(path), read };
}

function blanked(path: string, text: string, folder: string): string {
  const parsed = parseFile(path, text);
  if (!isParsed(parsed)) return text;
  const bound = new Set<string>();
  const ranges: [number, number][] = [];
  for (const statement of parsed.program.body) {
    const names = importedFrom(statement, path, folder);
    if (names === undefined) continue;
    for (const each of names) bound.add(each);
    ranges.push([statement.start, statement.end]);
  }
  if (bound.size === 0) return text;
  collectCalls(parsed, parsed.program, bound, ranges);
  let result = text;
  for (const [start, end] of ranges) {
    const space = result.slice(start, end).replace(/[^\r\n]/g, ' ');
    result = result.slice(0, start) + space + result.slice(end);
  }
  return result;
}

/** Local names that a statement imports from the folder; `undefined` when it imports nothing from there. */
function importedFrom(statement: Node, path: string, folder: string): string[] | undefined {
  if (statement.type === 'ImportDeclaration') {
    if (!inside(String(statement.source.value), path, folder)) return undefined;
    return statement.specifiers.map((one) => one.local.name);
  }
  if (statement.type !== 'VariableDeclaration') return undefined;
  const [declared] = statement.declarations;
  const init = declared?.init;
  if (init?.type !== 'CallExpression' || init.callee.type !== 'Identifier') return undefined;
  const [source] = init.arguments;
  if (init.callee.name !== 'require' || source?.type !== 'Literal') return undefined;
  if (!inside(String(source.value), path, folder) || declared?.id.type !== 'ObjectPattern')
    return undefined;
  return declared.id.properties.flatMap((property) =>
    property.type === 'Property' && property.value.type === 'Identifier'
      ? [property.value.name]
      : [],
  );
}

function inside(source: string, path: string, folder: string): boolean {
  if (!source.startsWith('.')) return false;
  const parts = path.split('/').slice(0, -1);
  for (const part of source.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const target = parts.join('/');
  return target === folder || target.startsWith(`${folder}/`);
}

/** Statements that are a call of a bound name alone: `secure(app);`. */
function collectCalls(
  parsed: Parsed,
  node: Node,
  bound: ReadonlySet<string>,
  ranges: [number, number][],
): void {
  if (node.type === 'ExpressionStatement' && isCallOf(node.expression, bound)) {
    ranges.push([node.start, node.end]);
    return;
  }
  for (const child of childrenOf(node)) collectCalls(parsed, child, bound, ranges);
}

function isCallOf(node: Node, bound: ReadonlySet<string>): boolean {
  const call = node.type === 'AwaitExpression' ? node.argument : node;
  return (
    call.type === 'CallExpression' &&
    call.callee.type === 'Identifier' &&
    bound.has(call.callee.name)
  );
}

/** The object that a file exports as `policy`, as JSON-like data; `undefined` when there is none. */
export function printedObject(
  path: string,
  text: string,
  name: string,
): { value: unknown; line: number } | undefined {
  const parsed = parseFile(path, text);
  if (!isParsed(parsed)) return undefined;
  for (const statement of parsed.program.body) {
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (inner?.type !== 'VariableDeclaration') continue;
    const found = inner.declarations.find(
      (one) => one.id.type === 'Identifier' && one.id.name === name,
    );
    if (found?.init) return { value: dataOf(found.init), line: lineOf(parsed, found.start) };
  }
  return undefined;
}

function dataOf(node: Node): unknown {
  if (node.type === 'Literal') return node.value;
  if (node.type === 'ArrayExpression')
    return node.elements.map((one) => (one ? dataOf(one) : null));
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression')
    return dataOf(node.expression);
  if (node.type !== 'ObjectExpression') return undefined;
  return Object.fromEntries(
    node.properties.flatMap((property): [string, unknown][] => {
      if (property.type !== 'Property') return [];
      const { key } = property;
      if (key.type === 'Identifier') return [[key.name, dataOf(property.value)]];
      return key.type === 'Literal' ? [[String(key.value), dataOf(property.value)]] : [];
    }),
  );
}
