import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** What a written file keeps of the one that it replaces. */
export interface Keep {
  mode: number;
  uid: number;
  gid: number;
}

/** Where the bytes of a file wait until they are whole. The name is fixed, so that undo finds it after a crash. */
export function waitingName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.secure-new`);
}

/**
 * Puts the bytes at a path in one step: whoever reads it, at any moment, sees the old or the new file.
 * The bytes are on the disk before the name is.
 */
export function writeWhole(file: string, bytes: Uint8Array, keep?: Keep | undefined): void {
  const waiting = waitingName(file);
  // O_EXCL follows no symbolic link that somebody put at that name.
  rmSync(waiting, { force: true });
  const handle = openSync(waiting, 'wx', 0o666);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    if (keep !== undefined) {
      if (process.getuid?.() === 0) giveTo(handle, keep);
      fchmodSync(handle, keep.mode & 0o7777);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(waiting, file);
}

/** With sudo the file stays its owner's; a file system that knows no owners keeps its own. */
function giveTo(handle: number, { uid, gid }: Keep): void {
  try {
    fchownSync(handle, uid, gid);
  } catch {
    // The bytes matter more than whose they are.
  }
}

/** Names are on the disk only after their folder is; systems that cannot do it answer with an error. */
export function settleFolder(folder: string): void {
  if (!existsSync(folder)) return;
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows opens no folders; its file system orders renames itself.
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
