import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A node that outlives its tree, whose memory is freed after each file. */
export interface GoNode {
  type: string;
  text: string;
  line: number;
  start: number;
  end: number;
  /** Named children in order. */
  kids: readonly GoNode[];
  fields: ReadonlyMap<string, readonly GoNode[]>;
}

export interface ParsedGo {
  root: GoNode;
  /** Line of the first syntax error; what stands around it was still read. */
  errorLine: number | undefined;
}

let loading: Promise<Language> | undefined;

async function load(): Promise<Language> {
  await Parser.init();
  return await Language.load(fileURLToPath(new URL('./tree-sitter-go.wasm', import.meta.url)));
}

/** The parser, with its grammar loaded once in a process. */
export async function goParser(): Promise<(text: string) => ParsedGo> {
  loading ??= load();
  const language = await loading;
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => {
    // The grammar wants a line end behind the last declaration; Go does not.
    const tree = parser.parse(`${text}\n`);
    if (tree === null) throw new Error('the parser gave no tree');
    const seen: { error: number | undefined } = { error: undefined };
    try {
      const root = convert(text, tree.rootNode, seen);
      return { root, errorLine: tree.rootNode.hasError ? (seen.error ?? 1) : undefined };
    } finally {
      tree.delete();
    }
  };
}

function convert(source: string, node: Node, seen: { error: number | undefined }): GoNode {
  const line = node.startPosition.row + 1;
  if (node.type === 'ERROR' || node.isMissing) seen.error ??= line;
  const kids: GoNode[] = [];
  const fields = new Map<string, GoNode[]>();
  for (let i = 0; i < node.childCount; i += 1) {
    const child = node.child(i);
    const name = node.fieldNameForChild(i);
    if (child === null || child.type === 'comment' || (!child.isNamed && name === null)) continue;
    const kid = convert(source, child, seen);
    if (child.isNamed) kids.push(kid);
    if (name !== null) fields.set(name, [...(fields.get(name) ?? []), kid]);
  }
  const { startIndex: start, endIndex: end, type } = node;
  return { type, text: source.slice(start, end), line, start, end, kids, fields };
}

export function field(node: GoNode, name: string): GoNode | undefined {
  return node.fields.get(name)?.[0];
}

/** Every node below, itself first. */
export function* walk(node: GoNode): Generator<GoNode> {
  yield node;
  for (const kid of node.kids) yield* walk(kid);
}

/** The text of a string literal, `undefined` for anything else. */
export function stringOf(node: GoNode): string | undefined {
  if (node.type === 'raw_string_literal') return node.text.slice(1, -1);
  if (node.type !== 'interpreted_string_literal') return undefined;
  try {
    return JSON.parse(node.text);
  } catch {
    return node.text.slice(1, -1);
  }
}
