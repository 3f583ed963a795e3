import { coerce, minVersion, validRange } from 'semver';
import { parse as parseYaml } from 'yaml';
import type { Tree } from '../kernel/tree.ts';

/** The exact version that a lock file holds for a package, of whichever package manager. */
export function lockedVersion(tree: Tree, name: string, folder = ''): string | undefined {
  for (const at of folder === '' ? [''] : [folder, '']) {
    for (const [file, find] of Object.entries(locks)) {
      const text = tree.read(at === '' ? file : `${at}/${file}`);
      const version = text === undefined ? undefined : find(text, name);
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const locks: Readonly<Record<string, (text: string, name: string) => string | undefined>> = {
  'package-lock.json': npmLock,
  'npm-shrinkwrap.json': npmLock,
  'yarn.lock': (text, name) =>
    new RegExp(`^"?${quoted(name)}@[^\\n]*:\\n\\s+"?version"?:? "?([^"\\s]+)`, 'm').exec(text)?.[1],
  'pnpm-lock.yaml': (text, name) => {
    const own = new RegExp(`^\\s+'?/?${quoted(name)}[@/](\\d[^:('\\s]*)`, 'm').exec(text)?.[1];
    return own;
  },
  'bun.lock': (text, name) => new RegExp(`"${quoted(name)}@(\\d[^"]*)"`).exec(text)?.[1],
  'poetry.lock': tomlLock,
  'uv.lock': tomlLock,
  'pdm.lock': tomlLock,
  'Pipfile.lock': (text, name) => {
    const found = new RegExp(`"${quoted(name)}":\\s*\\{[^}]*"version":\\s*"==([^"]+)"`, 'i').exec(
      text,
    );
    return found?.[1];
  },
};

function npmLock(text: string, name: string): string | undefined {
  const at = new RegExp(`"(?:node_modules/)?${quoted(name)}":\\s*\\{\\s*"version":\\s*"([^"]+)"`);
  return at.exec(text)?.[1];
}

function tomlLock(text: string, name: string): string | undefined {
  const at = new RegExp(`^name = "${quoted(name)}"\\r?\\nversion = "([^"]+)"`, 'im');
  return at.exec(text)?.[1];
}

/** The lowest version that a range of npm or PEP 440 admits; `undefined` for a URL or a tag. */
export function lowestOf(range: string): string | undefined {
  if (validRange(range) !== null) return minVersion(range)?.version;
  const clause = /(?:==|~=|>=|\^|~)?\s*(\d+(?:\.\d+)*)/.exec(range)?.[1];
  return clause === undefined ? undefined : coerce(clause)?.version;
}

/** Workspace patterns of a root: npm, yarn, bun, pnpm. */
export function workspacesOf(tree: Tree): string[] {
  const manifest = jsonOf(tree.read('package.json'));
  const declared = manifest?.workspaces;
  const listed = Array.isArray(declared)
    ? declared
    : (declared as { packages?: unknown[] })?.packages;
  const pnpm = tree.read('pnpm-workspace.yaml');
  const more =
    pnpm === undefined
      ? []
      : (((parseYaml(pnpm) as { packages?: unknown[] }) ?? {}).packages ?? []);
  return [...(listed ?? []), ...more].filter((one): one is string => typeof one === 'string');
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
