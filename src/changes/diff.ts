import { diffLines, FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import type { Change } from './change.ts';

/** What a change does, in numbers. */
export interface ChangeSummary {
  file: string;
  kind: 'new' | 'edited' | 'removed';
  added: number;
  removed: number;
}

/**
 * A unified diff that `git apply` and `patch` take: carriage returns stay in the lines, a missing newline at
 * the end is said, new and removed files come from and go to /dev/null. For a terminal, escape it first.
 */
export function diffOf(changes: readonly Change[]): string {
  return changes.map(one).join('');
}

function one({ file, before, after }: Change): string {
  const patch = structuredPatch(
    before === undefined ? '/dev/null' : `a/${file}`,
    after === undefined ? '/dev/null' : `b/${file}`,
    before ?? '',
    after ?? '',
  );
  const header = `diff --git ${quoted(`a/${file}`)} ${quoted(`b/${file}`)}\n`;
  const mode =
    before === undefined
      ? 'new file mode 100644\n'
      : after === undefined
        ? 'deleted file mode 100644\n'
        : '';
  return `${header}${mode}${patch.hunks.length === 0 ? '' : formatPatch(patch, FILE_HEADERS_ONLY)}`;
}

/** As git quotes names that would break the line. */
function quoted(name: string): string {
  const json = JSON.stringify(name);
  return json === `"${name}"` ? name : json;
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
