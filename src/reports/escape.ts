/**
 * Texts of a report come from code bases that nobody vouches for: names, paths, messages, answers. Each output
 * has its own way of being taken over, and each text goes through its door here.
 */

/** One line: control, format and bidirectional characters are shown instead of obeyed. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, named);
}

/** Several lines, for diffs and exchanges: line breaks and tabs stay, everything else as in `oneLine`. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\n' || character === '\t' ? character : named(character),
  );
}

function named(character: string): string {
  if (character === '\r') return '␍';
  if (character === '\t') return ' ';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Text inside HTML, attribute values included. */
export function html(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** One line of running markdown: nothing in it is a link, an image, a tag, a mention or the end of a cell. */
export function markdown(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\`*_[\]<>|#!~&()]/g, '\\$&')
      // `@name` mentions people and `://` links by itself on the usual hosts.
      .replace(/@/g, '@\u2060')
      .replace(/:\/\//g, ':\u2060//')
      .replace(/\bwww\./gi, 'www\u2060.')
      .replace(/^(\s*)([-+=])/, '$1\\$2')
      .replace(/^(\s*\d+)\./, '$1\\.')
  );
}

/** A code span: in a table cell the bar ends the cell also inside of code. */
export function code(text: string): string {
  const inner = oneLine(text).replace(/\|/g, '\\|');
  const ticks = '`'.repeat(longest(inner) + 1);
  const pad = /^`|`$|^$/.test(inner) ? ' ' : '';
  return `${ticks}${pad}${inner}${pad}${ticks}`;
}

/** A fenced block that its content cannot close. */
export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longest(text) + 1));
  return `${fence}${language}\n${visible(text).replace(/\n$/, '')}\n${fence}`;
}

function longest(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
