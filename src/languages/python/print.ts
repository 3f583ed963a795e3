/** Data that prints as a Python literal. */
export type PythonData =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly PythonData[]
  | { readonly [key: string]: PythonData };

/**
 * Data as a Python literal with one entry a line and a comma behind each: ruff and black leave that as it is at
 * every line length.
 */
export function printPython(value: PythonData, indent = 0): string {
  const pad = '    '.repeat(indent + 1);
  const end = '    '.repeat(indent);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return printText(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((one) => `${pad}${printPython(one, indent + 1)},\n`);
    return `[\n${items.join('')}${end}]`;
  }
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(
    ([key, one]) => `${pad}${printText(key)}: ${printPython(one, indent + 1)},\n`,
  );
  return `{\n${lines.join('')}${end}}`;
}

function isList(value: PythonData): value is readonly PythonData[] {
  return Array.isArray(value);
}

/** Double quotes, unless single ones need fewer escapes; JSON's other escapes are Python's. */
function printText(text: string): string {
  const count = (quote: string): number => text.split(quote).length;
  const double = JSON.stringify(text);
  if (count('"') <= count("'")) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Keys as Python writes them: `windowSeconds` is `window_seconds`. */
export function snakeKeys(value: unknown): PythonData {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== 'object' || value === null) return value as PythonData;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [snake(key), snakeKeys(one)]),
  );
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
