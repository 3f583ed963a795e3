import { isParsed, type Node, parseFile, walk } from './parse.ts';

/** How a file is written, so that a new line looks as if its owner had typed it. */
export interface Style {
  newline: '\n' | '\r\n';
  quote: "'" | '"';
  semicolons: boolean;
  indent: string;
}

const byDefault = { quote: "'", semicolons: true, indent: '  ' } as const;

/** Reads the style of a text; what the text does not show falls back to the common habit. */
export function styleOf(text: string, path = 'file.ts'): Style {
  const newline = majority(text, /\r\n/g, /(?<!\r)\n/g) ? '\r\n' : '\n';
  const indent = indentOf(text);
  const parsed = parseFile(path, text);
  if (!isParsed(parsed)) return { newline, ...byDefault, indent };
  let single = 0;
  let double = 0;
  let ended = 0;
  let open = 0;
  walk(parsed.program, (node) => {
    if (node.type === 'Literal' && typeof node.value === 'string') {
      if (node.raw?.startsWith("'")) single += 1;
      else double += 1;
    }
    if (!endsWithSemicolon.has(node.type)) return;
    if (text[node.end - 1] === ';') ended += 1;
    else if (atLineEnd(text, node)) open += 1;
  });
  return { newline, indent, quote: double > single ? '"' : "'", semicolons: ended >= open };
}

const endsWithSemicolon = new Set<Node['type']>([
  'ExpressionStatement',
  'ImportDeclaration',
  'ReturnStatement',
  'VariableDeclaration',
]);

// `for (const x of y)` holds a declaration that no semicolon may end.
function atLineEnd(text: string, node: Node): boolean {
  return /^[ \t]*(?:\/\/[^\n]*)?(?:\r?\n|$)/.test(text.slice(node.end, node.end + 200));
}

function majority(text: string, one: RegExp, other: RegExp): boolean {
  return (text.match(one)?.length ?? 0) > (text.match(other)?.length ?? 0);
}

/** The commonest step between a line and a deeper one after it. */
function indentOf(text: string): string {
  const counts = new Map<string, number>();
  let former = '';
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^\s*\*/.test(line)) continue;
    const own = /^[ \t]*/.exec(line)?.[0] ?? '';
    if (own.length > former.length && own.startsWith(former)) {
      const step = own.slice(former.length);
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
    former = own;
  }
  let best: string = byDefault.indent;
  let most = 0;
  for (const [step, count] of counts) {
    if (count > most) [best, most] = [step, count];
  }
  return best;
}
