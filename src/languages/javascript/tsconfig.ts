import { applyEdits, modify, parse } from 'jsonc-parser';
import { lt, minVersion, validRange } from 'semver';
import type { Tree } from '../../kernel/tree.ts';
import type { TextEdit } from './edit.ts';
import { styleOf } from './style.ts';

export type CompilerOptions = Readonly<Record<string, unknown>>;

/** Options of a configuration and of those that it extends inside the tree. */
export function compilerOptions(tree: Tree, path = 'tsconfig.json', depth = 3): CompilerOptions {
  const config = parse(tree.read(path) ?? '{}') as {
    extends?: unknown;
    compilerOptions?: Record<string, unknown>;
  };
  const base = typeof config.extends === 'string' ? config.extends.replace(/^\.\//, '') : undefined;
  const inherited =
    base === undefined || depth === 0
      ? {}
      : compilerOptions(tree, tree.has(base) ? base : `${base}.json`, depth - 1);
  return { ...inherited, ...config.compilerOptions };
}

/** CommonJS without `esModuleInterop`: a default import of a CommonJS package is `undefined` there. */
export function needsRequire(options: CompilerOptions): boolean {
  const { esModuleInterop, module } = options;
  if (esModuleInterop !== undefined) return esModuleInterop !== true;
  return /^(?:commonjs|none)$/i.test(String(module ?? 'commonjs'));
}

/**
 * Types of redis are written for `esModuleInterop` and for the types of Node 20.19; without these they are not to
 * be checked again.
 */
export function skipLibraryTypes(
  tree: Tree,
  dependencies: Readonly<Record<string, string>>,
): readonly TextEdit[] {
  const file = 'tsconfig.json';
  const text = tree.read(file);
  const options = compilerOptions(tree);
  if (text === undefined || options.skipLibCheck === true) return [];
  const declared = dependencies['@types/node'];
  const least = validRange(declared) === null ? null : minVersion(declared ?? '*');
  const older =
    declared !== undefined && declared !== '*' && least !== null && lt(least, '20.19.0');
  if (!needsRequire(options) && !older) return [];
  const { newline, indent } = styleOf(text, file);
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: newline,
  };
  const path = ['compilerOptions', 'skipLibCheck'];
  const edited = applyEdits(text, modify(text, path, true, { formattingOptions }));
  return [{ end: 'edited', file, text: edited, why: 'declarations of packages are not checked' }];
}
