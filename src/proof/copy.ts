import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';

/** Big and not the project's own: linked, not copied. */
const linked = new Set(['node_modules', '.venv', 'venv', 'vendor']);
const left = new Set(['.git', '.hg', '.svn', 'coverage', '.next', '.cache', '__pycache__']);
const sizeCap = 300_000_000;

/**
 * A copy of the project in a temporary directory, to be changed for one start.
 * @throws KnownError when the project's own files are larger than 300 MB.
 */
export async function copyProject(
  root: string,
): Promise<{ root: string; remove: () => Promise<void> }> {
  // macOS gives a link; a server that compares real paths with its own would refuse its files.
  const temporary = await realpath(os.tmpdir());
  const to = await mkdtemp(path.join(temporary, 'secure-mutation-'));
  const remove = (): Promise<void> => rm(to, { recursive: true, force: true });
  const size = { bytes: 0 };
  try {
    await copyInto(root, to, size);
  } catch (error) {
    await remove();
    throw error;
  }
  return { root: to, remove };
}

async function copyInto(from: string, to: string, size: { bytes: number }): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (left.has(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (linked.has(entry.name) || existsSync(path.join(source, 'pyvenv.cfg'))) {
      await symlink(await realpath(source), target);
      continue;
    }
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyInto(source, target, size);
      continue;
    }
    if (!entry.isFile() && !entry.isSymbolicLink()) continue;
    size.bytes += (await lstat(source)).size;
    if (size.bytes > sizeCap) {
      throw new KnownError('the project is too large to be copied', 'Run verify without mutation.');
    }
    await cp(source, target, { verbatimSymlinks: true });
  }
}
