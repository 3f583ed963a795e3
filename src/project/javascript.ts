import { KnownError } from '../kernel/errors.ts';
import type { Tree } from '../kernel/tree.ts';
import type { FrameworkId, PackageManager, StartCommand } from './project.ts';
import { jsonOf } from './versions.ts';

/** What a package.json and the sources beside it say. */
export interface NodeFacts {
  framework: FrameworkId | undefined;
  dependencies: Readonly<Record<string, string>>;
  entry: string | undefined;
  typescript: boolean;
  modules: 'esm' | 'cjs';
  packageManager: PackageManager;
  start: StartCommand | undefined;
  test: StartCommand | undefined;
}

const source = /\.[cm]?[jt]sx?$/;
const foreign =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|examples?|fixtures|dist|build|public|scripts|docs)\/|\.(?:test|spec|d)\.[cm]?[jt]s$|\.config\.[cm]?[jt]s$/;

/** @throws KnownError when package.json is not JSON */
export function nodeFacts(tree: Tree): NodeFacts {
  const text = tree.read('package.json');
  const manifest = jsonOf(text);
  if (text !== undefined && manifest === undefined) {
    throw new KnownError(
      'package.json is not a JSON object',
      'Mend it: `npm pkg get name` says where it breaks.',
    );
  }
  const dependencies = {
    ...records(manifest?.devDependencies),
    ...records(manifest?.peerDependencies),
    ...records(manifest?.dependencies),
  };
  const scripts = records(manifest?.scripts);
  const framework = frameworkOf(dependencies, tree);
  const entry = entryOf(tree, manifest, scripts, framework);
  const typescript = entry === undefined ? tree.has('tsconfig.json') : /\.[cm]?tsx?$/.test(entry);
  const packageManager = managerOf(tree, manifest);
  return {
    framework,
    dependencies,
    entry,
    typescript,
    modules: modulesOf(tree, manifest, entry),
    packageManager,
    start: startOf(scripts, entry, typescript, packageManager),
    test: testOf(scripts, packageManager),
  };
}

function records(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}

function frameworkOf(
  dependencies: Readonly<Record<string, string>>,
  tree: Tree,
): FrameworkId | undefined {
  if ('@nestjs/core' in dependencies) return 'nestjs';
  if ('express' in dependencies) return 'express';
  if (importing(tree, '@nestjs/core').length > 0) return 'nestjs';
  return importing(tree, 'express').length > 0 ? 'express' : undefined;
}

/** Sources that import a package, tests and examples last. */
function importing(tree: Tree, name: string): string[] {
  const pattern = new RegExp(`(?:from|require\\()\\s*['"]${name}['"]`);
  const all = tree
    .paths()
    .filter((file) => source.test(file) && pattern.test(tree.read(file) ?? ''));
  return [
    ...all.filter((file) => !foreign.test(file)),
    ...all.filter((file) => foreign.test(file)),
  ];
}

const makes: Partial<Record<FrameworkId, RegExp>> = {
  express:
    /(?<![\w.])(?:express|e|createExpress)\s*\(\s*\)|express\.default\(\)|require\(['"]express['"]\)\s*\(\)/,
  nestjs: /NestFactory\s*\.\s*create/,
};

/** The file that makes the application: the one that the manifest starts leads to it. */
function entryOf(
  tree: Tree,
  manifest: Record<string, unknown> | undefined,
  scripts: Record<string, string>,
  framework: FrameworkId | undefined,
): string | undefined {
  if (framework === undefined) return undefined;
  const makers = tree
    .paths()
    .filter(
      (file) =>
        source.test(file) &&
        !file.endsWith('.d.ts') &&
        makes[framework]?.test(code(tree.read(file) ?? '')),
    );
  const named = [
    manifest?.main,
    ...['start', 'dev', 'start:dev', 'serve'].map((key) => scripts[key]),
  ]
    .filter((each): each is string => typeof each === 'string')
    .flatMap(filesIn)
    .flatMap((file) => sourcesFor(file, tree));
  const direct = named.find((file) => makers.includes(file));
  if (direct !== undefined) return direct;
  const own = makers.filter((file) => !foreign.test(file));
  const pool = own.length > 0 ? own : makers;
  const reached = named
    .flatMap((file) => importsOf(file, tree))
    .find((file) => pool.includes(file));
  return reached ?? pool.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0] ?? named[0];
}

function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

function rank(file: string): number {
  const depth = file.split('/').length * 10;
  return depth + (/(?:^|\/)(?:app|server|index|main)\.[cm]?[jt]s$/.test(file) ? 0 : 5);
}

/** File names in a script, also those of a package bin: `node -r dotenv/config dist/server.js`. */
function filesIn(command: string): string[] {
  const words = command.split(/[\s;&|=]+/).filter((word) => !word.startsWith('-'));
  return words.filter(
    (word) => source.test(word) || /^\.{0,2}\/?(?:[\w.-]+\/)+[\w.-]+$|^\.$/.test(word),
  );
}

/** A started file as it stands in the sources: `dist/server.js` is `src/server.ts`. */
function sourcesFor(file: string, tree: Tree): string[] {
  const clean = file.replace(/^\.\//, '').replace(/^\.$/, 'index');
  const bare = clean.replace(source, '');
  const stems = [
    bare,
    bare.replace(/^(?:dist|build|out|lib)\/(?:src\/)?/, 'src/'),
    bare.replace(/^(?:dist|build|out)\//, ''),
  ];
  const endings = ['', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '/index.ts', '/index.js'];
  return [clean, ...stems.flatMap((stem) => endings.map((ending) => `${stem}${ending}`))].filter(
    (each) => source.test(each) && tree.has(each),
  );
}

/** Relative imports of a file, two steps far. */
function importsOf(file: string, tree: Tree, depth = 0): string[] {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const text = tree.read(file) ?? '';
  const found = [
    ...text.matchAll(
      /(?:from|require\(|import\(?)\s*['"](\.{1,2}\/[^'"]*|~\/[^'"]*|@\/[^'"]*)['"]/g,
    ),
  ]
    .map((match) => (match[1] ?? '').replace(/^[~@]\//, '/src/'))
    .flatMap((to) => sourcesFor(joined(to.startsWith('/') ? '' : folder, to), tree));
  return depth > 1
    ? found
    : [...found, ...found.flatMap((each) => importsOf(each, tree, depth + 1))];
}

function joined(folder: string, to: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function modulesOf(
  tree: Tree,
  manifest: Record<string, unknown> | undefined,
  entry: string | undefined,
): 'esm' | 'cjs' {
  if (entry !== undefined && /\.m[jt]s$/.test(entry)) return 'esm';
  if (entry !== undefined && /\.c[jt]s$/.test(entry)) return 'cjs';
  if (entry !== undefined && /\.tsx?$/.test(entry)) {
    const config = tree.read('tsconfig.json') ?? '';
    if (manifest?.type === 'module') return 'esm';
    // Sources are written with `import`; what they become is the compiler's business.
    return /^\s*import\b/m.test(tree.read(entry) ?? '') ||
      !/"module"\s*:\s*"commonjs"/i.test(config)
      ? 'esm'
      : 'cjs';
  }
  if (manifest?.type === 'module') return 'esm';
  const text = entry === undefined ? '' : code(tree.read(entry) ?? '');
  return /^\s*(?:import\s[^(]|export\s)/m.test(text) && !/\brequire\(/.test(text) ? 'esm' : 'cjs';
}

function managerOf(tree: Tree, manifest: Record<string, unknown> | undefined): PackageManager {
  const declared = /^(npm|pnpm|yarn|bun)@/.exec(String(manifest?.packageManager ?? ''))?.[1];
  if (declared !== undefined) return declared as PackageManager;
  if (tree.has('pnpm-lock.yaml')) return 'pnpm';
  if (tree.has('bun.lock') || tree.has('bun.lockb')) return 'bun';
  if (tree.has('yarn.lock') && !tree.has('package-lock.json')) return 'yarn';
  return 'npm';
}

function startOf(
  scripts: Record<string, string>,
  entry: string | undefined,
  typescript: boolean,
  manager: PackageManager,
): StartCommand | undefined {
  for (const name of ['start', 'serve', 'dev']) {
    if (scripts[name] === undefined) continue;
    // A script that builds first or starts what nobody has built is the owner's way all the same.
    return {
      argv: [manager, 'run', '--silent', name].filter(
        (word) => manager === 'npm' || word !== '--silent',
      ),
      from: `package.json scripts.${name}`,
      cwd: '',
    };
  }
  if (entry === undefined || typescript) return undefined;
  return { argv: ['node', entry], from: entry, cwd: '' };
}

function testOf(
  scripts: Record<string, string>,
  manager: PackageManager,
): StartCommand | undefined {
  const { test } = scripts;
  if (test === undefined || /no test specified/.test(test)) return undefined;
  return { argv: [manager, 'run', 'test'], from: 'package.json scripts.test', cwd: '' };
}
