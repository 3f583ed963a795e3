import type { PyNode } from './parse.ts';

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The parts of a string literal: text, or the expression of an interpolation. */
export function stringParts(node: PyNode): (string | PyNode)[] {
  if (node.type === 'concatenated_string') return node.kids.flatMap(stringParts);
  const prefix = /^[a-zA-Z]*/.exec(node.text)?.[0].toLowerCase() ?? '';
  const raw = prefix.includes('r');
  const f = prefix.includes('f') || prefix.includes('t');
  return node.kids.flatMap((kid): (string | PyNode)[] => {
    if (kid.type === 'interpolation') return [kid.field('expression') ?? kid];
    if (kid.type !== 'string_content') return [];
    const text = f ? kid.text.replaceAll('{{', '{').replaceAll('}}', '}') : kid.text;
    return [raw ? text : unescaped(text)];
  });
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|\r?\n|(.))/gi, (all, x, u, one) => {
    const code: unknown = x ?? u;
    if (typeof code === 'string') return String.fromCharCode(Number.parseInt(code, 16));
    return typeof one === 'string' ? (escapes[one] ?? all) : '';
  });
}

/** The text of a string without interpolations. */
export function literalText(node: PyNode | undefined): string | undefined {
  if (node?.type !== 'string' && node?.type !== 'concatenated_string') return undefined;
  const parts = stringParts(node);
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}
