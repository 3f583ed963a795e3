import type { Tree } from '../../../kernel/tree.ts';

/**
 * Values that the owner's example environment files state. They name prefixes and ports of a usual
 * deployment; whatever rests on them is never more than medium confidence.
 */
export function environmentOf(tree: Tree): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const files = tree
    .paths()
    .filter((path) => /(^|\/)\.?env([.-][\w.-]+)?$/.test(path) && !path.includes('node_modules/'))
    .sort((one, other) => rank(one) - rank(other));
  for (const file of files) {
    for (const line of (tree.read(file) ?? '').split(/\r?\n/)) {
      const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
      if (!match || names.has(match[1]!)) continue;
      names.set(match[1]!, unquote(match[2]!));
    }
  }
  return names;
}

function rank(path: string): number {
  if (/\.env$/.test(path)) return 0;
  if (/example|sample|template/.test(path)) return 1;
  return /dev|local/.test(path) ? 2 : 3;
}

function unquote(text: string): string {
  const quoted = /^(["'`])(.*)\1/.exec(text);
  return quoted ? quoted[2]! : text.replace(/\s+#.*$/, '');
}
