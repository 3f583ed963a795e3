import { fileURLToPath } from 'node:url';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import { withoutTypeDefaults } from './defaults.ts';
import { isPython2 } from './python2.ts';

/** A source with the offsets at which its lines begin. */
class Source {
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
      this.#starts.push(at + 1);
  }

  /** Counted from 1. */
  lineAt(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

const none: readonly PyNode[] = [];

/** A node that outlives its tree: the tree itself lives in WebAssembly memory and is freed after each file. */
export class PyNode {
  readonly kids: PyNode[] = [];
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly #source: Source;
  #fields: Map<string, PyNode[]> | undefined;

  constructor(source: Source, type: string, start: number, end: number) {
    this.#source = source;
    this.type = type;
    this.start = start;
    this.end = end;
  }

  get text(): string {
    return this.#source.text.slice(this.start, this.end);
  }

  get line(): number {
    return this.#source.lineAt(this.start);
  }

  field(name: string): PyNode | undefined {
    return this.#fields?.get(name)?.[0];
  }

  all(name: string): readonly PyNode[] {
    return this.#fields?.get(name) ?? none;
  }

  /** While the tree is read. */
  put(name: string, node: PyNode): void {
    this.#fields ??= new Map();
    const list = this.#fields.get(name);
    if (list === undefined) this.#fields.set(name, [node]);
    else list.push(node);
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
    const { hasError } = tree.rootNode;
    const seen: Seen = { source: new Source(text), hasError, error: undefined, two: undefined };
    const cursor = tree.walk();
    const root = convert(cursor, cursor.nodeType, seen);
    cursor.delete();
    if (seen.two !== undefined) throw new NotPython3(seen.two);
    return { root, errorLine: hasError ? (seen.error ?? 1) : undefined };
  } finally {
    tree.delete();
  }
}

interface Seen {
  source: Source;
  hasError: boolean;
  error: number | undefined;
  two: number | undefined;
}

/** By a cursor: each question to a node itself is a call into WebAssembly, and names of fields are copied texts. */
function convert(cursor: TreeCursor, type: string, seen: Seen): PyNode {
  const made = new PyNode(seen.source, type, cursor.startIndex, cursor.endIndex);
  if (seen.hasError && (type === 'ERROR' || cursor.nodeIsMissing)) seen.error ??= made.line;
  const hasKids = cursor.gotoFirstChild();
  for (let more = hasKids; more; more = cursor.gotoNextSibling()) {
    const name = cursor.currentFieldName;
    const isNamed = cursor.nodeIsNamed;
    if (!isNamed && name === null) continue;
    const kind = cursor.nodeType;
    if (kind === 'comment') continue;
    const kid = convert(cursor, kind, seen);
    if (isNamed) made.kids.push(kid);
    if (name !== null) made.put(name, kid);
  }
  if (hasKids) cursor.gotoParent();
  if (isPython2(made)) seen.two = Math.min(made.line, seen.two ?? made.line);
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
