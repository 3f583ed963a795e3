/** Data that prints as a Python literal. */
export type PythonData =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly PythonData[]
  | { readonly [key: string]: PythonData };

const width = 88;

/** Data as a Python literal, laid out as ruff and black do: double quotes, trailing commas where it breaks. */
export function printPython(value: PythonData, indent = 0, used = 0): string {
  const flat = oneLine(value);
  if (indent * 4 + used + flat.length <= width && !isLong(value)) return flat;
  const pad = '    '.repeat(indent + 1);
  const end = '    '.repeat(indent);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((one: PythonData) => `${pad}${printPython(one, indent + 1, 1)},\n`);
    return `[\n${items.join('')}${end}]`;
  }
  if (value === null || typeof value !== 'object') return flat;
  const entries = defined(value as { readonly [key: string]: PythonData });
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, one]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${pad}${name}${printPython(one, indent + 1, name.length + 1)},\n`;
  });
  return `{\n${lines.join('')}${end}}`;
}

/** A mapping of more than two entries reads better on lines of its own. */
function isLong(value: PythonData): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    defined(value as { readonly [key: string]: PythonData }).length > 2
  );
}

function defined(value: { readonly [key: string]: PythonData }): [string, PythonData][] {
  return Object.entries(value).filter(([, one]) => one !== undefined);
}

function oneLine(value: PythonData): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  // JSON's escapes of a string are Python's, lone surrogates included.
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const entries = defined(value as { readonly [key: string]: PythonData });
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`).join(', ')}}`;
}
