import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { memoryTree, type Tree } from '../kernel/tree.ts';

/** Never the project's own sources, whatever .gitignore says. */
const left = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.next',
  '.nuxt',
  '.turbo',
  '.cache',
  '.secure',
  'coverage',
  'bower_components',
]);
/** What a compiler writes, where the sources lie beside it. */
const built = new Set(['dist', 'build', 'out', '.output']);
/** Read although they are ignored or hidden: detection and evidence need them. */
const wanted = /^(?:\.env\.example|\.flaskenv|\.nvmrc|\.node-version|\.python-version)$/;
const sizeCap = 1_000_000;

/** Text files below a folder, without what .gitignore, size and encoding leave out; nothing outside is followed. */
export function diskTree(root: string): Tree {
  const files: Record<string, string> = {};
  visit(root, '', [], files, realpathSync(root));
  return memoryTree(files);
}

interface Ignored {
  base: string;
  patterns: Ignore;
}

function visit(
  root: string,
  folder: string,
  above: readonly Ignored[],
  files: Record<string, string>,
  real: string,
): void {
  const here = path.join(root, folder);
  const names = entriesOf(here);
  const own = names.includes('.gitignore') ? textOf(path.join(here, '.gitignore')) : undefined;
  const ignored =
    own === undefined ? above : [...above, { base: folder, patterns: ignore().add(own) }];
  const hasSources = names.some((name) => name === 'src' || /^tsconfig.*\.json$/.test(name));
  for (const name of names) {
    if (left.has(name) || (hasSources && built.has(name))) continue;
    const at = folder === '' ? name : `${folder}/${name}`;
    const file = path.join(root, at);
    const stat = statOf(file, real);
    if (stat === undefined) continue;
    if (isIgnored(at, stat.isDirectory(), ignored) && !wanted.test(name)) continue;
    if (stat.isDirectory()) visit(root, at, ignored, files, real);
    // Binary, but its presence tells the package manager.
    else if (name === 'bun.lockb') files[at] = '';
    else if (
      stat.isFile() &&
      (stat.size <= sizeCap || /lock|Pipfile/.test(name)) &&
      stat.size < 2e7
    ) {
      const text = textOf(file);
      if (text !== undefined) files[at] = text;
    }
  }
}

function isIgnored(at: string, isFolder: boolean, all: readonly Ignored[]): boolean {
  return all.some(({ base, patterns }) => {
    const relative = base === '' ? at : at.slice(base.length + 1);
    return patterns.ignores(isFolder ? `${relative}/` : relative);
  });
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A link may lead to another place of the project, not out of it and not into a circle of folders. */
function statOf(file: string, root: string): ReturnType<typeof statSync> {
  try {
    const stat = statSync(file);
    const real = realpathSync(file);
    const inside = real === root || real.startsWith(`${root}${path.sep}`);
    if (!inside || (stat.isDirectory() && path.resolve(file) !== real && file.startsWith(real)))
      return undefined;
    return stat;
  } catch {
    return undefined;
  }
}

/** Nearest folder from here upwards that git, or the user's own working folder, bounds; what is above is somebody else's. */
export function boundaryOf(from: string, cwd: string): string {
  for (let at = from; at !== path.dirname(at); at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
  }
  return from === cwd || from.startsWith(`${cwd}${path.sep}`) ? cwd : from;
}

const settings = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'uv.lock',
  'poetry.lock',
];

/** Manifest and lock files of the nearest folder above that has a lock file. */
export function treeAbove(
  root: string,
  boundary: string,
): { tree: Tree; folder: string | undefined } {
  for (let at = path.dirname(root); at.startsWith(boundary); at = path.dirname(at)) {
    const found = settings.flatMap((name) => {
      const text = existsSync(path.join(at, name)) ? textOf(path.join(at, name)) : undefined;
      return text === undefined ? [] : [[name, text] as const];
    });
    if (found.some(([name]) => name !== 'package.json'))
      return { tree: memoryTree(Object.fromEntries(found)), folder: at };
    if (at === path.dirname(at)) break;
  }
  return { tree: memoryTree({}), folder: undefined };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 with its BOM and line endings; `undefined` for anything else. */
export function textOf(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.includes(0) ? undefined : decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
