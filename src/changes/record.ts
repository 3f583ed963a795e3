import { createHash } from 'node:crypto';
import { digestLength } from './merge.ts';

/**
 * Stands in the generated folder and is committed with it, so that a fresh clone knows the owner's edits too.
 * Plain text, because formatters of the project would want JSON another way.
 */
export const recordName = 'generated.txt';

const head =
  '# What secure wrote here last, as digests: so it tells your edits from its own text and keeps them. Commit this file.';

/** One generated file as we wrote it last. */
export interface Recorded {
  kind: 'copied' | 'printed';
  /** One digest for each line of a printed file; a copied one is never merged, so one for the whole is enough. */
  lines: readonly string[];
  whole: string;
  matches: (digests: readonly string[]) => boolean;
}

export function recorded(kind: Recorded['kind'], digests: readonly string[]): Recorded {
  return from(kind, kind === 'printed' ? digests : [], wholeOf(digests));
}

function from(kind: Recorded['kind'], lines: readonly string[], whole: string): Recorded {
  return { kind, lines, whole, matches: (digests) => wholeOf(digests) === whole };
}

function wholeOf(digests: readonly string[]): string {
  return createHash('sha256').update(digests.join('')).digest('base64url');
}

/** File to what we wrote there. A record with the marks of a git conflict is no record. */
export function readRecord(text: string | undefined): ReadonlyMap<string, Recorded> {
  const found = new Map<string, Recorded>();
  if (text === undefined || /^(<{7}|={7}|>{7})/m.test(text)) return found;
  for (const line of text.split(/\r?\n/)) {
    const match = /^(copied|printed) ([\w-]+) (.+)$/.exec(line);
    if (match === null) continue;
    const [, kind, digests = '', file = ''] = match;
    if (kind === 'copied') found.set(file, from('copied', [], digests));
    else {
      const lines = digests.match(new RegExp(`.{${digestLength}}`, 'g')) ?? [];
      found.set(file, recorded('printed', lines));
    }
  }
  return found;
}

/** The record as text; with the line endings that it has, because git may have changed them. */
export function writeRecord(
  files: ReadonlyMap<string, Recorded>,
  existing: string | undefined,
): string {
  const rows = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, { kind, lines, whole }]) =>
      kind === 'copied' ? `copied ${whole} ${file}` : `printed ${lines.join('')} ${file}`,
    );
  const newline = existing?.includes('\r\n') === true ? '\r\n' : '\n';
  return [head, ...rows, ''].join(newline);
}
