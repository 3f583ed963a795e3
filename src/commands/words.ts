import { KnownError } from '../kernel/errors.ts';

/**
 * The words of a command as a shell would see them, quotes taken off; no shell runs it.
 * @throws KnownError for operators that only a shell understands.
 */
export function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|([^\s"']+)/g)];
  const operator = words.find(
    (word) => word[3] !== undefined && /^(?:[|&;<>]+|\d?>.*)$/.test(word[3]),
  );
  if (operator !== undefined || words.length === 0) {
    throw new KnownError(
      `--start takes one command, not ${operator === undefined ? 'nothing' : `a shell line with ${operator[0]}`}`,
      'Put the line into a script and give that: --start "sh start.sh".',
    );
  }
  return words.map((word) => word[1]?.replace(/\\(.)/g, '$1') ?? word[2] ?? word[3] ?? '');
}
