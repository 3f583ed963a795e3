import { dirname, join, normalize } from 'node:path/posix';
import { parse } from 'jsonc-parser';
import type { Tree } from '../../../kernel/tree.ts';

/** One import alias: `@app/*` to folders, from tsconfig paths, package imports or workspace names. */
export interface Alias {
  prefix: string;
  /** Set when the alias ends in a wildcard. */
  suffix: string | undefined;
  targets: readonly string[];
}

interface TsConfig {
  compilerOptions?: { baseUrl?: string; paths?: Record<string, unknown> };
}

const notOurs = /(^|\/)(node_modules|dist)\//;

/** Aliases of every tsconfig and package of the tree, the most specific first. */
export function aliasesOf(tree: Tree): readonly Alias[] {
  const aliases: Alias[] = [];
  for (const path of tree.paths()) {
    if (notOurs.test(path)) continue;
    if (/(^|\/)[tj]sconfig(\.[\w-]+)?\.json$/.test(path)) aliases.push(...ofConfig(tree, path));
    if (/(^|\/)package\.json$/.test(path)) aliases.push(...ofPackage(tree, path));
  }
  return aliases.sort((one, other) => other.prefix.length - one.prefix.length);
}

function ofConfig(tree: Tree, path: string): Alias[] {
  const config = read(tree, path) as TsConfig | undefined;
  const compiler = config?.compilerOptions;
  if (!compiler) return [];
  const base = normalize(join(dirname(path), compiler.baseUrl ?? '.'));
  const aliases = Object.entries(compiler.paths ?? {}).map(([pattern, targets]) =>
    alias(pattern, Array.isArray(targets) ? targets.map(String) : [], base),
  );
  if (compiler.baseUrl !== undefined) aliases.push(alias('*', ['*'], base));
  return aliases;
}

function ofPackage(tree: Tree, path: string): Alias[] {
  const manifest = read(tree, path);
  const folder = dirname(path);
  const aliases: Alias[] = [];
  const imports = manifest?.imports;
  if (typeof imports === 'object' && imports !== null) {
    for (const [pattern, target] of Object.entries(imports)) {
      aliases.push(alias(pattern, stringsIn(target).map(toSource), folder));
    }
  }
  if (folder !== '.' && typeof manifest?.name === 'string') {
    aliases.push(alias(manifest.name, ['src/index', 'index', 'src/main', 'lib/index'], folder));
    aliases.push(alias(`${manifest.name}/*`, ['*', 'src/*'], folder));
  }
  return aliases;
}

// `"#app/*": "./dist/app/*.js"` is `src/app/*` before it is built.
function toSource(target: string): string {
  return target.replace(/^(\.\/)?dist\//, './src/').replace(/\.[cm]?[jt]s$/, '');
}

function stringsIn(target: unknown): string[] {
  if (typeof target === 'string') return [target];
  if (typeof target !== 'object' || target === null) return [];
  return Object.values(target).flatMap(stringsIn);
}

function alias(pattern: string, targets: readonly string[], base: string): Alias {
  const star = pattern.indexOf('*');
  return {
    prefix: star === -1 ? pattern : pattern.slice(0, star),
    suffix: star === -1 ? undefined : pattern.slice(star + 1),
    targets: targets.map((target) => join(base, target.replace(/\*.*$/, ''))),
  };
}

function read(tree: Tree, path: string): Record<string, unknown> | undefined {
  const text = tree.read(path);
  if (text === undefined) return undefined;
  const value: unknown = parse(text.replace(/^\uFEFF/, ''), [], { allowTrailingComma: true });
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
