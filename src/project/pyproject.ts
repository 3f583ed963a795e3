import MagicString from 'magic-string';
import { parseTOML } from 'toml-eslint-parser';
import type { ManifestEdit, Wanted } from './packages.ts';

interface TomlNode {
  type: string;
  range: [number, number];
  key?: { keys: { name?: string; value?: string; type: string }[] };
  value?: TomlNode;
  body?: TomlNode[];
  elements?: TomlNode[];
  resolvedKey?: (string | number)[];
}

/** PEP 621 `project.dependencies`, or Poetry's own table. */
export function inPyproject(file: string, text: string, missing: readonly Wanted[]): ManifestEdit {
  const root = parsed(text);
  if (root === undefined) return cannot(file, 'it is not valid TOML', missing);
  const project = tableAt(root, 'project');
  const list = project?.body?.find((each) => keyOf(each) === 'dependencies')?.value;
  if (list?.type === 'TOMLArray') return edited(file, intoList(text, list, missing));
  const table = tableAt(root, 'tool.poetry.dependencies');
  if (table !== undefined) return edited(file, intoTable(text, table, missing));
  if (project === undefined)
    return cannot(file, 'it has neither [project] nor [tool.poetry.dependencies]', missing);
  const dynamic = project.body?.find((each) => keyOf(each) === 'dynamic')?.value;
  if (dynamic !== undefined && text.slice(...dynamic.range).includes('dependencies'))
    return cannot(
      file,
      'its dependencies are dynamic: add these where they are read from',
      missing,
    );
  return edited(file, behind(text, project, [`dependencies = ${newList(text, missing)}`]));
}

export function inPipfile(file: string, text: string, missing: readonly Wanted[]): ManifestEdit {
  const root = parsed(text);
  const table = root && tableAt(root, 'packages');
  if (table === undefined) return cannot(file, 'it has no [packages]', missing);
  return edited(file, intoTable(text, table, missing));
}

function edited(file: string, text: string): ManifestEdit {
  return { end: 'edited', file, text, why: 'declares packages' };
}

function cannot(file: string, why: string, missing: readonly Wanted[]): ManifestEdit {
  const paste = missing.map(({ name, range }) => `${name}${range}`).join('\n');
  return { end: 'cannot', file, why, paste };
}

/** The byte-order mark is blanked, so that every range still counts from the text's own start. */
function parsed(text: string): TomlNode | undefined {
  try {
    return parseTOML(text.replace(/^\ufeff/, ' ')).body[0] as unknown as TomlNode;
  } catch {
    return undefined;
  }
}

function tableAt(root: TomlNode, name: string): TomlNode | undefined {
  return root.body?.find(
    (each) => each.type === 'TOMLTable' && each.resolvedKey?.join('.') === name,
  );
}

function keyOf(node: TomlNode): string {
  return (node.key?.keys ?? []).map((each) => each.name ?? each.value ?? '').join('.');
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function newList(text: string, missing: readonly Wanted[]): string {
  const newline = newlineOf(text);
  const rows = missing.map(({ name, range }) => `    "${name}${range}",`);
  return ['[', ...rows, ']'].join(newline);
}

/** Behind the last element, in its own line where the list has one a line; comments stay with their element. */
function intoList(text: string, list: TomlNode, missing: readonly Wanted[]): string {
  const result = new MagicString(text);
  const last = list.elements?.at(-1);
  if (last === undefined) return result.update(...list.range, newList(text, missing)).toString();
  const inner = text.slice(...list.range);
  const quote = inner.includes("'") && !inner.includes('"') ? "'" : '"';
  const items = missing.map(({ name, range }) => `${quote}${name}${range}${quote}`);
  const end = last.range[1];
  const comma = /^\s*,/.exec(text.slice(end, list.range[1]))?.[0];
  const rest = text.slice(end, list.range[1]);
  const lineEnd = end + rest.search(/\r?\n|$/);
  if (lineEnd >= list.range[1]) {
    const at = end + (comma?.length ?? 0);
    return result
      .appendRight(at, `${comma === undefined ? ',' : ''} ${items.join(', ')}`)
      .toString();
  }
  const lineStart = text.lastIndexOf('\n', last.range[0]) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '    ';
  if (comma === undefined) result.appendRight(end, ',');
  const rows = items.map((item) => `${newlineOf(text)}${indent}${item}`).join(',');
  return result.appendRight(lineEnd, `${rows}${comma === undefined ? '' : ','}`).toString();
}

/** Rows of a Poetry or Pipenv table. */
function intoTable(text: string, table: TomlNode, missing: readonly Wanted[]): string {
  const rows = missing.map(({ name, range }) => {
    const [, bare = name, extras] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [];
    const key = /^[\w-]+$/.test(bare) ? bare : `"${bare}"`;
    if (extras === undefined) return `${key} = "${range}"`;
    const list = extras.split(',').map((each) => `"${each.trim()}"`);
    return `${key} = { version = "${range}", extras = [${list.join(', ')}] }`;
  });
  return behind(text, table, rows);
}

/** New lines behind the last row of a table and its comment. */
function behind(text: string, table: TomlNode, rows: readonly string[]): string {
  const newline = newlineOf(text);
  const at = table.body?.at(-1)?.range[1] ?? table.range[1];
  const lineEnd = at + text.slice(at).search(/\r?\n|$/);
  const inserted = rows.map((row) => `${newline}${row}`).join('');
  return new MagicString(text).appendRight(lineEnd, inserted).toString();
}
