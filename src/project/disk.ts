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
  '.yarn',
  'coverage',
  'bower_components',
]);
/** What a compiler writes, where the sources lie beside it. */
const built = new Set(['dist', 'build', 'out', '.output']);
/** Read although they are ignored or hidden: detection and evidence need them. */
const wanted =
  /^(?:secure\.yaml|\.env\.example|\.flaskenv|\.nvmrc|\.node-version|\.python-version)$/;
const binary =
  /\.(?:png|jpe?g|gif|webp|avif|ico|pdf|woff2?|ttf|otf|eot|mp[34]|webm|wav|zip|gz|tgz|jar|so|dll|exe|pyc|wasm|sqlite3?|db|min\.(?:js|css)|map)$/i;
const source = /\.(?:[cm]?[jt]sx?|py|go)$/;
const sizeCap = 1_000_000;
const lockCap = 20_000_000;

/** What was found below a folder. */
export interface Disk {
  tree: Tree;
  /** Folders and sources that should have been read and could not be, with the reason. */
  unread: readonly string[];
}

interface Visit {
  root: string;
  real: string;
  /** Linked folders, each with its place in the project when links are followed. */
  links: [string, string][];
  files: Record<string, string>;
  unread: string[];
}

/** A .gitignore and where the paths that it speaks of begin. */
interface Ignored {
  relative: (at: string) => string;
  patterns: Ignore;
}

/**
 * Text files below a folder, without what .gitignore, size and encoding leave out; nothing outside is followed.
 * `boundary` is the repository, whose own .gitignore counts too.
 */
export function readDisk(root: string, boundary: string): Disk {
  const visited: Visit = { root, real: realpathSync(root), links: [], files: {}, unread: [] };
  visit(visited, '', ignoredAbove(root, boundary));
  leaveOutTwins(visited);
  return { tree: memoryTree(visited.files), unread: visited.unread };
}

/** A folder that is reached in two ways holds its routes once: those of its own place are read. */
function leaveOutTwins({ files, links }: Visit): void {
  for (const [link, to] of links) {
    for (const file of Object.keys(files)) {
      if (file.startsWith(`${link}/`) && `${to}${file.slice(link.length)}` in files)
        delete files[file];
    }
  }
}

/** Patterns of the folders above; those that leave out the root itself do not count, because it was asked for. */
function ignoredAbove(root: string, boundary: string): Ignored[] {
  const all: Ignored[] = [];
  for (let at = root; at !== boundary && at.startsWith(boundary) && at !== path.dirname(at); ) {
    at = path.dirname(at);
    const patterns = patternsOf(at);
    const prefix = path.relative(at, root).split(path.sep).join('/');
    if (patterns === undefined || patterns.ignores(`${prefix}/`)) continue;
    all.push({ patterns, relative: (file) => `${prefix}/${file}` });
  }
  return all;
}

function patternsOf(folder: string): Ignore | undefined {
  const text = textOf(path.join(folder, '.gitignore'));
  return text === undefined ? undefined : ignore().add(text);
}

function visit(visited: Visit, folder: string, above: readonly Ignored[]): void {
  const { root, real, files, unread } = visited;
  const entries = entriesOf(path.join(root, folder));
  if (entries === undefined) {
    unread.push(`${folder} (no permission)`);
    return;
  }
  const patterns = patternsOf(path.join(root, folder));
  const relative = (at: string): string => (folder === '' ? at : at.slice(folder.length + 1));
  const ignored = patterns === undefined ? above : [...above, { relative, patterns }];
  const hasSources = entries.some(({ name }) => name === 'src' || /^tsconfig.*\.json$/.test(name));
  for (const entry of entries) {
    const { name } = entry;
    if (left.has(name) || binary.test(name) || (hasSources && built.has(name))) continue;
    const at = folder === '' ? name : `${folder}/${name}`;
    const kind = entry.isSymbolicLink() ? linked(path.join(root, at), real) : entry;
    if (kind === undefined) {
      unread.push(`${at} (a link out of the project, or to nothing)`);
      continue;
    }
    if (isIgnored(at, kind.isDirectory(), ignored) && !wanted.test(name)) continue;
    if (kind.isDirectory()) {
      if (entry.isSymbolicLink())
        visited.links.push([at, path.relative(real, realpathSync(path.join(root, at)))]);
      visit(visited, at, ignored);
    }
    // Binary, but its presence tells the package manager.
    else if (name === 'bun.lockb') files[at] = '';
    else if (kind.isFile()) readInto(visited, at);
  }
}

function readInto({ root, files, unread }: Visit, at: string): void {
  const file = path.join(root, at);
  const cap = /lock/i.test(path.basename(at)) ? lockCap : sizeCap;
  const isSmall = sizeOf(file) <= cap;
  const text = isSmall ? textOf(file) : undefined;
  if (text !== undefined) files[at] = text;
  else if (source.test(at)) unread.push(`${at} (${isSmall ? 'no UTF-8 text' : 'over 1 MB'})`);
}

function isIgnored(at: string, isFolder: boolean, all: readonly Ignored[]): boolean {
  return all.some(({ relative, patterns }) =>
    patterns.ignores(isFolder ? `${relative(at)}/` : relative(at)),
  );
}

function entriesOf(folder: string): Dirent[] | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
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
  'pdm.lock',
  'Pipfile.lock',
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
