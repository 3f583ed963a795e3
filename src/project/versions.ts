import { coerce, minVersion, validRange } from 'semver';
import { parse as parseYaml } from 'yaml';
import type { Tree } from '../kernel/tree.ts';
import { at, strings, tomlOf } from './toml.ts';

/** The exact version that a lock file holds for a package, of whichever package manager. */
export function lockedVersion(tree: Tree, name: string, member = ''): string | undefined {
  for (const [file, find] of Object.entries(locks)) {
    const text = tree.read(file);
    const version = text === undefined ? undefined : find(text, name, member);
    if (version !== undefined) return version;
  }
  return undefined;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

type Find = (text: string, name: string, member: string) => string | undefined;

const locks: Readonly<Record<string, Find>> = {
  'package-lock.json': npmLock,
  'npm-shrinkwrap.json': npmLock,
  'yarn.lock': (text, name) =>
    new RegExp(`^"?${quoted(name)}@[^\\n]*:\\r?\\n\\s+"?version"?:? "?([^"\\s]+)`, 'm').exec(
      text,
    )?.[1],
  'pnpm-lock.yaml': pnpmLock,
  'bun.lock': (text, name) => new RegExp(`"${quoted(name)}@(\\d[^"]*)"`).exec(text)?.[1],
  'uv.lock': tomlLock,
  'poetry.lock': tomlLock,
  'pdm.lock': tomlLock,
  'Pipfile.lock': (text, name) =>
    new RegExp(`"${quoted(name)}":\\s*\\{[^}]*"version":\\s*"==([^"]+)"`, 'i').exec(text)?.[1],
};

/** A member's own copy goes before the one that all share. */
function npmLock(text: string, name: string, member: string): string | undefined {
  const places = [...(member === '' ? [] : [`${member}/node_modules/`]), 'node_modules/', ''];
  for (const place of places) {
    const row = new RegExp(`"${quoted(`${place}${name}`)}":\\s*\\{\\s*"version":\\s*"([^"]+)"`);
    const version = row.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** The row of the member under `importers`, else the only package of that name. */
function pnpmLock(text: string, name: string, member: string): string | undefined {
  const importer = member === '' ? '\\.' : quoted(member);
  const block = new RegExp(`^ {2}'?${importer}'?:\\r?\\n((?:(?: {4}[^\\n]*)?\\r?\\n)+)`, 'm').exec(
    text,
  )?.[1];
  const row = `'?${quoted(name)}'?:\\r?\\n\\s+specifier:[^\\n]*\\n\\s+version: '?(\\d[^('\\s]*)`;
  const own = block === undefined ? undefined : new RegExp(`^\\s+${row}`, 'm').exec(block)?.[1];
  return own ?? new RegExp(`^\\s+'?/?${quoted(name)}[@/](\\d[^:('\\s]*)`, 'm').exec(text)?.[1];
}

function tomlLock(text: string, name: string): string | undefined {
  const row = new RegExp(`^name = "${quoted(name)}"\\r?\\nversion = "([^"]+)"`, 'im');
  return row.exec(text)?.[1];
}

/** The lowest version that a range of npm or PEP 440 admits; `undefined` for a URL or a tag. */
export function lowestOf(range: string): string | undefined {
  if (/^(?:\*|latest|x|)$/.test(range.trim())) return undefined;
  if (validRange(range) !== null) return minVersion(range)?.version;
  const clause = /(?:===?|~=|>=|\^|~|>|^)\s*v?(\d+(?:\.\d+)*)/.exec(range)?.[1];
  return clause === undefined ? undefined : coerce(clause)?.version;
}

/** Workspace patterns of a root: npm, yarn, bun, pnpm, lerna, uv. */
export function workspacesOf(tree: Tree): string[] {
  const declared = jsonOf(tree.read('package.json'))?.workspaces;
  return [
    ...strings(Array.isArray(declared) ? declared : at(declared, 'packages')),
    ...strings(at(yamlOf(tree.read('pnpm-workspace.yaml')), 'packages')),
    ...strings(jsonOf(tree.read('lerna.json'))?.packages),
    ...strings(at(tomlOf(tree.read('pyproject.toml')), 'tool', 'uv', 'workspace', 'members')),
  ].map((pattern) => pattern.replace(/^\.\//, '').replace(/\/$/, ''));
}

function yamlOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : parseYaml(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/** A JSON object, or `undefined` for anything else. */
export function jsonOf(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse((text ?? '').replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
