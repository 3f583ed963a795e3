import type { Tree } from '../kernel/tree.ts';

/** One file as it was read and as it shall be. `before` undefined: new; `after` undefined: removed. */
export interface Change {
  /** Relative to the project root, `/` between the parts. */
  file: string;
  before: string | undefined;
  after: string | undefined;
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
