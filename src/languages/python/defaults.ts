const opens = /\b(?:class|def|type)\s+\w+\s*\[/g;

/**
 * Blanks the defaults of type parameters (PEP 696, Python 3.13), which the grammar does not know yet. Every offset
 * stays, and nothing of a default matters to what is read.
 */
export function withoutTypeDefaults(text: string): string {
  let out = text;
  for (const match of text.matchAll(opens)) {
    const from = match.index + match[0].length;
    for (const [start, end] of defaultsIn(text, from))
      out = out.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + out.slice(end);
  }
  return out;
}

/** From each `=` between the brackets to the next parameter. */
function defaultsIn(text: string, from: number): [number, number][] {
  const found: [number, number][] = [];
  let depth = 1;
  let start: number | undefined;
  for (let at = from; at < text.length && depth > 0; at += 1) {
    const char = text[at] ?? '';
    if ('[({'.includes(char)) depth += 1;
    else if ('])}'.includes(char)) depth -= 1;
    else if (depth === 1 && char === '=' && start === undefined) start = at;
    const ends = depth === 0 || (depth === 1 && char === ',');
    if (ends && start !== undefined) found.push([start, at]);
    if (ends) start = undefined;
  }
  return found;
}
