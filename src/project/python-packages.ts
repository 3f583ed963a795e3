import MagicString from 'magic-string';
import { parseTOML } from 'toml-eslint-parser';
import type { AddedPackages, ManifestEdit, Wanted } from './packages.ts';
import type { PackageManager, Project } from './project.ts';
import { normalName, requirementOf } from './python-manifests.ts';

/** Declares packages in requirements.txt, pyproject.toml or Pipfile, in the style of what stands there. Pure. */
export function addToPython(project: Project, wanted: readonly Wanted[]): AddedPackages {
  const missing = wanted.filter(
    ({ name }) => project.dependencies[normalName(name.replace(/\[.*\]$/, ''))] === undefined,
  );
  const file = project.manifest;
  if (missing.length === 0) {
    return {
      edits: [{ end: 'there', file, why: 'every package is declared' }],
      install: undefined,
      notes: [],
    };
  }
  const edit = editOf(file, project.tree.read(file), missing);
  const install = edit.end === 'edited' ? installOf(project.packageManager, file) : undefined;
  return { edits: [edit], install, notes: [] };
}

function editOf(file: string, text: string | undefined, missing: readonly Wanted[]): ManifestEdit {
  const lines = missing.map(({ name, range }) => `${name}${range}`);
  const cannot = (why: string): ManifestEdit => ({
    end: 'cannot',
    file,
    why,
    paste: lines.join('\n'),
  });
  if (file.endsWith('.toml')) return inToml(file, text ?? '', missing, cannot);
  if (file === 'Pipfile') return inPipfile(file, text ?? '', missing, cannot);
  if (!/\.(?:txt|in)$/.test(file)) return cannot('packages are declared by a program there');
  if (/--hash[= ]/.test(text ?? '')) {
    return cannot('its lines carry hashes: compile it again with these packages');
  }
  return { end: 'edited', file, text: appended(text ?? '', lines), why: 'declares packages' };
}

/** New lines at their sorted place where the list is sorted, else at the end; CRLF and a missing last newline kept. */
function appended(text: string, added: readonly string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (text === '') return `${added.join(newline)}${newline}`;
  const ends = /\r?\n$/.test(text);
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const nameOf = (line: string): string => requirementOf(line)?.name ?? '';
  const named = lines.filter((line) => /^[A-Za-z0-9]/.test(line)).map(nameOf);
  const sorted =
    named.length > 1 && named.every((each, i) => i === 0 || (named[i - 1] ?? '') <= each);
  for (const line of added) {
    const at = sorted
      ? lines.findIndex((each) => /^[A-Za-z0-9]/.test(each) && nameOf(each) > nameOf(line))
      : -1;
    if (at === -1) lines.push(line);
    else lines.splice(at, 0, line);
  }
  return lines.join(newline) + (ends ? newline : '');
}

type Cannot = (why: string) => ManifestEdit;

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
function inToml(
  file: string,
  text: string,
  missing: readonly Wanted[],
  cannot: Cannot,
): ManifestEdit {
  const root = parsed(text);
  if (root === undefined) return cannot('it is not valid TOML');
  const list = valueAt(root, 'project', 'dependencies');
  if (list?.type === 'TOMLArray') return intoList(file, text, list, missing);
  const table = tableAt(root, 'tool.poetry.dependencies');
  if (table !== undefined) return intoTable(file, text, table, missing);
  return cannot('it declares no dependencies under [project] or [tool.poetry.dependencies]');
}

function parsed(text: string): TomlNode | undefined {
  try {
    return parseTOML(text).body[0] as unknown as TomlNode;
  } catch {
    return undefined;
  }
}

function valueAt(root: TomlNode, table: string, key: string): TomlNode | undefined {
  return tableAt(root, table)?.body?.find((each) => keyOf(each) === key)?.value;
}

function tableAt(root: TomlNode, name: string): TomlNode | undefined {
  return root.body?.find(
    (each) => each.type === 'TOMLTable' && each.resolvedKey?.join('.') === name,
  );
}

function keyOf(node: TomlNode): string {
  return (node.key?.keys ?? []).map((each) => each.name ?? each.value ?? '').join('.');
}

function intoList(
  file: string,
  text: string,
  list: TomlNode,
  missing: readonly Wanted[],
): ManifestEdit {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const edited = new MagicString(text);
  const last = list.elements?.at(-1);
  const quote = text.slice(list.range[0], list.range[1]).includes("'") ? "'" : '"';
  const items = missing.map(({ name, range }) => `${quote}${name}${range}${quote}`);
  const lines = text.slice(list.range[0], list.range[1]).includes('\n');
  if (last === undefined) {
    const inner = items.map((item) => `    ${item},`).join(newline);
    edited.update(list.range[0], list.range[1], `[${newline}${inner}${newline}]`);
  } else if (lines) {
    const lineStart = text.lastIndexOf('\n', last.range[0]) + 1;
    const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '    ';
    const comma = /^\s*,/.exec(text.slice(last.range[1]))?.[0];
    const at = last.range[1] + (comma?.length ?? 0);
    const more = items.map((item) => `${newline}${indent}${item}`).join(',');
    edited.appendRight(
      at,
      `${comma === undefined ? ',' : ''}${more}${comma === undefined ? '' : ','}`,
    );
  } else edited.appendRight(last.range[1], `, ${items.join(', ')}`);
  return { end: 'edited', file, text: edited.toString(), why: 'declares packages' };
}

/** Rows of a Poetry or Pipenv table, behind its last row. */
function intoTable(
  file: string,
  text: string,
  table: TomlNode,
  missing: readonly Wanted[],
): ManifestEdit {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const at = table.body?.at(-1)?.range[1] ?? table.range[1];
  const lineEnd = text.slice(at).search(/\r?\n|$/);
  const rows = missing.map(({ name, range }) => {
    const extras = /^([^[]+)\[([^\]]*)\]$/.exec(name);
    if (extras === null) return `${name} = "${range}"`;
    const list = (extras[2] ?? '').split(',').map((each) => `"${each.trim()}"`);
    return `${extras[1]} = { version = "${range}", extras = [${list.join(', ')}] }`;
  });
  const inserted = rows.map((row) => `${newline}${row}`).join('');
  const edited = new MagicString(text).appendRight(at + lineEnd, inserted).toString();
  return { end: 'edited', file, text: edited, why: 'declares packages' };
}

function inPipfile(
  file: string,
  text: string,
  missing: readonly Wanted[],
  cannot: Cannot,
): ManifestEdit {
  const root = parsed(text);
  const table = root && tableAt(root, 'packages');
  return table === undefined
    ? cannot('it has no [packages]')
    : intoTable(file, text, table, missing);
}

function installOf(manager: PackageManager, file: string): { argv: readonly string[] } {
  if (manager === 'uv') return { argv: ['uv', 'sync'] };
  if (manager === 'poetry') return { argv: ['poetry', 'update', '--lock', '--no-interaction'] };
  if (manager === 'pipenv') return { argv: ['pipenv', 'install'] };
  const from = file.endsWith('.toml') ? ['.'] : ['-r', file];
  return { argv: ['python', '-m', 'pip', 'install', '--disable-pip-version-check', '-q', ...from] };
}
