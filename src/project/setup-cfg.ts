import type { ManifestEdit, Wanted } from './packages.ts';

/** New rows of `install_requires` in setup.cfg, with the indentation of those that stand there. */
export function inSetupCfg(file: string, text: string, missing: readonly Wanted[]): ManifestEdit {
  const lines = missing.map(({ name, range }) => `${name}${range}`);
  const rows =
    /^install_requires[ \t]*[=:][ \t]*\r?\n(?:[ \t]+\S[^\n]*\r?\n|[ \t]*\r?\n(?=[ \t]+\S))*[ \t]+\S[^\r\n]*/m.exec(
      text,
    );
  if (rows === null) {
    const why = 'it has no list of install_requires, a package in each line: add these to it';
    return { end: 'cannot', file, why, paste: lines.join('\n') };
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^[ \t]*/.exec(rows[0].split('\n').at(-1) ?? '')?.[0] ?? '    ';
  const end = rows.index + rows[0].length;
  const added = lines.map((line) => `${newline}${indent}${line}`).join('');
  const edited = `${text.slice(0, end)}${added}${text.slice(end)}`;
  return { end: 'edited', file, text: edited, why: 'declares packages' };
}
