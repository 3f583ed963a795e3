import { accessSync, constants, lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { ownFolder } from './journal.ts';

/** What stands at a path of the tree now. */
export interface Standing {
  absolute: string;
  stats: Stats | undefined;
  bytes: Buffer | undefined;
}

/**
 * What stands at a path, when it is a place where we may write: inside the root also after symbolic links are
 * followed, a regular file or nothing, not protected against writing.
 * @throws KnownError naming the file and the reason.
 */
export function standingAt(root: string, file: string): Standing {
  if (lockAbove.test(file)) return standingAbove(root, file);
  const parts = file.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..');
  if (odd || path.isAbsolute(file) || file.includes('\\') || file.includes('\0')) {
    throw refused(file, 'it is no path inside the project');
  }
  if (parts.includes('.git') || parts[0] === ownFolder) {
    throw refused(file, 'it belongs to the bookkeeping, not to the project');
  }
  const realRoot = realpathSync(root);
  const folder = nearestFolder(realRoot, parts.slice(0, -1), file);
  if (!writable(folder)) throw refused(file, `the folder ${shown(realRoot, folder)} is read-only`);
  const absolute = path.join(realRoot, ...parts);
  const stats = statsOf(absolute);
  if (stats === undefined) return { absolute, stats, bytes: undefined };
  if (stats.isSymbolicLink()) throw refused(file, 'it is a symbolic link');
  if (!stats.isFile()) throw refused(file, 'it is not a regular file');
  if (!writable(absolute)) throw refused(file, 'it is read-only');
  return { absolute, stats, bytes: readFileSync(absolute) };
}

/** The one place outside the root: the lock file of a workspace, which an install in a member writes. */
const lockAbove =
  /^(?:\.\.\/)+(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|(?:uv|poetry|pdm)\.lock|Pipfile\.lock)$/;

function standingAbove(root: string, file: string): Standing {
  const absolute = path.resolve(realpathSync(root), file);
  const stats = statsOf(absolute);
  if (stats === undefined) return { absolute, stats, bytes: undefined };
  if (!stats.isFile()) throw refused(file, 'it is not a regular file');
  return { absolute, stats, bytes: readFileSync(absolute) };
}

/** The last folder of the path that exists; links may lead to another folder of the project, not out of it. */
function nearestFolder(root: string, folders: readonly string[], file: string): string {
  let at = root;
  for (const name of folders) {
    const next = path.join(at, name);
    const stats = statsOf(next);
    if (stats === undefined) return at;
    if (!stats.isSymbolicLink() && !stats.isDirectory()) {
      throw refused(file, `${shown(root, next)} is not a folder`);
    }
    at = realFolder(next, root, file);
  }
  return at;
}

function realFolder(folder: string, root: string, file: string): string {
  const real = quietly(() => realpathSync(folder));
  const inside = real !== undefined && (real === root || real.startsWith(root + path.sep));
  if (inside) return real;
  throw refused(file, `${shown(root, folder)} is a symbolic link that leads out of the project`);
}

/** The mode bits are asked too: to root everything is writable, and the owner still meant what he set. */
function writable(at: string): boolean {
  if ((lstatSync(at).mode & 0o222) === 0) return false;
  return quietly(() => accessSync(at, constants.W_OK) ?? true) === true;
}

function statsOf(at: string): Stats | undefined {
  return lstatSync(at, { throwIfNoEntry: false });
}

function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function shown(root: string, at: string): string {
  return path.relative(root, at) || '.';
}

export function refused(file: string, why: string): KnownError {
  return new KnownError(
    `${JSON.stringify(file).slice(1, -1)} is not written: ${why}`,
    'Nothing was changed. Mend this, or leave the file out of the target, and run it again.',
  );
}
