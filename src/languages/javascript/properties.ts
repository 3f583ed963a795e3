import type MagicString from 'magic-string';
import { propertyName } from './literal.ts';
import type { Node, Parsed } from './parse.ts';
import { styleOf } from './style.ts';

type ObjectNode = Extract<Node, { type: 'ObjectExpression' }>;

/** Whether an object literal states a property, or may do so by a spread. */
export function mayHave(object: ObjectNode, name: string): boolean {
  return object.properties.some(
    (one) => one.type !== 'Property' || propertyName(one)?.toLowerCase() === name.toLowerCase(),
  );
}

/** Puts `code` behind the last property of a literal, in its own layout: on one line, or on a line of its own. */
export function addProperty(
  text: MagicString,
  { parsed, object, code }: { parsed: Parsed; object: ObjectNode; code: string },
): void {
  const source = parsed.text;
  const last = object.properties.at(-1);
  if (last === undefined) {
    text.overwrite(object.start, object.end, `{ ${code} }`);
    return;
  }
  const start = source.lastIndexOf('\n', last.start) + 1;
  const indent = /^[ \t]*/.exec(source.slice(start))?.[0] ?? '';
  const onOwnLine = source.slice(start, last.start).trim() === '';
  if (!onOwnLine) {
    text.appendLeft(last.end, `, ${code}`);
    return;
  }
  const rest = source.slice(last.end, object.end);
  const comma = /^\s*,/.test(rest);
  // A comment behind the last property stays with it.
  const line = /^[^\r\n]*/.exec(rest)?.[0].length ?? 0;
  const { newline } = styleOf(source, parsed.path);
  if (!comma) text.appendLeft(last.end, ',');
  text.appendLeft(last.end + line, `${newline}${indent}${code}${comma ? ',' : ''}`);
}
