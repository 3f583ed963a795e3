import {
  type Dirent,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
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
const binary =
  /\.(?:png|jpe?g|gif|webp|avif|ico|pdf|woff2?|ttf|otf|eot|mp[34]|webm|wav|zip|gz|tgz|jar|so|dll|exe|pyc|wasm|sqlite3?|db|min\.(?:js|css)|map)$/i;
const sizeCap = 1_000_000;
const lockCap = 20_000_000;

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
  const entries = entriesOf(path.join(root, folder));
  const own = entries.some(({ name }) => name === '.gitignore')
    ? textOf(path.join(root, folder, '.gitignore'))
    : undefined;
  const ignored =
    own === undefined ? above : [...above, { base: folder, patterns: ignore().add(own) }];
  const hasSources = entries.some(({ name }) => name === 'src' || /^tsconfig.*\.json$/.test(name));
  for (const entry of entries) {
    const { name } = entry;
    if (left.has(name) || binary.test(name) || (hasSources && built.has(name))) continue;
    const at = folder === '' ? name : `${folder}/${name}`;
    const file = path.join(root, at);
    const kind = entry.isSymbolicLink() ? linked(file, real) : entry;
    if (kind === undefined) continue;
    if (isIgnored(at, kind.isDirectory(), ignored) && !wanted.test(name)) continue;
    if (kind.isDirectory()) visit(root, at, ignored, files, real);
    // Binary, but its presence tells the package manager.
    else if (name === 'bun.lockb') files[at] = '';
    else if (kind.isFile() && sizeOf(file) <= (/lock/i.test(name) ? lockCap : sizeCap)) {
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

function entriesOf(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** A link may lead to another place of the project, not out of it and not into a circle of folders. */
function linked(file: string, root: string): Stats | undefined {
  try {
    const stat = statSync(file);
    const real = realpathSync(file);
    const inside = real === root || real.startsWith(`${root}${path.sep}`);
    return inside && !(stat.isDirectory() && file.startsWith(real)) ? stat : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
}

/** Nearest folder from here upwards that git, or the user's own working folder, bounds; what is above is somebody else's. */
export function boundaryOf(from: string, cwd: string): string {
  for (let at = from; at !== path.dirname(at); at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
  }
  return from === cwd || from.startsWith(`${cwd}${path.sep}`) ? cwd : from;
}

/** Lock files, of whichever package manager. */
export const locks: readonly string[] = [
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
    const found = ['package.json', ...locks].flatMap((name) => {
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
