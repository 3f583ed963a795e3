import { oneLine } from './escape.ts';

/** Colour as functions; `ui/` hands it in. */
export type Paint = Record<
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan',
  (text: string) => string
>;

export interface Look {
  paint: Paint;
  /** Columns of the terminal. */
  width: number;
}

/** Characters as a terminal counts them, nearly: wide ones take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/u.test(
        character,
      )
        ? 2
        : /\p{M}/u.test(character)
          ? 0
          : 1;
  return width;
}

/** Cut to a width, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export interface Column {
  paint?: ((text: string) => string) | undefined;
  /** Takes what is left of the line, and is cut when that is too little. */
  flexible?: boolean | undefined;
  most?: number | undefined;
}

export type Cell = string | { text: string; paint: (text: string) => string };

/** Rows in aligned columns, two spaces apart, no line wider than the terminal. Texts are escaped here. */
export function columns(
  rows: readonly (readonly Cell[])[],
  spec: readonly Column[],
  look: Look,
  indent = '  ',
): string[] {
  const texts = rows.map((row) =>
    row.map((cell) => oneLine(typeof cell === 'string' ? cell : cell.text)),
  );
  const widths = spec.map((column, at) =>
    Math.min(column.most ?? 1000, Math.max(0, ...texts.map((row) => widthOf(row[at] ?? '')))),
  );
  narrowed(widths, spec, look.width - 2 * (spec.length - 1) - indent.length);
  return rows.map((row, at) => {
    const cells = spec.map((column, index) => {
      const cell = row[index] ?? '';
      const paint = typeof cell === 'string' ? column.paint : cell.paint;
      const width = widths[index] ?? 0;
      const text = cut(texts[at]?.[index] ?? '', width);
      const padded = index === spec.length - 1 ? text : pad(text, width);
      return paint === undefined || text === '' ? padded : paint(text) + padded.slice(text.length);
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** Narrows the flexible column, and when it is at its least, the widest of the others. */
function narrowed(widths: number[], spec: readonly Column[], room: number): void {
  const flexible = spec.findIndex((column) => column.flexible === true);
  if (flexible === -1) return;
  const excess = (): number => widths.reduce((sum, width) => sum + width, 0) - room;
  const least = Math.min(16, widths[flexible] ?? 0);
  widths[flexible] = Math.max(least, (widths[flexible] ?? 0) - Math.max(0, excess()));
  while (excess() > 0) {
    const widest = widths.indexOf(Math.max(...widths.filter((_width, at) => at !== flexible)));
    const width = widths[widest] ?? 0;
    if (width <= 8) return;
    widths[widest] = Math.max(8, width - excess());
  }
}
