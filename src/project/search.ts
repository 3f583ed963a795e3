import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import picomatch from 'picomatch';
import { isKnown, KnownError } from '../kernel/errors.ts';
import { memoryTree } from '../kernel/tree.ts';
import { type Candidate, describe } from './described.ts';
import { boundaryOf, type Disk, locks, readDisk, textOf, treeAbove } from './disk.ts';
import type { FrameworkId } from './project.ts';
import { workspacesOf } from './versions.ts';

export interface Wish {
  /** Absolute folder in which the search begins. */
  from: string;
  /** Absolute path of the target's file or folder. */
  at: string;
  cwd: string;
  framework: FrameworkId | undefined;
  /** Folders that were read already. */
  disks: Map<string, Disk>;
}

/** The applications that fit, the nearest declared ones first: above, below, then by imports alone. */
export function search(wish: Wish): Candidate[] {
  const boundary = boundaryOf(wish.from, wish.cwd);
  const above = declaredAbove(wish, boundary);
  if (above.some(({ entry }) => entry.file !== undefined)) return above;
  const below = declaredBelow(wish, boundary);
  if (below.length > 0) return below;
  return above.length > 0 ? above : byImports(wish, boundary);
}

const manifest =
  /^(?:package\.json|pyproject\.toml|[\w.-]*requirements[\w.-]*\.(?:txt|in)|Pipfile|setup\.(?:py|cfg)|go\.mod)$/;
const known = /"express"|@nestjs\/core|fastapi|flask|connexion|gin-gonic\/gin/i;

/**
 * Whether a manifest of a folder speaks of a known framework, before its tree is read.
 * @throws KnownError for a manifest that cannot be read
 */
function speaksOfOne(folder: string): boolean {
  const names = namesIn(folder).filter((name) => manifest.test(name));
  const texts = names.map((name) => [path.join(folder, name), textOf(path.join(folder, name))]);
  if (texts.some(([, text]) => text !== undefined && (known.test(text) || /^\s*-r/m.test(text))))
    return true;
  if (statOf(path.join(folder, 'requirements'))?.isDirectory()) return true;
  const [unread] = texts.find(([, text]) => text === undefined) ?? [];
  if (unread === undefined) return false;
  throw new KnownError(
    `${unread} cannot be read`,
    'Give it read permission, or save it as UTF-8 text, then run it again.',
  );
}

/** From the target upwards, the first folder whose manifest declares a framework; a monorepo's root gives its members. */
function declaredAbove(wish: Wish, boundary: string): Candidate[] {
  for (const folder of upTo(wish.from, boundary)) {
    const isStart = folder === wish.from;
    const patterns = isStart ? workspacePatterns(folder) : [];
    const speaks = speaksOfOne(folder);
    if (patterns.length === 0 && !speaks) continue;
    const own = speaks ? at(folder, wish, boundary).filter(({ declared }) => declared) : [];
    if (patterns.length === 0 && own.length > 0) return own;
    const inMember = picomatch(patterns.map((pattern) => `${pattern}/**`));
    const members = patterns.length === 0 ? [] : membersOf(folder, patterns, wish, boundary);
    const ofRoot = own.filter(({ entry }) => entry.file === undefined || !inMember(entry.file));
    const withEntry = [...ofRoot, ...members].filter(({ entry }) => entry.file !== undefined);
    if (withEntry.length > 0) return withEntry;
    if (own.length > 0) return own;
  }
  return [];
}

function workspacePatterns(folder: string): string[] {
  const names = ['package.json', 'pnpm-workspace.yaml', 'lerna.json', 'pyproject.toml'];
  const texts = names.flatMap((name) => {
    const text = textOf(path.join(folder, name));
    return text === undefined ? [] : [[name, text] as const];
  });
  const patterns = workspacesOf(memoryTree(Object.fromEntries(texts)));
  return patterns.filter((pattern) => !pattern.startsWith('!'));
}

function membersOf(
  root: string,
  patterns: readonly string[],
  wish: Wish,
  boundary: string,
): Candidate[] {
  const fits = picomatch([...patterns]);
  return foldersBelow(root, 4)
    .filter((folder) => fits(relativeTo(root, folder)))
    .filter((folder) => !sample.test(`/${relativeTo(root, folder)}/`) && speaksOfOne(folder))
    .flatMap((folder) => quietly(() => at(folder, wish, boundary)))
    .filter(({ declared, entry }) => declared && entry.file !== undefined)
    .map((one) => noted(one, root));
}

/** Projects of their own in folders below: `backend/`, `apps/api/`. */
function declaredBelow(wish: Wish, boundary: string): Candidate[] {
  const found = foldersBelow(wish.from, 3)
    .filter((folder) => !sample.test(`/${relativeTo(wish.from, folder)}/`))
    .filter((folder) => quietly(() => (speaksOfOne(folder) ? [folder] : [])).length > 0)
    .flatMap((folder) => quietly(() => at(folder, wish, boundary)))
    .filter(({ declared }) => declared)
    .map((one) => noted(one, wish.from));
  const made = found.filter(({ entry }) => entry.file !== undefined);
  return made.length > 0 ? made : found;
}

/** Folders that hold applications which nobody serves. */
const sample =
  /\/(?:tests?|__tests__|e2e|examples?|samples?|playground|fixtures|docs?|templates|generators|vendor)\//;

/** No manifest declares one: the nearest folder whose own sources make an application, rooted where its manifest is. */
function byImports(wish: Wish, boundary: string): Candidate[] {
  for (const folder of upTo(wish.from, boundary)) {
    const found = at(folder, wish, boundary).filter(({ entry }) => entry.file !== undefined);
    const [first] = found;
    // A folder with a manifest is a project: what lies above belongs to another one.
    if (first === undefined && namesIn(folder).some((name) => manifest.test(name))) return [];
    if (first === undefined) continue;
    const home = upTo(folder, boundary).find((each) =>
      existsSync(path.join(each, first.project.manifest)),
    );
    if (home === undefined || home === folder) return found;
    const there = at(home, wish, boundary).filter(
      ({ project }) => project.framework === first.project.framework,
    );
    return there.length > 0 ? there : found;
  }
  return [];
}

function at(root: string, wish: Wish, boundary: string): Candidate[] {
  const above = treeAbove(root, boundary);
  const within = relativeTo(root, wish.at);
  const disk = wish.disks.get(root) ?? readDisk(root, boundary);
  wish.disks.set(root, disk);
  const { tree, unread } = disk;
  const place = {
    root,
    tree,
    unread,
    above: above.tree,
    lockFolder: locks.some((name) => tree.has(name)) ? undefined : above.folder,
    member: relativeTo(
      existsSync(path.join(boundary, '.git')) ? boundary : (above.folder ?? root),
      root,
    ),
    within: within.startsWith('..') ? '' : within,
  };
  return describe(place, wish.framework);
}

function noted(one: Candidate, from: string): Candidate {
  const note = `found in ${relativeTo(from, one.project.root)}`;
  return { ...one, project: { ...one.project, notes: [...one.project.notes, note] } };
}

function upTo(from: string, boundary: string): string[] {
  const all: string[] = [];
  for (let folder = from; folder.startsWith(boundary); folder = path.dirname(folder)) {
    if (folder === path.dirname(folder) || (folder === homedir() && folder !== from)) break;
    all.push(folder);
    if (folder === boundary) break;
  }
  return all;
}

function foldersBelow(root: string, depth: number): string[] {
  if (depth === 0) return [];
  return namesIn(root)
    .filter(
      (name) => !name.startsWith('.') && !/^(?:node_modules|venv|__pycache__|dist)$/.test(name),
    )
    .map((name) => path.join(root, name))
    .filter((folder) => statOf(folder)?.isDirectory())
    .flatMap((folder) => [folder, ...foldersBelow(folder, depth - 1)]);
}

/** A broken manifest somewhere below is not the one that the user pointed at. */
function quietly<T>(find: () => T[]): T[] {
  try {
    return find();
  } catch (error) {
    if (isKnown(error)) return [];
    throw error;
  }
}

function relativeTo(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function statOf(file: string) {
  return statSync(file, { throwIfNoEntry: false });
}
