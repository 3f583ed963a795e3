import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { KnownError } from '../kernel/errors.ts';
import { settleFolder, writeWhole } from './atomic.ts';

/** Our bookkeeping in the user's project; its own .gitignore keeps it out of git. */
export const ownFolder = '.secure';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const entry = z.strictObject({
  file: z.string(),
  /** Every original byte, base64; null: the file was not there. */
  before: z.base64().nullable(),
  mode: z.int().nullable(),
  beforeSha256: digest.nullable(),
  /** null: removed. `open`: another program writes it after us, and `settle` has not been called yet. */
  afterSha256: z.union([digest, z.literal('open')]).nullable(),
});

const schema = z.strictObject({
  version: z.literal(1),
  what: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  entries: z.array(entry),
  /** Folders that did not exist before, outermost first. */
  folders: z.array(z.string()),
});

export type JournalEntry = z.infer<typeof entry>;

/** What one apply replaced, so that undo gives it back. */
export interface Journal extends z.infer<typeof schema> {
  /** Counts up from 1; the highest is undone first. */
  id: number;
  /** False from before the first write until after the last one: it was interrupted. */
  finished: boolean;
}

/** Every journal of the project, oldest first. */
export function journalsOf(root: string): readonly Journal[] {
  const folder = journalFolder(root);
  if (!existsSync(folder)) return [];
  return (
    readdirSync(folder)
      .flatMap((name) => {
        const match = /^(\d+)(\.open)?\.json$/.exec(name);
        return match === null
          ? []
          : [{ name, id: Number(match[1]), finished: match[2] === undefined }];
      })
      .sort((a, b) => a.id - b.id || Number(b.finished) - Number(a.finished))
      // Both names stand there when the end of an apply was interrupted after its last write.
      .filter((one, at, all) => all[at - 1]?.id !== one.id)
      .map(({ name, id, finished }) => ({ ...read(path.join(folder, name)), id, finished }))
  );
}

/** Writes a journal so that it is on the disk before this returns. */
export function writeJournal(root: string, journal: Journal): void {
  const folder = journalFolder(root);
  makeOwnFolder(root);
  mkdirSync(folder, { recursive: true });
  const { id, finished, ...rest } = journal;
  writeWhole(fileOf(folder, id, finished), Buffer.from(`${JSON.stringify(rest)}\n`));
  rmSync(fileOf(folder, id, !finished), { force: true });
  settleFolder(folder);
}

/** Forgets a journal, and the whole folder with the last one. */
export function removeJournal(root: string, id: number): void {
  const folder = journalFolder(root);
  for (const finished of [true, false]) rmSync(fileOf(folder, id, finished), { force: true });
  removeIfEmpty(folder);
}

/** Makes `.secure` with a .gitignore of its own. @throws KnownError when something else has that name. */
export function makeOwnFolder(root: string): void {
  checkOwnFolder(root);
  const folder = path.join(root, ownFolder);
  const ignore = path.join(folder, '.gitignore');
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(ignore)) writeWhole(ignore, Buffer.from('*\n'));
  } catch (error) {
    throw new KnownError(
      `no journal can be kept in ${ownFolder}: ${(error as Error).message}`,
      'Make the project folder writable: nothing is written without a journal.',
      { cause: error },
    );
  }
}

/** Takes `.secure` away when no journal is left in it, with what interrupted runs have left there. */
export function removeOwnFolder(root: string): void {
  const folder = path.join(root, ownFolder);
  for (const at of [journalFolder(root), folder]) {
    if (!existsSync(at)) continue;
    for (const name of readdirSync(at)) {
      if (/^(\..+\.secure-new|lock\..+)$/.test(name)) rmSync(path.join(at, name), { force: true });
    }
    if (at !== folder) removeIfEmpty(at);
  }
  if (!existsSync(folder) || readdirSync(folder).some((name) => name !== '.gitignore')) return;
  rmSync(path.join(folder, '.gitignore'), { force: true });
  removeIfEmpty(folder);
}

/** Whether anything of ours was ever begun here. */
export function hasOwnFolder(root: string): boolean {
  checkOwnFolder(root);
  return existsSync(path.join(root, ownFolder));
}

function checkOwnFolder(root: string): void {
  for (const name of [ownFolder, `${ownFolder}/journal`]) {
    const stats = lstatSync(path.join(root, name), { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory()) continue;
    throw new KnownError(
      `${name} is not a folder, so no journal can be kept there`,
      'Rename it: undo needs that name.',
    );
  }
}

function journalFolder(root: string): string {
  checkOwnFolder(root);
  return path.join(root, ownFolder, 'journal');
}

function fileOf(folder: string, id: number, finished: boolean): string {
  return path.join(folder, `${String(id).padStart(4, '0')}${finished ? '' : '.open'}.json`);
}

function read(file: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new KnownError(
      `${path.relative(path.resolve(file, '../../..'), file)} is damaged or from another version`,
      'Undo cannot use it. Give the files back from git, then delete it.',
      { cause: error },
    );
  }
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
