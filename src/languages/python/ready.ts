import { type ParsedPython, pythonParser } from './parse.ts';

/** The grammar is loaded with this module, so that pure stages can parse without waiting. */
const parser = await pythonParser();

export { parser };

/** The syntax of a text; `undefined` where it cannot be edited safely. */
export function parsedPython(text: string): ParsedPython['root'] | undefined {
  try {
    const { root, errorLine } = parser.parse(text);
    return errorLine === undefined ? root : undefined;
  } catch {
    return undefined;
  }
}
