import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { withoutTypeDefaults } from './defaults.ts';
import { isPython2 } from './python2.ts';

/** A node that outlives its tree: the tree itself lives in WebAssembly memory and is freed after each file. */
export class PyNode {
  readonly kids: PyNode[] = [];
  readonly fields = new Map<string, PyNode[]>();
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly #source: string;

  constructor(source: string, node: Node) {
    this.#source = source;
    this.type = node.type;
    this.start = node.startIndex;
    this.end = node.endIndex;
    this.line = node.startPosition.row + 1;
  }

  get text(): string {
    return this.#source.slice(this.start, this.end);
  }

  field(name: string): PyNode | undefined {
    return this.fields.get(name)?.[0];
  }

  all(name: string): readonly PyNode[] {
    return this.fields.get(name) ?? [];
  }
}

export interface ParsedPython {
  root: PyNode;
  /** Line of the first syntax error; what stands around it was still read. */
  errorLine: number | undefined;
}

export interface PythonParser {
  /** Throws `NotPython3` for Python 2 sources. */
  parse(text: string): ParsedPython;
}

export class NotPython3 extends Error {
  constructor(line: number) {
    super(`Python 2 syntax in line ${line}`);
    this.name = 'NotPython3';
  }
}

/** Where the grammar stands; the bundle places the same file beside itself. */
export function grammarPath(): string {
  return fileURLToPath(new URL('./tree-sitter-python.wasm', import.meta.url));
}

let loading: Promise<Language> | undefined;

async function load(): Promise<Language> {
  await Parser.init();
  return await Language.load(grammarPath());
}

/** The parser, with its grammar loaded once in a process. */
export async function pythonParser(): Promise<PythonParser> {
  loading ??= load();
  const language = await loading;
  const parser = new Parser();
  parser.setLanguage(language);
  return { parse: (text) => parseWith(parser, text) };
}

function parseWith(parser: Parser, text: string): ParsedPython {
  // A BOM would be an error token to the grammar; a space keeps every offset.
  const source = text.startsWith('\ufeff') ? ` ${text.slice(1)}`.replace(/^ (?=\S)/, '\n') : text;
  let tree = parser.parse(source);
  if (tree?.rootNode.hasError === true) {
    const plain = withoutTypeDefaults(source);
    if (plain !== source) {
      tree.delete();
      tree = parser.parse(plain);
    }
  }
  if (tree === null) throw new Error('the parser gave no tree');
  try {
    const seen: Seen = { bom: source !== text, error: undefined, two: undefined };
    const root = convert(text, tree.rootNode, seen);
    if (seen.two !== undefined) throw new NotPython3(seen.two);
    return { root, errorLine: tree.rootNode.hasError ? (seen.error ?? 1) : undefined };
  } finally {
    tree.delete();
  }
}

interface Seen {
  bom: boolean;
  error: number | undefined;
  two: number | undefined;
}

function convert(source: string, node: Node, seen: Seen): PyNode {
  const made = new PyNode(source, node);
  if (seen.bom) Object.assign(made, { line: Math.max(1, made.line - 1) });
  if (node.type === 'ERROR' || node.isMissing) seen.error ??= made.line;
  if (isPython2(node)) seen.two ??= made.line;
  for (let i = 0; i < node.childCount; i++) {
    const child = node.child(i);
    if (child === null || child.type === 'comment') continue;
    const name = node.fieldNameForChild(i);
    if (!child.isNamed && name === null) continue;
    const kid = convert(source, child, seen);
    if (child.isNamed) made.kids.push(kid);
    if (name === null) continue;
    const list = made.fields.get(name);
    if (list === undefined) made.fields.set(name, [kid]);
    else list.push(kid);
  }
  return made;
}

/** Every node below, itself first. */
export function walk(node: PyNode): PyNode[] {
  // An array in one pass: a generator in a generator costs a step for every level of the tree.
  const found: PyNode[] = [];
  const visit = (one: PyNode): void => {
    found.push(one);
    for (const kid of one.kids) visit(kid);
  };
  visit(node);
  return found;
}
