/**
 * A JSON-like value as a JavaScript expression, laid out as a formatter would: on one line where it fits.
 * @param column width of what stands before it on its line
 * @param indent indentation of the line that it ends on
 */
export function printValue(value: unknown, column = 0, indent = '', width = 100): string {
  const flat = printFlat(value);
  const room = width - column - 1;
  if (flat.length <= room || !isComposite(value)) return flat;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map(
      (item) => `${deeper}${printValue(item, deeper.length, deeper, width)},`,
    );
    return `[\n${items.join('\n')}\n${indent}]`;
  }
  const entries = defined(value).map(([key, item]) => {
    const start = `${deeper}${printKey(key)}:`;
    const text = printValue(item, start.length + 1, deeper, width);
    const wrap = !isComposite(item) && start.length + 1 + text.length + 1 > width;
    return wrap ? `${start}\n${deeper}  ${text},` : `${start} ${text},`;
  });
  return `{\n${entries.join('\n')}\n${indent}}`;
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function defined(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function printFlat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printFlat).join(', ')}]`;
  if (isComposite(value)) {
    const entries = defined(value).map(([key, item]) => `${printKey(key)}: ${printFlat(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? printString(value) : numeric(value);
}

function numeric(value: unknown): string {
  if (typeof value !== 'number' || value < 10_000 || !Number.isInteger(value)) return String(value);
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
}

/** A string in single quotes, in double quotes where it holds more single ones. */
export function printString(value: string): string {
  const json = JSON.stringify(value);
  const singles = value.split("'").length - 1;
  const doubles = value.split('"').length - 1;
  if (singles > doubles) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A property name, quoted only where it has to be. */
export function printKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : printString(key);
}
