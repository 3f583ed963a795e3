import { isWithin, reachable } from './paths.ts';

/** The file that makes the application, and what else could be meant. */
export interface Entry {
  file: string | undefined;
  /** The manifest or another start leads to it, or the target names it. */
  sure: boolean;
  /** Other files that make an application with equal right; empty when the choice is clear. */
  rivals: readonly string[];
}

export interface EntryInput {
  /** Files that make an application. */
  makers: readonly string[];
  /** Files that a start names, the most telling first. */
  started: readonly string[];
  importsOf: (file: string) => readonly string[];
  /** Tests, examples and the like: asked last, never rivals. */
  isForeign: (file: string) => boolean;
  /** Names that an entry file usually has. */
  usual: RegExp;
  /** Where the target points, relative to the project root; `` for all of it. */
  within: string;
  /** Several applications may stand side by side in one project, each with its own root. */
  sideBySide: boolean;
}

/** Chooses by the target, then by what is started, then by name and depth. */
export function chooseEntry(input: EntryInput): Entry {
  const { makers, started, importsOf, within } = input;
  if (makers.includes(within)) return { file: within, sure: true, rivals: [] };
  const own = makers.filter((file) => !input.isForeign(file));
  const inside = within === '' ? [] : makers.filter((file) => isWithin(file, within));
  const reached =
    started.find((file) => makers.includes(file)) ??
    reachable(started, importsOf).find((file) => own.includes(file));
  const elsewhere = reached !== undefined && inside.length > 0 && !inside.includes(reached);
  if (reached !== undefined && !(elsewhere && (input.sideBySide || input.isForeign(reached))))
    return { file: reached, sure: true, rivals: [] };
  const pool = inside.length > 0 ? inside : own;
  return { sure: inside.length === 1, ...best(pool, input) };
}

function best(pool: readonly string[], { importsOf, usual }: EntryInput) {
  const behind = new Set(pool.flatMap((file) => reachable(importsOf(file), importsOf, 60)));
  const roots = pool.filter((file) => !behind.has(file));
  const rank = (file: string): number => file.split('/').length * 10 + (usual.test(file) ? 0 : 5);
  const sorted = (roots.length > 0 ? roots : [...pool]).sort(
    (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1),
  );
  const [file] = sorted;
  const rivals = sorted.slice(1).filter((other) => rank(other) === rank(file ?? ''));
  return { file, rivals };
}
