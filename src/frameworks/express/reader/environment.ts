import type { Tree } from '../../../kernel/tree.ts';
import { primitive, type Value } from '../../../languages/javascript/run/values.ts';

/**
 * Values that the owner's example environment files state: they name prefixes of a usual deployment.
 * `undefined` for a name that none of them has.
 */
export function environmentOf(tree: Tree): (name: string) => Value | undefined {
  const names = new Map<string, string>();
  const files = tree
    .paths()
    .filter(
      (path) => /(?:^|\/)\.?env(?:[.-][\w.-]+)?$/.test(path) && !path.includes('node_modules/'),
    )
    .sort((one, other) => rank(one) - rank(other));
  for (const file of files) {
    for (const line of (tree.read(file) ?? '').split(/\r?\n/)) {
      const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
      if (match && !names.has(match[1]!)) names.set(match[1]!, unquoted(match[2]!));
    }
  }
  return (name) => {
    const text = names.get(name);
    // Only what can be a path decides anything; a mode or a port stays open.
    return text?.startsWith('/') ? primitive(text) : undefined;
  };
}

function rank(path: string): number {
  if (/\.env$/.test(path)) return 0;
  if (/example|sample|template/.test(path)) return 1;
  return /dev|local/.test(path) ? 2 : 3;
}

function unquoted(text: string): string {
  const quoted = /^(["'`])(.*)\1/.exec(text);
  return quoted ? quoted[2]! : text.replace(/\s+#.*$/, '');
}
