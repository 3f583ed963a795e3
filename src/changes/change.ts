import { diffLines } from 'diff';
import type { Tree } from '../kernel/tree.ts';

/** One file as it was read and as it shall be. `before` undefined: new; `after` undefined: removed. */
export interface Change {
  /** Relative to the project root, `/` between the parts. */
  file: string;
  before: string | undefined;
  after: string | undefined;
}

/** What a change does, in numbers. */
export interface ChangeSummary {
  file: string;
  kind: 'new' | 'edited' | 'removed';
  added: number;
  removed: number;
}

/** Texts that differ from the tree, sorted by path; a text that stands there already is no change. */
export function changeSet(
  texts: Readonly<Record<string, string | undefined>>,
  tree: Tree,
): readonly Change[] {
  return Object.keys(texts)
    .sort()
    .map((file) => ({ file, before: tree.read(file), after: texts[file] }))
    .filter((change) => change.before !== change.after);
}

/** Lines added and removed per file, as a unified diff counts them. */
export function summaryOf(changes: readonly Change[]): readonly ChangeSummary[] {
  return changes.map(({ file, before, after }) => {
    const parts = diffLines(before ?? '', after ?? '');
    const count = (side: 'added' | 'removed'): number =>
      parts.reduce((sum, part) => sum + (part[side] ? part.count : 0), 0);
    return {
      file,
      kind: before === undefined ? 'new' : after === undefined ? 'removed' : 'edited',
      added: count('added'),
      removed: count('removed'),
    };
  });
}
