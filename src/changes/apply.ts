import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isKnown, KnownError } from '../kernel/errors.ts';
import { settleFolder, sha256, writeWhole } from './atomic.ts';
import type { Change } from './change.ts';
import { holding } from './hold.ts';
import {
  type Journal,
  type JournalEntry,
  journalsOf,
  removeJournal,
  writeJournal,
} from './journal.ts';
import { refused, type Standing, standingAt } from './place.ts';
import { giveBack } from './undo.ts';

export interface ApplyOptions {
  /** What this apply is, for the person who undoes it: `level standard, jwt`. */
  what: string;
  /** Files that another program writes right after us (lock files of package managers): undo gives them back too. */
  watched?: readonly string[] | undefined;
}

/**
 * Writes a change set into the tree: all of it or nothing. The journal is on the disk before the first byte
 * is, so that undo gives the tree back also after a crash in the middle.
 * @throws KnownError, with nothing written, when a file changed since it was read, lies outside the project, is
 * read-only or not UTF-8, when another apply is in progress, or when an earlier one did not finish.
 */
export async function applyChanges(
  root: string,
  changes: readonly Change[],
  options: ApplyOptions,
): Promise<Journal> {
  return holding(root, () => apply(root, changes, options));
}

function apply(root: string, changes: readonly Change[], options: ApplyOptions): Journal {
  const journals = journalsOf(root);
  const open = journals.find((journal) => !journal.finished);
  if (open !== undefined) {
    throw new KnownError(
      `an apply of ${open.at} did not finish: ${open.what}`,
      '`secure undo` gives the tree back as it was before it.',
    );
  }
  const places = changes.map((change) => ({ change, now: checked(root, change) }));
  const watched = (options.watched ?? [])
    .filter((file) => !changes.some((change) => change.file === file))
    .map((file) => entryOf(file, standingAt(root, file), 'open'));
  const journal: Journal = {
    version: 1,
    id: (journals.at(-1)?.id ?? 0) + 1,
    finished: false,
    what: options.what,
    at: new Date().toISOString(),
    entries: [
      ...places.map(({ change, now }) => entryOf(change.file, now, digestAfter(change))),
      ...watched,
    ],
    folders: newFolders(root, changes),
  };
  // A second run changes nothing, and undo shall not count it.
  if (changes.length === 0) return { ...journal, finished: true };
  writeJournal(root, journal);
  try {
    for (const folder of journal.folders) mkdirSync(path.join(root, folder), { recursive: true });
    for (const { change, now } of places) write(change, now);
    for (const { now } of places) settleFolder(path.dirname(now.absolute));
  } catch (error) {
    giveBack(root, journal);
    removeJournal(root, journal.id);
    if (isKnown(error)) throw error;
    throw new KnownError(
      `the files could not be written: ${(error as Error).message}`,
      'Everything is as it was before. Mend the cause and run it again.',
      { cause: error },
    );
  }
  const finished = { ...journal, finished: true };
  writeJournal(root, finished);
  return finished;
}

/**
 * Notes what the package manager made of the watched files of the last apply, so that undo can tell its
 * writing from the owner's later edits.
 */
export async function settle(root: string): Promise<void> {
  await holding(root, () => {
    const last = journalsOf(root).at(-1);
    if (last === undefined) return;
    const entries = last.entries.map((entry) => {
      if (entry.afterSha256 !== 'open') return entry;
      const { bytes } = standingAt(root, entry.file);
      return { ...entry, afterSha256: bytes === undefined ? null : sha256(bytes) };
    });
    writeJournal(root, { ...last, entries });
  });
}

/** What stands there, when it is what the plan was made from. */
function checked(root: string, { file, before }: Change): Standing {
  if (file.startsWith('../')) throw refused(file, 'it is no path inside the project');
  const now = standingAt(root, file);
  if (now.bytes === undefined) {
    if (before === undefined) return now;
    throw refused(file, 'it was removed since it was read');
  }
  if (!isUtf8(now.bytes)) throw refused(file, 'it is not UTF-8 text');
  if (before === undefined) throw refused(file, 'a file that was not read stands there');
  if (!now.bytes.equals(Buffer.from(before, 'utf8'))) {
    throw refused(file, 'it was changed since it was read');
  }
  return now;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function write({ after }: Change, now: Standing): void {
  if (after === undefined) rmSync(now.absolute, { force: true });
  else writeWhole(now.absolute, Buffer.from(after, 'utf8'), now.stats);
}

function digestAfter({ after }: Change): string | null {
  return after === undefined ? null : sha256(Buffer.from(after, 'utf8'));
}

function entryOf(file: string, now: Standing, after: JournalEntry['afterSha256']): JournalEntry {
  return {
    file,
    before: now.bytes?.toString('base64') ?? null,
    mode: now.stats?.mode ?? null,
    beforeSha256: now.bytes === undefined ? null : sha256(now.bytes),
    afterSha256: after,
  };
}

/** Folders that the new files need and that are not there, outermost first. */
function newFolders(root: string, changes: readonly Change[]): string[] {
  const missing = new Set<string>();
  for (const { file, after } of changes) {
    if (after === undefined) continue;
    const parts = file.split('/').slice(0, -1);
    parts.forEach((_part, at) => {
      const folder = parts.slice(0, at + 1).join('/');
      if (!existsSync(path.join(root, folder))) missing.add(folder);
    });
  }
  return [...missing].sort((a, b) => a.length - b.length);
}
