import MagicString from 'magic-string';
import { literalText } from './literal.ts';
import { type PyNode, type PythonParser, walk } from './parse.ts';

/** What became of a text: the edited text, already so, or why not. */
export type TextEdit =
  | { end: 'edited'; text: string }
  | { end: 'there' }
  | { end: 'cannot'; why: string };

/** Adds `from x import y` or `import x` after the last top-level import; idempotent by the tree. */
export function addImport(parser: PythonParser, text: string, line: string): TextEdit {
  const root = parsed(parser, text);
  if (root === undefined) return { end: 'cannot', why: 'the file has a syntax error' };
  const wanted = importsOf(parser.parse(`${line}\n`).root);
  const there = new Set(importsOf(root));
  if (wanted.length > 0 && wanted.every((one) => there.has(one))) return { end: 'there' };
  const anchor = importAnchor(root);
  if (anchor !== undefined) return insertAfter(parser, text, anchor, line);
  const at = /^\ufeff?(?:#[^\n]*(?:\n|$))*/.exec(text)?.[0].length ?? 0;
  const eol = newline(text);
  const made = new MagicString(text);
  made.appendLeft(
    at,
    `${at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\ufeff' ? eol : ''}${line}${eol}`,
  );
  return checked(parser, made.toString());
}

/**
 * Adds `from x import y` where isort would: among the imports of the project's own modules that stand before
 * an offset, else as a block of its own behind the last import.
 */
export function addOwnImport(
  parser: PythonParser,
  text: string,
  line: string,
  limit: number,
  isOwn: (module: string) => boolean,
): TextEdit {
  const root = parsed(parser, text);
  if (root === undefined) return { end: 'cannot', why: 'the file has a syntax error' };
  const head = root.kids.filter((kid) => isImport(kid) && kid.end <= limit);
  const own = head.filter((kid) => kid.type === 'import_from_statement' && isOwn(moduleOf(kid)));
  const wanted = moduleOf(parser.parse(`${line}\n`).root.kids[0] ?? root);
  const before = own.findLast((kid) => order(moduleOf(kid)) < order(wanted));
  if (before !== undefined) return insertAfter(parser, text, before, line);
  const [first] = own;
  if (first !== undefined) return insertBefore(parser, text, first, line);
  const last = head.at(-1);
  if (last === undefined) return addImport(parser, text, line);
  return insertAfter(parser, text, last, `\n${line}`);
}

function isImport(node: PyNode): boolean {
  return /^(?:future_)?import_(?:from_)?statement$/.test(node.type);
}

function moduleOf(node: PyNode): string {
  return node.field('module_name')?.text ?? '';
}

/** isort's order: absolute names first, then relative ones, the furthest first. */
function order(module: string): string {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  return `${dots === 0 ? '' : String.fromCharCode(0xff - dots)}${module.slice(dots).toLowerCase()}`;
}

/** Inserts statements on the lines after a statement, with its indentation; in its line where that goes on. */
export function insertAfter(
  parser: PythonParser,
  text: string,
  node: PyNode,
  statements: string,
): TextEdit {
  const goesOn = /^[ \t]*;(?=[ \t]*[^\s#])/.exec(text.slice(node.end));
  if (goesOn !== null) {
    const inLine = new MagicString(text).appendLeft(node.end, `; ${statements.trim()}`);
    return checked(parser, inLine.toString());
  }
  const eol = newline(text);
  const end = text.indexOf('\n', node.end);
  const made = new MagicString(text);
  const body = indented(statements, indentOf(text, node), eol);
  if (end === -1) made.append(`${eol}${body}`);
  else made.appendLeft(end + 1, `${body}${eol}`);
  return checked(parser, made.toString());
}

/** Inserts statements on the lines before a statement, with its indentation; in its line where that began earlier. */
export function insertBefore(
  parser: PythonParser,
  text: string,
  node: PyNode,
  statements: string,
): TextEdit {
  const eol = newline(text);
  const start = Math.max(
    text.lastIndexOf('\n', node.start - 1) + 1,
    text.startsWith('\ufeff') ? 1 : 0,
  );
  const made = new MagicString(text);
  if (text.slice(start, node.start).trim() !== '') {
    return checked(parser, made.appendRight(node.start, `${statements.trim()}; `).toString());
  }
  made.appendLeft(start, `${indented(statements, indentOf(text, node), eol)}${eol}`);
  return checked(parser, made.toString());
}

/** Puts text around an expression: `before + expression + after`. */
export function wrap(
  parser: PythonParser,
  text: string,
  node: PyNode,
  before: string,
  after: string,
): TextEdit {
  const made = new MagicString(text);
  made.appendRight(node.start, before).appendLeft(node.end, after);
  return checked(parser, made.toString());
}

/** Replaces an expression or statement. */
export function replace(parser: PythonParser, text: string, node: PyNode, by: string): TextEdit {
  return checked(parser, new MagicString(text).overwrite(node.start, node.end, by).toString());
}

function parsed(parser: PythonParser, text: string): PyNode | undefined {
  try {
    const { root, errorLine } = parser.parse(text);
    return errorLine === undefined ? root : undefined;
  } catch {
    return undefined;
  }
}

function checked(parser: PythonParser, text: string): TextEdit {
  if (parsed(parser, text) !== undefined) return { end: 'edited', text };
  return { end: 'cannot', why: 'the edited file would not parse' };
}

function importAnchor(root: PyNode): PyNode | undefined {
  let anchor: PyNode | undefined;
  root.kids.forEach((kid, index) => {
    const isDoc =
      index === 0 && kid.type === 'expression_statement' && literalText(kid.kids[0]) !== undefined;
    if (isDoc || isImport(kid)) anchor = kid;
  });
  return anchor;
}

function importsOf(root: PyNode): string[] {
  return [...walk(root)].flatMap((node) => {
    if (node.type !== 'import_statement' && node.type !== 'import_from_statement') return [];
    const from = node.field('module_name')?.text ?? '';
    return node.all('name').map((one) => `${from}:${one.text.replace(/\s+/g, ' ')}`);
  });
}

function newline(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

function indentOf(text: string, node: PyNode): string {
  const start = text.lastIndexOf('\n', node.start - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

function indented(statements: string, indent: string, eol: string): string {
  const lines = statements.split(/\r?\n/);
  return lines.map((line) => (line === '' ? line : indent + line)).join(eol);
}
