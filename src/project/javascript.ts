import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { KnownError } from '../kernel/errors.ts';
import type { Tree } from '../kernel/tree.ts';
import type { Entry } from './entry.ts';
import {
  importsOf,
  nodeEntry,
  nodeForeign,
  sourcesOf,
  startedFiles,
  withoutComments,
} from './javascript-entry.ts';
import { reachable } from './paths.ts';
import type { FrameworkId, PackageManager, StartCommand } from './project.ts';
import { nodeStart, nodeTest } from './scripts.ts';
import { jsonOf } from './versions.ts';

/** What a package.json and the sources beside it say. */
export interface NodeFacts {
  framework: FrameworkId;
  /** The manifest names the framework; otherwise only imports do. */
  declared: boolean;
  dependencies: Readonly<Record<string, string>>;
  entry: Entry;
  typescript: boolean;
  modules: 'esm' | 'cjs';
  packageManager: PackageManager;
  packageManagerMajor: number | undefined;
  start: StartCommand | undefined;
  test: StartCommand | undefined;
}

export interface NodeInput {
  tree: Tree;
  /** Lock files of the folders above, for a member of a workspace. */
  above: Tree;
  within: string;
  wanted: FrameworkId | undefined;
}

/**
 * Facts of a Node project; `undefined` when it is none of a known framework.
 * @throws KnownError when package.json is not a JSON object
 */
export function nodeFacts({ tree, above, within, wanted }: NodeInput): NodeFacts | undefined {
  const manifest = manifestOf(tree);
  const dependencies = {
    ...records(manifest?.devDependencies),
    ...records(manifest?.peerDependencies),
    ...records(manifest?.dependencies),
  };
  const declares = declaredIn(dependencies, manifest?.name);
  const framework = wanted ?? declares ?? importedIn(tree);
  if (framework !== 'express' && framework !== 'nestjs') return undefined;
  const declared =
    wanted === undefined ? declares !== undefined : has(wanted, dependencies, manifest?.name);
  if (!declared && wanted !== undefined && importing(tree, packages[framework]).length === 0)
    return undefined;
  const scripts = records(manifest?.scripts);
  const entryFor = (part: string): Entry => nodeEntry(tree, manifest, scripts, framework, part);
  const entry = entryFor(within);
  // A start that serves another application than the target's starts the wrong one.
  const usual = within === '' ? entry : entryFor('');
  const isServed = !usual.sure || usual.file === entry.file;
  const typescript =
    entry.file === undefined ? tree.has('tsconfig.json') : /\.[cm]?tsx?$/.test(entry.file);
  const packageManager = managerOf([tree, above]);
  return {
    framework,
    declared,
    dependencies,
    entry,
    typescript,
    modules: modulesOf(tree, manifest, entry.file),
    packageManager,
    packageManagerMajor: packageManager === 'yarn' ? yarnMajor([tree, above]) : undefined,
    start: nodeStart({
      tree,
      scripts: isServed ? scripts : {},
      launcher: isServed ? launcherOf(tree, manifest, scripts, entry.file) : entry.file,
      typescript,
      manager: packageManager,
      dependencies,
    }),
    test: nodeTest(scripts, packageManager),
  };
}

/** The started file that leads to the application: the application itself may only be exported. */
function launcherOf(
  tree: Tree,
  manifest: Readonly<Record<string, unknown>> | undefined,
  scripts: Readonly<Record<string, string>>,
  entry: string | undefined,
): string | undefined {
  if (entry === undefined) return undefined;
  const leads = (file: string): boolean =>
    file === entry || reachable([file], (each) => importsOf(each, tree)).includes(entry);
  return startedFiles(tree, manifest, scripts).find(leads) ?? entry;
}

function manifestOf(tree: Tree): Record<string, unknown> | undefined {
  const text = tree.read('package.json');
  const manifest = jsonOf(text);
  if (text === undefined || manifest !== undefined) return manifest;
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [first] = errors;
  const line = text.slice(0, first?.offset ?? 0).split('\n').length;
  const what = first === undefined ? 'holds no object' : printParseErrorCode(first.error);
  throw new KnownError(
    `package.json cannot be read: ${what} in line ${line}`,
    `Mend line ${line} of package.json, then run it again.`,
  );
}

export function records(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}

const packages = { express: 'express', nestjs: '@nestjs/core' } as const;

function has(
  id: FrameworkId,
  dependencies: Readonly<Record<string, string>>,
  name: unknown,
): boolean {
  if (id !== 'express' && id !== 'nestjs') return false;
  return packages[id] in dependencies || name === packages[id];
}

/** Nest runs on Express, so Nest goes first. */
function declaredIn(
  dependencies: Readonly<Record<string, string>>,
  name: unknown,
): FrameworkId | undefined {
  return (['nestjs', 'express'] as const).find((id) => has(id, dependencies, name));
}

function importedIn(tree: Tree): FrameworkId | undefined {
  return (['nestjs', 'express'] as const).find((id) => importing(tree, packages[id]).length > 0);
}

/** The project's own sources that import a package; tests and examples are not asked. */
function importing(tree: Tree, name: string): string[] {
  const pattern = new RegExp(`(?:from|require\\()\\s*['"]${name}['"]`);
  return sourcesOf(tree).filter((file) => {
    const text = nodeForeign.test(file) ? '' : (tree.read(file) ?? '');
    return text.includes(name) && pattern.test(withoutComments(text));
  });
}

function modulesOf(
  tree: Tree,
  manifest: Readonly<Record<string, unknown>> | undefined,
  entry: string | undefined,
): 'esm' | 'cjs' {
  const text = entry === undefined ? '' : withoutComments(tree.read(entry) ?? '');
  if (entry !== undefined && /\.m[jt]s$/.test(entry)) return 'esm';
  if (entry !== undefined && /\.c[jt]s$/.test(entry)) return 'cjs';
  if (manifest?.type === 'module') return 'esm';
  if (entry !== undefined && /\.tsx?$/.test(entry)) {
    const config = tree.read('tsconfig.json') ?? '';
    // Sources are written with `import`; what they become is the compiler's business.
    return /^\s*import\b/m.test(text) || !/"module"\s*:\s*"commonjs"/i.test(config) ? 'esm' : 'cjs';
  }
  return /^\s*(?:import\s[^(]|export\s)/m.test(text) && !/\brequire\(/.test(text) ? 'esm' : 'cjs';
}

const lockFiles: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['yarn.lock', 'yarn'],
];

/** What is declared wins over what lies there; the project's own files over those above it. */
function managerOf(trees: readonly Tree[]): PackageManager {
  for (const tree of trees) {
    const field = String(jsonOf(tree.read('package.json'))?.packageManager ?? '');
    const declared = /^(npm|pnpm|yarn|bun)@/.exec(field)?.[1];
    if (declared !== undefined) return declared as PackageManager;
    const locked = lockFiles.find(([file]) => tree.has(file));
    if (locked !== undefined) return locked[1];
  }
  return 'npm';
}

/** Yarn 2 and later write `__metadata` into their lock file. */
function yarnMajor(trees: readonly Tree[]): number {
  for (const tree of trees) {
    const field = String(jsonOf(tree.read('package.json'))?.packageManager ?? '');
    const declared = /^yarn@(\d+)/.exec(field)?.[1];
    if (declared !== undefined) return Number(declared);
    const lock = tree.read('yarn.lock');
    if (lock !== undefined) return /^__metadata:/m.test(lock) ? 4 : 1;
  }
  return 1;
}

/** The scripts of the manifest as they stand in the tree, by name. */
export function manifestScripts(tree: Tree): Readonly<Record<string, string>> {
  return records(jsonOf(tree.read('package.json'))?.scripts);
}
