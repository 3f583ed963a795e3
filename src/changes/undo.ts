import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { settleFolder, sha256, waitingName, writeWhole } from './atomic.ts';
import { holding } from './hold.ts';
import {
  hasOwnFolder,
  type Journal,
  type JournalEntry,
  journalsOf,
  removeJournal,
} from './journal.ts';
import { type Standing, standingAt } from './place.ts';

export interface Undone {
  what: string;
  at: string;
  /** Files that have their former bytes again, or are gone again. */
  files: readonly string[];
  /** Applies that can be undone after this one. */
  left: number;
}

/**
 * Gives the tree back byte for byte as it was before the last apply, finished or not.
 * @throws KnownError, with nothing changed, when there is none, or when the owner has edited files since: their
 * edits would be lost; `force` says that they may be.
 */
export async function undo(root: string, options: { force?: boolean } = {}): Promise<Undone> {
  if (!hasOwnFolder(root)) throw nothingToUndo();
  return holding(root, () => {
    const journals = journalsOf(root);
    const last = journals.at(-1);
    if (last === undefined) throw nothingToUndo();
    const edited = last.entries
      .filter((entry) => stateOf(entry, standingAt(root, entry.file)) === 'edited')
      .map((entry) => entry.file);
    if (edited.length > 0 && options.force !== true) throw editedSince(edited);
    const files = giveBack(root, last);
    removeJournal(root, last.id);
    return { what: last.what, at: last.at, files, left: journals.length - 1 };
  });
}

/** Puts every former byte back; may be interrupted and done again. Returns the files that it wrote. */
export function giveBack(root: string, journal: Journal): readonly string[] {
  const written: string[] = [];
  for (const entry of journal.entries) {
    const now = standingAt(root, entry.file);
    removeWaiting(waitingName(now.absolute));
    if (stateOf(entry, now) === 'before') continue;
    restore(entry, now);
    written.push(entry.file);
  }
  // Only above files of the journal: those places have been looked at.
  const above = journal.folders.filter((folder) =>
    journal.entries.some((entry) => entry.file.startsWith(`${folder}/`)),
  );
  for (const folder of above.reverse()) removeFolder(path.join(root, folder));
  return written;
}

function stateOf(entry: JournalEntry, { bytes }: Standing): 'before' | 'after' | 'edited' {
  const now = bytes === undefined ? null : sha256(bytes);
  if (now === entry.beforeSha256) return 'before';
  return entry.afterSha256 === 'open' || now === entry.afterSha256 ? 'after' : 'edited';
}

function restore(entry: JournalEntry, now: Standing): void {
  const folder = path.dirname(now.absolute);
  if (entry.before === null) rmSync(now.absolute, { force: true });
  else {
    mkdirSync(folder, { recursive: true });
    const { uid, gid } = now.stats ?? {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
    };
    const mode = entry.mode ?? 0o644;
    writeWhole(now.absolute, Buffer.from(entry.before, 'base64'), { mode, uid, gid });
  }
  settleFolder(folder);
}

/** The half of a file that a crash left. */
function removeWaiting(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile()) rmSync(file);
}

/** A folder that apply made: gone when it is empty, or holds only what Python compiled from our files. */
function removeFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const compiled = path.join(folder, '__pycache__');
  if (existsSync(compiled) && readdirSync(compiled).every((name) => name.endsWith('.pyc'))) {
    if (readdirSync(folder).length === 1) rmSync(compiled, { recursive: true });
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function nothingToUndo(): KnownError {
  return new KnownError(
    'there is nothing to undo here',
    'Undo works in the project that an apply has written to.',
  );
}

function editedSince(files: readonly string[]): KnownError {
  const some = files.slice(0, 5).join(', ');
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  return new KnownError(
    `edited since the apply, so undo would lose it: ${some}${more}`,
    'Nothing was changed. Save those edits, or say --force to drop them.',
  );
}
