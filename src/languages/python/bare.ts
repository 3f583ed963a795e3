import type { Tree } from '../../kernel/tree.ts';
import { literalText } from './literal.ts';
import { type PyNode, walk } from './parse.ts';
import { parsedPython } from './ready.ts';

/**
 * A tree as its owner wrote it: files below `folder` hidden, imports from it and calls of what they bind
 * blanked. Lines and offsets stay, so that places still hold.
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
    if (text === undefined || !path.endsWith('.py') || !text.includes(name)) return text;
    const blank = blanked(path, text, folder);
    texts.set(path, blank);
    return blank;
  };
  const paths = tree.paths().filter((path) => !hidden(path));
  return { paths: () => paths, has: (path) => !hidden(path) && tree.has(path), read };
}

function blanked(path: string, text: string, folder: string): string {
  const root = parsedPython(text);
  if (root === undefined) return text;
  const bound = new Set<string>();
  const gone: PyNode[] = [];
  for (const node of walk(root)) {
    if (node.type !== 'import_from_statement') continue;
    if (!isFolder(node.field('module_name')?.text ?? '', path, folder)) continue;
    for (const one of node.all('name')) bound.add((one.field('alias') ?? one).text);
    gone.push(node);
  }
  if (bound.size === 0) return text;
  for (const node of walk(root)) {
    const [inner] = node.kids;
    if (node.type !== 'expression_statement' || inner?.type !== 'call') continue;
    if (bound.has(inner.field('function')?.text ?? '')) gone.push(node);
  }
  let result = text;
  for (const { start, end } of gone) {
    const blank = result.slice(start, end).replace(/[^\r\n]/g, ' ');
    const space = sharesLine(result, start, end) ? `pass${blank.slice(4)}` : blank;
    result = result.slice(0, start) + space + result.slice(end);
  }
  return result;
}

/** Whether other statements stand in its line: between semicolons, or behind a colon, something has to stay. */
function sharesLine(text: string, start: number, end: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).replace('\ufeff', '');
  return before.trim() !== '' || /^[ \t]*;/.test(text.slice(end));
}

/** Whether a module, as an import statement of a file names it, is the folder. */
function isFolder(module: string, path: string, folder: string): boolean {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const target = module.slice(dots).replaceAll('.', '/');
  if (dots === 0) return folder === target || folder.endsWith(`/${target}`);
  const base = path.split('/').slice(0, -dots);
  return [...base, target].join('/') === folder;
}

/** The literal that a module assigns to a name, as JSON-like data. */
export function printedData(
  text: string,
  name: string,
): { value: unknown; line: number } | undefined {
  for (const node of parsedPython(text)?.kids ?? []) {
    const [assigned] = node.kids;
    if (assigned?.type !== 'assignment' || assigned.field('left')?.text !== name) continue;
    return { value: dataOf(assigned.field('right')), line: node.line };
  }
  return undefined;
}

function dataOf(node: PyNode | undefined): unknown {
  switch (node?.type) {
    case 'string':
    case 'concatenated_string':
      return literalText(node);
    case 'integer':
    case 'float':
      return Number(node.text.replaceAll('_', ''));
    case 'true':
      return true;
    case 'false':
      return false;
    case 'list':
    case 'tuple':
      return node.kids.map(dataOf);
    case 'dictionary':
      return Object.fromEntries(
        node.kids.flatMap((pair): [string, unknown][] => {
          const key = literalText(pair.field('key'));
          return key === undefined ? [] : [[key, dataOf(pair.field('value'))]];
        }),
      );
    default:
      return null;
  }
}
