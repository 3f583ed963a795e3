import { applyEdits, modify } from 'jsonc-parser';
import { gtr, minVersion, validRange } from 'semver';
import type { PackageManager, Project } from './project.ts';
import { addToPython } from './python-packages.ts';
import { jsonOf, lowestOf } from './versions.ts';

/** A package that the project shall declare. */
export interface Wanted {
  name: string;
  range: string;
  dev: boolean;
}

/** The three ends of an edit of a manifest; the same shape as `Edit` of the frameworks. */
export type ManifestEdit =
  | { end: 'edited'; file: string; text: string; why: string }
  | { end: 'there'; file: string; why: string }
  | { end: 'cannot'; file: string; why: string; paste: string };

export interface AddedPackages {
  edits: readonly ManifestEdit[];
  /** What the owner's package manager is asked to do; `undefined` when nothing is missing. */
  install: { argv: readonly string[] } | undefined;
  notes: readonly string[];
}

/** Declares packages in the project's own manifest: lines are added, none is rewritten or lowered. Pure. */
export function addPackages(project: Project, wanted: readonly Wanted[]): AddedPackages {
  if (wanted.length === 0) return { edits: [], install: undefined, notes: [] };
  if (project.language === 'python') return addToPython(project, wanted);
  const text = project.tree.read('package.json') ?? '{\n  "private": true\n}\n';
  const manifest = jsonOf(text) ?? {};
  const notes: string[] = [];
  let edited = text;
  for (const each of wanted) {
    const declared = declaredIn(manifest, each.name);
    if (declared !== undefined) {
      notes.push(...tooOld(each, declared));
      continue;
    }
    edited = added(edited, each.dev ? 'devDependencies' : 'dependencies', each.name, each.range);
  }
  if (edited === text) {
    const there = { end: 'there', file: 'package.json', why: 'every package is declared' } as const;
    return { edits: [there], install: undefined, notes };
  }
  const edit = {
    end: 'edited',
    file: 'package.json',
    text: edited,
    why: 'declares packages',
  } as const;
  return { edits: [edit], install: { argv: installers[project.packageManager] }, notes };
}

/** Adds a script; one with that name stays. */
export function addScript(text: string, name: string, command: string): string {
  const scripts = jsonOf(text)?.scripts as Record<string, unknown> | undefined;
  return scripts?.[name] === undefined ? added(text, 'scripts', name, command) : text;
}

/** No lifecycle script of the project or of a package runs unasked. */
const installers: Record<PackageManager, readonly string[]> = {
  npm: ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
  pnpm: ['pnpm', 'install', '--ignore-scripts', '--no-frozen-lockfile'],
  yarn: ['yarn', 'install'],
  bun: ['bun', 'install', '--ignore-scripts'],
  pip: [],
  uv: [],
  poetry: [],
  pipenv: [],
  go: [],
};

function declaredIn(manifest: Record<string, unknown>, name: string): string | undefined {
  for (const key of ['dependencies', 'devDependencies', 'peerDependencies']) {
    const found = (manifest[key] as Record<string, unknown> | undefined)?.[name];
    if (typeof found === 'string') return found;
  }
  return undefined;
}

/** A declared range that never reaches the wanted one: the owner decides about majors. */
function tooOld({ name, range }: Wanted, declared: string): string[] {
  const least = validRange(range) === null ? undefined : minVersion(range);
  if (!least || validRange(declared) === null || !gtr(least, declared)) return [];
  return [
    `${name} ${declared} is declared; our code is tested with ${range} (lowest declared: ${lowestOf(declared)})`,
  ];
}

/** One new line at its sorted place where the list is sorted, else at its end; style kept. */
function added(text: string, table: string, name: string, value: string): string {
  const before = (jsonOf(text)?.[table] ?? {}) as Record<string, unknown>;
  const names = Object.keys(before);
  const sorted = names.every((each, i) => i === 0 || (names[i - 1] ?? '') <= each);
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const at = sorted ? names.findIndex((each) => each > name) : -1;
  const edits = modify(text, [table, name], value, {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 1 : indent.length,
      eol: text.includes('\r\n') ? '\r\n' : '\n',
    },
    ...(at === -1 ? {} : { getInsertionIndex: () => at }),
  });
  return applyEdits(text, edits);
}
