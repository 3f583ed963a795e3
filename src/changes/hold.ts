import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { makeOwnFolder, ownFolder, removeOwnFolder } from './journal.ts';

const held = new Set<string>();

/**
 * Runs `work` while no other process may write into this project, and lets Ctrl-C wait until it is whole:
 * the writing takes milliseconds, and a half-written tree would take longer to explain.
 * @throws KnownError when another apply or undo is in progress.
 */
export async function holding<T>(root: string, work: () => T): Promise<T> {
  const file = path.join(root, ownFolder, 'lock');
  const signals: NodeJS.Signals[] = [];
  const wait = (signal: NodeJS.Signals): void => void signals.push(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, wait);
  try {
    take(root, file);
    try {
      return work();
    } finally {
      held.delete(file);
      rmSync(file, { force: true });
      removeOwnFolder(root);
    }
  } finally {
    // Signals of the synchronous part are delivered when the event loop polls: between two immediates it has.
    for (const _turn of [1, 2]) await new Promise((resolve) => setImmediate(resolve));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, wait);
    if (signals[0] !== undefined) process.kill(process.pid, signals[0]);
  }
}

function take(root: string, file: string): void {
  makeOwnFolder(root);
  const own = `${file}.${process.pid}`;
  rmSync(own, { force: true });
  writeFileSync(own, String(process.pid), { flag: 'wx' });
  try {
    if (!linked(own, file) && !(takeAway(file) && linked(own, file))) throw busy(file);
    held.add(file);
  } finally {
    rmSync(own, { force: true });
  }
}

/** A link appears with its content, so nobody ever reads a lock that names no process. */
function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    return created(file);
  }
}

/** For file systems without hard links. */
function created(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the lock was left by a process that has ended; the rename lets one of several finders win. */
function takeAway(file: string): boolean {
  const owner = Number(readFileSync(file, 'utf8'));
  const own = owner === process.pid;
  if (own ? held.has(file) : alive(owner)) return false;
  const away = `${file}.stale.${process.pid}`;
  renameSync(file, away);
  rmSync(away, { force: true });
  return true;
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function busy(file: string): KnownError {
  return new KnownError(
    'another apply or undo is in progress in this project',
    `Wait for it. If there is none, delete ${ownFolder}/${path.basename(file)}.`,
  );
}
