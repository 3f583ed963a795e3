import MagicString from 'magic-string';
import { childrenOf, isParsed, type Node, type Parsed, parseFile, textOf } from './parse.ts';
import { styleOf } from './style.ts';

export { addImport, type ImportRequest } from './imports.ts';
export { type Style, styleOf } from './style.ts';

/** The three ends of an edit; the same shape as the frameworks' `Edit`. */
export type TextEdit =
  | { end: 'edited'; file: string; text: string; why: string }
  | { end: 'there'; file: string; why: string }
  | { end: 'cannot'; file: string; why: string; paste: string };

/** Puts `code` on lines of its own after the statement that holds `offset`, with that statement's indentation. */
export function insertAfterLine(
  text: string,
  path: string,
  offset: number,
  code: string,
  why: string,
): TextEdit {
  return insert(text, path, offset, code, why, (parsed, statement) =>
    afterStatement(parsed, statement),
  );
}

/** Puts `code` on lines of its own before the statement that holds `offset`, above the comments that belong to it. */
export function insertBefore(
  text: string,
  path: string,
  offset: number,
  code: string,
  why: string,
): TextEdit {
  return insert(text, path, offset, code, why, (parsed, statement) => ({
    at: beforeComments(parsed, statement),
    side: 'before',
  }));
}

/** Replaces the range of a node by other source; the rest of the file keeps its bytes. */
export function replaceRange(
  text: string,
  path: string,
  range: { start: number; end: number },
  code: string,
  why: string,
): TextEdit {
  if (text.slice(range.start, range.end) === code) return { end: 'there', file: path, why };
  const edited = new MagicString(text).update(range.start, range.end, code).toString();
  return settle(path, edited, code, why);
}

/** Where a new line goes: after the line end at `at`, straight behind a statement, or before one. */
export interface Spot {
  at: number;
  side: 'line' | 'behind' | 'before';
}

function insert(
  text: string,
  path: string,
  offset: number,
  code: string,
  why: string,
  spot: (parsed: Parsed, statement: Node) => Spot,
): TextEdit {
  const parsed = parseFile(path, text);
  if (!isParsed(parsed)) return cannot(path, parsed.error, code);
  const found = statementAt(parsed.program, offset);
  if (!found) return cannot(path, 'no statement stands at this place', code);
  if (found.siblings.some((one) => sameCode(textOf(parsed, one), code))) {
    return { end: 'there', file: path, why };
  }
  const indent = lineIndent(text, found.statement.start);
  return settle(path, place(text, path, code, indent, spot(parsed, found.statement)), code, why);
}

/** Writes the lines of `code` at a spot, in the file's newline and at the given indentation. */
export function place(
  text: string,
  path: string,
  code: string,
  indent: string,
  spot: Spot,
): string {
  const { newline } = styleOf(text, path);
  const lines = code.split(/\r?\n/).map((line) => (line === '' ? '' : indent + line));
  const block = lines.join(newline);
  const edited = new MagicString(text);
  if (spot.side === 'before')
    edited.appendLeft(spot.at, `${block.slice(indent.length)}${newline}${indent}`);
  else edited.appendLeft(spot.at, `${newline}${block}`);
  return edited.toString();
}

/** Parses the result again: an edit that breaks the file is not an edit. */
export function settle(path: string, edited: string, code: string, why: string): TextEdit {
  const again = parseFile(path, edited);
  if (!isParsed(again)) return cannot(path, `the result would not parse: ${again.error}`, code);
  return { end: 'edited', file: path, text: edited, why };
}

/** The edit that could not be made, with what its owner can paste. */
export function cannot(file: string, why: string, paste: string): TextEdit {
  return { end: 'cannot', file, why, paste };
}

/** End of the statement's last line, or the statement's end where other code shares that line. */
export function afterStatement(parsed: Parsed, statement: Node): Spot {
  const { text } = parsed;
  const rest = /^[^\r\n]*/.exec(text.slice(statement.end))?.[0] ?? '';
  const lineEnd = statement.end + rest.length;
  const harmless = /^[;\s]*(?:\/\/.*|(?:\/\*(?:(?!\*\/).)*\*\/\s*)*)$/.test(rest);
  return harmless ? { at: lineEnd, side: 'line' } : { at: statement.end, side: 'behind' };
}

/** Start of the comments that touch the statement from above, or of the statement. */
function beforeComments(parsed: Parsed, statement: Node): number {
  let { start } = statement;
  for (const comment of [...parsed.comments].reverse()) {
    if (comment.end > start) continue;
    const between = parsed.text.slice(comment.end, start);
    const ownLine = /(?:^|\n)[ \t\uFEFF]*$/.test(parsed.text.slice(0, comment.start));
    if (!/^[ \t]*\r?\n[ \t]*$/.test(between) || !ownLine) break;
    start = comment.start;
  }
  return start;
}

interface Found {
  statement: Node;
  siblings: readonly Node[];
}

/** The innermost statement of a statement list that holds the offset. */
function statementAt(node: Node, offset: number): Found | undefined {
  const list = listOf(node);
  const child = childrenOf(node).find((one) => one.start <= offset && offset <= one.end);
  if (!child) return undefined;
  const deeper = statementAt(child, offset);
  if (deeper) return deeper;
  return list?.includes(child) ? { statement: child, siblings: list } : undefined;
}

function listOf(node: Node): readonly Node[] | undefined {
  if (node.type === 'Program' || node.type === 'BlockStatement') return node.body;
  return node.type === 'SwitchCase' ? node.consequent : undefined;
}

function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^\uFEFF?([ \t]*)/.exec(text.slice(start, offset))?.[1] ?? '';
}

/** Equal but for quotes, spaces and semicolons: idempotency looks at what stands there, not at a marker. */
function sameCode(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(code: string): string {
  return code.replace(/"/g, "'").replace(/[;\s]+/g, '');
}
