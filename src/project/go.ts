import type { Tree } from '../kernel/tree.ts';
import type { Entry } from './entry.ts';
import { isWithin } from './paths.ts';

const gin = 'github.com/gin-gonic/gin';

/** What go.mod and the sources say of a Gin application; `undefined` when nothing imports it. */
export function goFacts(
  tree: Tree,
  within: string,
): { dependencies: Record<string, string>; declared: boolean; entry: Entry } | undefined {
  const uses = tree
    .paths()
    .filter((file) => file.endsWith('.go') && !file.endsWith('_test.go'))
    .filter((file) => (tree.read(file) ?? '').includes(`"${gin}"`));
  const dependencies = requiredIn(tree.read('go.mod') ?? '');
  if (uses.length === 0) return undefined;
  const makers = uses.filter((file) => /\bgin\.(?:New|Default)\(/.test(tree.read(file) ?? ''));
  const inside = makers.filter((file) => within !== '' && isWithin(file, within));
  const pool = inside.length > 0 ? inside : makers;
  const rank = (file: string): number =>
    file.split('/').length +
    (/(?:^|\/)(?:examples?|tests?|docs?)\//.test(file) ? 100 : 0) +
    (/^package main\b/m.test(tree.read(file) ?? '') ? 0 : 3);
  const [file] = [...pool].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const entry = { file: file ?? uses[0], sure: pool.length === 1, rivals: [] };
  return { dependencies, declared: gin in dependencies, entry };
}

function requiredIn(text: string): Record<string, string> {
  const rows = text.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w-]+\/\S+)\s+v(\S+)/gm);
  return Object.fromEntries([...rows].map((match) => [match[1] ?? '', match[2] ?? '']));
}
