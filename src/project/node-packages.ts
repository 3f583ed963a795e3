import { applyEdits, type JSONPath, modify } from 'jsonc-parser';
import { gtr, minVersion, validRange } from 'semver';
import type { AddedPackages, Wanted } from './packages.ts';
import type { PackageManager, Project } from './project.ts';
import { at, object } from './toml.ts';
import { jsonOf } from './versions.ts';

const file = 'package.json';

/** Adds to `dependencies` and `devDependencies`; what runs in production moves out of the latter. */
export function addToNode(project: Project, wanted: readonly Wanted[]): AddedPackages {
  const text = project.tree.read(file) ?? '{\n  "private": true\n}\n';
  const notes: string[] = [];
  let edited = text;
  for (const each of wanted) {
    const declared = declaredIn(edited, each.name);
    notes.push(...(declared === undefined ? [] : tooOld(each, declared.range)));
    if (declared === undefined) {
      edited = added(edited, each.dev ? 'devDependencies' : 'dependencies', each.name, each.range);
    } else if (declared.table === 'devDependencies' && !each.dev) {
      edited = changed(edited, ['devDependencies', each.name], undefined);
      edited = added(edited, 'dependencies', each.name, declared.range);
      notes.push(
        `${each.name} moves from devDependencies to dependencies: it runs in production now`,
      );
    }
  }
  if (edited === text) {
    const edits = [{ end: 'there', file, why: 'every package is declared' } as const];
    return { edits, install: undefined, notes };
  }
  const edits = [{ end: 'edited', file, text: edited, why: 'declares packages' } as const];
  return { edits, install: { argv: installOf(project) }, notes };
}

/** The text of package.json with one more script; a script with that name stays as it is. */
export function addScript(text: string, name: string, command: string): string {
  const manifest = jsonOf(text);
  if (manifest === undefined || at(manifest, 'scripts', name) !== undefined) return text;
  return added(text, 'scripts', name, command);
}

type NodeManager = Extract<PackageManager, 'npm' | 'pnpm' | 'yarn' | 'bun'>;

/** No lifecycle script of the project or of a package runs unasked. */
function installOf({ packageManager, packageManagerMajor = 1 }: Project): readonly string[] {
  const argv: Record<NodeManager, readonly string[]> = {
    npm: ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
    pnpm: ['pnpm', 'install', '--ignore-scripts', '--no-frozen-lockfile'],
    yarn:
      packageManagerMajor === 1
        ? ['yarn', 'install', '--ignore-scripts', '--non-interactive']
        : ['yarn', 'install', '--mode=skip-build', '--no-immutable'],
    bun: ['bun', 'install', '--ignore-scripts'],
  };
  return argv[packageManager as NodeManager] ?? argv.npm;
}

const tables = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

function declaredIn(text: string, name: string): { table: string; range: string } | undefined {
  const manifest = jsonOf(text);
  for (const table of tables) {
    const range = at(manifest, table, name);
    if (typeof range === 'string') return { table, range };
  }
  return undefined;
}

/** A declared range that never reaches the wanted one: the owner decides about majors. */
function tooOld({ name, range }: Wanted, declared: string): string[] {
  const least = validRange(range) === null ? undefined : minVersion(range);
  if (!least || validRange(declared) === null || !gtr(least, declared)) return [];
  return [`${name} ${declared} is declared and stays; the added code is tested with ${range}`];
}

/** One new line at its sorted place where the list is sorted, else at its end. */
function added(text: string, table: string, name: string, value: string): string {
  const names = Object.keys(object(jsonOf(text)?.[table]) ?? {});
  const sorted = names.every((each, i) => i === 0 || (names[i - 1] ?? '') <= each);
  const place = sorted && table !== 'scripts' ? names.findIndex((each) => each > name) : -1;
  return changed(text, [table, name], value, place);
}

/** The file's own indentation, line ends, BOM and missing last newline stay. */
function changed(text: string, path: JSONPath, value: string | undefined, place = -1): string {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const bare = text.slice(mark.length);
  const indent = /\n([ \t]+)"/.exec(bare)?.[1] ?? '  ';
  const edits = modify(bare, path, value, {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 1 : indent.length,
      eol: bare.includes('\r\n') ? '\r\n' : '\n',
    },
    ...(place === -1 ? {} : { getInsertionIndex: () => place }),
  });
  return mark + applyEdits(bare, edits);
}
