import {
  type Comment,
  type Node,
  type ParserOptions,
  type Program,
  parseSync,
  visitorKeys,
} from 'oxc-parser';

export { constantsOf, literal, propertyName, stringLiteral } from './literal.ts';
export type { Comment, Node, Program };

/** One JavaScript or TypeScript file as a tree; offsets are UTF-16 indexes into `text`. */
export interface Parsed {
  path: string;
  text: string;
  program: Program;
  comments: readonly Comment[];
  /** Offset of the first character of each line. */
  lineStarts: readonly number[];
}

/** A file whose source the parser refuses: it is reported as not analysed, never as empty. */
export interface NotParsed {
  path: string;
  text: string;
  error: string;
}

const extension = /\.(?:d\.)?([cm]?[jt]sx?)$/;

/** Whether the path names a JavaScript or TypeScript source; declaration files hold no code. */
export function isSource(path: string): boolean {
  return extension.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

/** Parses one file by its extension. A BOM and a shebang stay part of the text. */
export function parseFile(path: string, text: string): Parsed | NotParsed {
  let reason = '';
  // Node strips a BOM before it looks for the shebang; the parser does not. Same length, same offsets.
  const bare = text.startsWith('\uFEFF#!') ? ` //${text.slice(3)}` : text;
  // Files that say they are Flow are refused by their pragma alone; most of what they hold is parsed.
  const source = bare.replace(/^(\s*(?:\/\/|\/?\*+)\s*)@flow\b/gm, '$1 flow');
  for (const options of attempts(path)) {
    const result = parseSync(path, source, { preserveParens: false, ...options });
    const first = result.errors.find((error) => error.severity === 'Error');
    if (first === undefined) {
      const { program, comments } = result;
      return { path, text, program, comments, lineStarts: lineStartsOf(text) };
    }
    if (reason === '') reason = describe(first.message, first.labels[0]?.start, text);
  }
  return { path, text, error: reason };
}

/** Narrows the two ends of `parseFile`. */
export function isParsed(result: Parsed | NotParsed): result is Parsed {
  return 'program' in result;
}

/** 1-based line of an offset. */
export function lineOf(parsed: Pick<Parsed, 'lineStarts'>, offset: number): number {
  const { lineStarts } = parsed;
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** The source text of a node. */
export function textOf(parsed: Pick<Parsed, 'text'>, node: { start: number; end: number }): string {
  return parsed.text.slice(node.start, node.end);
}

/** Called before the children; `'skip'` leaves them out. `parents` runs from the outermost to the direct parent. */
export type Visit = (node: Node, parents: readonly Node[]) => unknown;

/** Walks a tree in source order, types included. */
export function walk(root: Node, visit: Visit): void {
  step(root, visit, []);
}

function step(node: Node, visit: Visit, parents: Node[]): void {
  if (visit(node, parents) === 'skip') return;
  parents.push(node);
  for (const child of childrenOf(node)) step(child, visit, parents);
  parents.pop();
}

/** Direct children in source order. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  const fields = node as unknown as Record<string, unknown>;
  for (const key of visitorKeys[node.type] ?? []) {
    const value = fields[key];
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

// JSX lives in .js files too. A `return` or a sloppy construct at the top level is valid CommonJS
// only, and JavaScript with type annotations (Flow, or TypeScript behind a loader) still has routes.
function attempts(path: string): ParserOptions[] {
  const kind = extension.exec(path)?.[1] ?? 'js';
  if (kind.endsWith('tsx')) return [{ lang: 'tsx' }];
  if (kind.endsWith('ts')) {
    return [{ lang: 'ts' }, { lang: 'ts', sourceType: 'commonjs' }];
  }
  return [
    { lang: 'jsx' },
    { lang: 'jsx', sourceType: 'commonjs' },
    { lang: 'jsx', sourceType: 'module' },
    { lang: 'tsx' },
  ];
}

function describe(message: string, offset: number | undefined, text: string): string {
  if (offset === undefined) return message;
  return `${message} (line ${lineOf({ lineStarts: lineStartsOf(text) }, offset)})`;
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
