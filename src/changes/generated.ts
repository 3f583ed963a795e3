import type { Edit, NewFile } from '../frameworks/framework.ts';
import type { Tree } from '../kernel/tree.ts';
import { type Change, changeSet } from './change.ts';
import { diffOf } from './diff.ts';
import { lineDigests, mergeLines } from './merge.ts';
import { type Recorded, readRecord, recorded, recordName, writeRecord } from './record.ts';

/** What becomes of one generated file that may have been edited since it was written. */
export type Merged =
  | { text: string; kept?: string | undefined }
  | { conflict: string; paste: string };

/**
 * The text that a generated file shall have. The owner's edits win: a copied file that was edited stays as it
 * is, in a printed one they are merged line by line with what the new policy prints.
 */
export function mergeGenerated(input: {
  file: NewFile;
  /** On the disk. */
  theirs: string | undefined;
  /** What we wrote last, from the record in the generated folder. */
  base: Recorded | undefined;
}): Merged {
  const { file, theirs, base } = input;
  if (theirs === undefined) return { text: file.text };
  const next = theirs.includes('\r\n') ? file.text.replace(/\r?\n/g, '\r\n') : file.text;
  const digests = lineDigests(theirs);
  if (theirs === next || base?.matches(digests) === true) return { text: next };
  if (base === undefined) {
    return conflict(file, theirs, next, 'a file that we did not write stands there');
  }
  if (base.kind === 'copied') {
    const newer = base.matches(lineDigests(next))
      ? ''
      : '; the version of it that we have now differs';
    return { text: theirs, kept: `you edited it, so it stays as it is${newer}` };
  }
  const text = mergeLines(base.lines, theirs, next);
  if (text !== undefined) return { text };
  return conflict(file, theirs, next, 'you and the new policy changed the same lines');
}

function conflict(file: NewFile, theirs: string, next: string, why: string): Merged {
  return { conflict: why, paste: diffOf([{ file: file.file, before: theirs, after: next }]) };
}

export interface PlannedChanges {
  changes: readonly Change[];
  /** Generated files that the owner edited and that stay, with the reason. */
  kept: readonly { file: string; why: string }[];
  cannot: readonly Extract<Edit, { end: 'cannot' }>[];
}

/**
 * The change set of a plan over the tree as it stands: edits of the owner's files, generated files merged with
 * the owner's edits, files removed that we wrote earlier and that the plan no longer has, and the record of it.
 */
export function plannedChanges(input: {
  files: readonly NewFile[];
  edited: Readonly<Record<string, string>>;
  /** Folder of the generated files; the record stands in it. */
  folder: string;
  tree: Tree;
}): PlannedChanges {
  const { files, folder, tree } = input;
  const texts: Record<string, string | undefined> = { ...input.edited };
  const kept: { file: string; why: string }[] = [];
  const cannot: Extract<Edit, { end: 'cannot' }>[] = [];
  const recordFile = `${folder}/${recordName}`;
  const before = readRecord(tree.read(recordFile));
  const after = new Map<string, Recorded>();
  for (const file of files) {
    const base = before.get(file.file);
    const merged = mergeGenerated({ file, theirs: tree.read(file.file), base });
    if ('conflict' in merged) {
      cannot.push({ end: 'cannot', file: file.file, why: merged.conflict, paste: merged.paste });
      if (base !== undefined) after.set(file.file, base);
      continue;
    }
    texts[file.file] = merged.text;
    if (merged.kept !== undefined) kept.push({ file: file.file, why: merged.kept });
    const stays = merged.kept !== undefined && base !== undefined;
    after.set(file.file, stays ? base : recordOf(file));
  }
  for (const [file, base] of before) {
    const theirs = tree.read(file);
    if (after.has(file) || theirs === undefined) continue;
    if (base.matches(lineDigests(theirs))) texts[file] = undefined;
    else kept.push({ file, why: 'you edited it; nothing of ours needs it any more' });
  }
  if (after.size > 0) texts[recordFile] = writeRecord(after, tree.read(recordFile));
  else if (tree.has(recordFile)) texts[recordFile] = undefined;
  return { changes: changeSet(texts, tree), kept, cannot };
}

function recordOf(file: NewFile): Recorded {
  return recorded(file.kind, lineDigests(file.text));
}
