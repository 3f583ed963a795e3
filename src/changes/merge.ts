import { createHash } from 'node:crypto';
import { diffArrays } from 'diff';

/**
 * The lines of a text as short digests. They are all of a base that a three-way merge needs: a line of the base
 * is in the result only when one of the two sides still has it.
 */
export function lineDigests(text: string): readonly string[] {
  return linesOf(text).map((line) =>
    createHash('sha256').update(line).digest('base64url').slice(0, digestLength),
  );
}

/** Characters of base64url: 24 bits tell the lines of one file apart, and the record stays short to look at. */
export const digestLength = 4;

/** What one side did with a range of the base. */
interface Hunk {
  start: number;
  end: number;
  lines: readonly string[];
}

/**
 * Merges line by line what the owner made of a base with what we make of it now; `undefined` where both
 * changed the same lines in different ways. The owner's line endings stay.
 */
export function mergeLines(
  base: readonly string[],
  theirs: string,
  next: string,
): string | undefined {
  const newline = theirs.includes('\r\n') ? '\r\n' : '\n';
  const left = hunks(base, theirs);
  const right = hunks(base, next);
  const merged: string[] = [];
  const owner = linesOf(theirs);
  let at = 0;
  let ownerAt = 0;
  while (left.length > 0 || right.length > 0) {
    const [ours, other] = [left[0], right[0]];
    const first = other === undefined || (ours !== undefined && ours.start <= other.start);
    if (ours !== undefined && other !== undefined && touch(ours, other)) {
      if (!same(ours, other)) return undefined;
    }
    const hunk = (first ? ours : other) as Hunk;
    merged.push(...owner.slice(ownerAt, ownerAt + hunk.start - at), ...hunk.lines);
    ownerAt += hunk.start - at;
    at = hunk.end;
    const both = ours !== undefined && other !== undefined && same(ours, other);
    if (first || both) {
      left.shift();
      ownerAt += hunk.lines.length;
    } else ownerAt += hunk.end - hunk.start;
    if (!first || both) right.shift();
  }
  merged.push(...owner.slice(ownerAt));
  return merged.join(newline);
}

/** Insertions at one place and changes of one line meet; changes of neighbouring lines do not. */
function touch(a: Hunk, b: Hunk): boolean {
  const empty = a.start === a.end || b.start === b.end;
  return empty ? a.start <= b.end && b.start <= a.end : a.start < b.end && b.start < a.end;
}

function same(a: Hunk, b: Hunk): boolean {
  return a.start === b.start && a.end === b.end && a.lines.join('\n') === b.lines.join('\n');
}

function hunks(base: readonly string[], text: string): Hunk[] {
  const lines = linesOf(text);
  const all: Hunk[] = [];
  let from = 0;
  let to = 0;
  let open: Hunk | undefined;
  for (const part of diffArrays([...base], [...lineDigests(text)])) {
    if (!part.added && !part.removed) {
      from += part.count;
      to += part.count;
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { start: from, end: from, lines: [] };
      all.push(open);
    }
    if (part.removed) from += part.count;
    else to += part.count;
    open.end = from;
    if (part.added) open.lines = [...open.lines, ...lines.slice(to - part.count, to)];
  }
  return all;
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}
