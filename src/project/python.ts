import { KnownError } from '../kernel/errors.ts';
import type { Tree } from '../kernel/tree.ts';
import { startCommands } from './commands.ts';
import type { Entry } from './entry.ts';
import type { FrameworkId, PackageManager, StartCommand } from './project.ts';
import { pythonEntry, pythonForeign } from './python-entry.ts';
import { pythonDependencies, pythonManager, pythonManifest } from './python-manifests.ts';
import { tomlError } from './toml.ts';

/** What the manifests of a Python project and its sources say. */
export interface PythonFacts {
  framework: FrameworkId;
  declared: boolean;
  manifest: string;
  dependencies: Readonly<Record<string, string>>;
  entry: Entry;
  packageManager: PackageManager;
  start: StartCommand | undefined;
  test: StartCommand | undefined;
}

type PythonFramework = 'fastapi' | 'flask';

/** Facts of a Python project; one of each framework that makes an application of its own. */
export function pythonFacts(input: {
  tree: Tree;
  above: Tree;
  within: string;
  wanted: FrameworkId | undefined;
}): PythonFacts[] {
  const { tree, above, within, wanted } = input;
  const dependencies = pythonDependencies(tree);
  const all = (['fastapi', 'flask'] as const).filter((id) => wanted === undefined || wanted === id);
  const seen = all.flatMap((framework) => {
    const uses = importers(tree, framework);
    const declared = declares(framework, dependencies);
    if (uses === 0 && !declared) return [];
    return [{ framework, uses, declared, entry: pythonEntry(tree, framework, within) }];
  });
  if (seen.length > 0) refuseBroken(tree);
  return clearest(seen).map(({ framework, declared, entry }) => ({
    framework,
    declared,
    manifest: pythonManifest(tree),
    dependencies,
    entry,
    packageManager: pythonManager(tree, above),
    start: fromProcfile(tree, dependencies),
    test: testOf(tree, dependencies),
  }));
}

/** @throws KnownError for a manifest that its own tool could not read either */
function refuseBroken(tree: Tree): void {
  for (const file of ['pyproject.toml', 'Pipfile']) {
    const error = tomlError(tree.read(file) ?? '');
    if (error === undefined) continue;
    throw new KnownError(
      `${file} cannot be read: ${error.what} in line ${error.line}`,
      `Mend line ${error.line} of ${file}, then run it again.`,
    );
  }
}

interface Seen {
  framework: PythonFramework;
  uses: number;
  declared: boolean;
  entry: Entry;
}

/** One framework wins where it is started and the other is not, or where most sources use it. */
function clearest(seen: readonly Seen[]): Seen[] {
  const [one, two] = [...seen].sort((a, b) => b.uses - a.uses);
  if (one === undefined || two === undefined) return one === undefined ? [] : [one];
  if (one.entry.file === undefined) return [two.entry.file === undefined ? one : two];
  if (two.entry.file === undefined) return [one];
  if (one.entry.sure !== two.entry.sure) return [one.entry.sure ? one : two];
  return one.uses >= 3 * two.uses ? [one] : [one, two];
}

function declares(
  framework: PythonFramework,
  dependencies: Readonly<Record<string, string>>,
): boolean {
  const names =
    framework === 'fastapi'
      ? ['fastapi', 'fastapi-slim']
      : ['flask', 'apiflask', 'flask-openapi3', 'connexion'];
  return names.some((name) => name in dependencies);
}

const imports: Record<PythonFramework, RegExp> = {
  fastapi: /^\s*(?:from|import)\s+fastapi\b/m,
  flask: /^\s*(?:from|import)\s+(?:flask|flask_\w+|apiflask|connexion)\b/m,
};

/** How many of the project's own modules import a framework. */
function importers(tree: Tree, framework: PythonFramework): number {
  return tree
    .paths()
    .filter(
      (file) =>
        file.endsWith('.py') &&
        !pythonForeign.test(file) &&
        imports[framework].test(tree.read(file) ?? ''),
    ).length;
}

/** `web: gunicorn app:app`, when the project has that server. */
function fromProcfile(
  tree: Tree,
  dependencies: Readonly<Record<string, string>>,
): StartCommand | undefined {
  const found = startCommands(tree).find(({ from }) => from === 'Procfile');
  const [program = ''] = found?.argv ?? [];
  if (found === undefined || !found.plain) return undefined;
  const known = program in dependencies || /^(?:python3?|flask)$/.test(program);
  // What is started to be probed is for this machine alone.
  const argv = found.argv.map((word) => word.replace('0.0.0.0', '127.0.0.1'));
  return known ? { argv, from: 'Procfile', cwd: '' } : undefined;
}

/** pytest where anything says so, else the standard library's own runner. */
function testOf(
  tree: Tree,
  dependencies: Readonly<Record<string, string>>,
): StartCommand | undefined {
  const tests = tree
    .paths()
    .filter((file) => /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.py$/.test(file));
  const [first] = tests;
  if (first === undefined) return undefined;
  const python = (...argv: string[]): StartCommand => ({
    argv: ['python3', '-m', ...argv],
    from: first,
    cwd: testFolder(tree),
  });
  const config = ['pytest.ini', 'conftest.py', 'tests/conftest.py'].some((file) => tree.has(file));
  const usesPytest =
    config ||
    Object.keys(dependencies).some((name) => name.startsWith('pytest')) ||
    /^\[tool\.pytest|^\[tool:pytest\]/m.test(
      `${tree.read('pyproject.toml')}\n${tree.read('setup.cfg')}`,
    ) ||
    tests.some((file) => /^\s*(?:import|from)\s+pytest\b/m.test(tree.read(file) ?? ''));
  const unittest = tests.every((file) => /\bunittest\b/.test(tree.read(file) ?? ''));
  return !usesPytest && unittest
    ? python('unittest', 'discover', '-p', 'test*.py')
    : python('pytest', '-q');
}

/** `cd svc && pytest` of a Makefile: paths in the options of pytest count from there. */
function testFolder(tree: Tree): string {
  const files = ['Makefile', 'makefile', 'justfile', 'Justfile'];
  const text = files.map((file) => tree.read(file) ?? '').join('\n');
  const folder = /^\s+@?cd\s+\.?\/?([\w/-]+?)\/?\s*&&[^\n]*\bpytest\b/m.exec(text)?.[1] ?? '';
  return tree.paths().some((file) => file.startsWith(`${folder}/`)) ? folder : '';
}
