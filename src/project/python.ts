import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import type { Tree } from '../kernel/tree.ts';
import type { FrameworkId, PackageManager, StartCommand } from './project.ts';

/** What the manifests of a Python project and its sources say. */
export interface PythonFacts {
  framework: FrameworkId | undefined;
  manifest: string;
  dependencies: Readonly<Record<string, string>>;
  entry: string | undefined;
  packageManager: PackageManager;
  start: StartCommand | undefined;
  test: StartCommand | undefined;
}

const foreign =
  /(?:^|\/)(?:tests?|docs?|examples?|migrations|alembic|scripts)\/|(?:^|\/)(?:test_[^/]*|conftest|setup)\.py$/;

export function pythonFacts(tree: Tree): PythonFacts {
  const dependencies = dependenciesOf(tree);
  const framework = frameworkOf(dependencies, tree);
  const packageManager = managerOf(tree);
  const entry = framework === undefined ? undefined : entryOf(tree, framework);
  return {
    framework,
    manifest: manifestOf(tree),
    dependencies,
    entry,
    packageManager,
    start: fromProcfile(tree),
    test: testOf(tree),
  };
}

/** PEP 503: names are compared in lower case with dashes. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The name and the clauses of one requirement (PEP 508). */
export function requirementOf(line: string): { name: string; version: string } | undefined {
  const match = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#)]*)/.exec(line);
  return match === null
    ? undefined
    : { name: normalName(match[1] ?? ''), version: (match[2] ?? '').trim() };
}

function dependenciesOf(tree: Tree): Record<string, string> {
  const all: Record<string, string> = {};
  const add = (line: string): void => {
    const one = requirementOf(line);
    if (one !== undefined) all[one.name] = one.version;
  };
  for (const file of requirementFiles(tree)) {
    for (const line of (tree.read(file) ?? '').split(/\r?\n/)) {
      if (!/^\s*(?:#|-|$)/.test(line) && !line.includes('://')) add(line);
    }
  }
  const toml = tomlOf(tree.read('pyproject.toml'));
  const project = object(toml?.project);
  for (const line of strings(project?.dependencies)) add(line);
  for (const group of Object.values(object(project?.['optional-dependencies']) ?? {}))
    strings(group).forEach(add);
  for (const group of Object.values(object(toml?.['dependency-groups']) ?? {}))
    strings(group).forEach(add);
  const poetry = object(object(toml?.tool)?.poetry);
  const groups = Object.values(object(poetry?.group) ?? {}).map((group) =>
    object(object(group)?.dependencies),
  );
  const pipfile = tomlOf(tree.read('Pipfile'));
  for (const table of [
    object(poetry?.dependencies),
    object(poetry?.['dev-dependencies']),
    ...groups,
    object(pipfile?.packages),
    object(pipfile?.['dev-packages']),
  ]) {
    for (const [name, value] of Object.entries(table ?? {})) {
      const version = typeof value === 'string' ? value : object(value)?.version;
      all[normalName(name)] = typeof version === 'string' ? version.replace(/^\*$/, '') : '';
    }
  }
  for (const file of ['setup.py', 'setup.cfg']) {
    for (const match of (tree.read(file) ?? '').matchAll(
      /['"\n]\s*((?:fastapi|flask)(?:\[[^\]]*\])?\s*(?:[<>=~!]=?[^'"\n,]*)?)\s*['"\n,]/gi,
    ))
      add(match[1] ?? '');
  }
  return all;
}

/** requirements.txt and its kin with what they include by `-r`. */
export function requirementFiles(tree: Tree): string[] {
  const first = tree
    .paths()
    .filter((file) =>
      /^(?:requirements[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.txt)$/.test(file),
    );
  const seen = new Set(first);
  for (const file of seen) {
    for (const match of (tree.read(file) ?? '').matchAll(
      /^\s*(?:-r|--requirement)[ =]?\s*(\S+)/gm,
    )) {
      const folder = file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '';
      const to = `${folder}${match[1]}`.replace(/[^/]+\/\.\.\//g, '').replace(/^\.\//, '');
      if (tree.has(to)) seen.add(to);
    }
  }
  return [...seen];
}

function frameworkOf(
  dependencies: Readonly<Record<string, string>>,
  tree: Tree,
): FrameworkId | undefined {
  const sources = tree.paths().filter((file) => file.endsWith('.py') && !foreign.test(file));
  const uses = (pattern: RegExp): number =>
    sources.filter((file) => pattern.test(tree.read(file) ?? '')).length;
  const fastapi = uses(/^\s*(?:from|import)\s+fastapi\b/m);
  const flask = uses(/^\s*(?:from|import)\s+(?:flask|flask_\w+|apiflask)\b/m);
  if (fastapi + flask > 0) return fastapi >= flask ? 'fastapi' : 'flask';
  if ('fastapi' in dependencies) return 'fastapi';
  return 'flask' in dependencies ? 'flask' : undefined;
}

function entryOf(tree: Tree, framework: FrameworkId): string | undefined {
  const makes = framework === 'fastapi' ? /\bFastAPI\s*\(/ : /\b(?:Flask|APIFlask)\s*\(/;
  const all = tree
    .paths()
    .filter((file) => file.endsWith('.py') && makes.test(tree.read(file) ?? ''));
  const own = all.filter((file) => !foreign.test(file));
  const rank = (file: string): number =>
    file.split('/').length * 10 +
    (/(?:^|\/)(?:main|app|__init__|wsgi|asgi|server|api)\.py$/.test(file) ? 0 : 5);
  return (own.length > 0 ? own : all).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
}

function manifestOf(tree: Tree): string {
  const first = requirementFiles(tree).find((file) => file === 'requirements.txt');
  const toml = tree.read('pyproject.toml') ?? '';
  if (
    /^\[project\]|^\[tool\.poetry\.dependencies\]/m.test(toml) &&
    /^dependencies\s*=|\[tool\.poetry\.dependencies\]/m.test(toml)
  )
    return 'pyproject.toml';
  if (first !== undefined) return first;
  if (tree.has('Pipfile')) return 'Pipfile';
  return (
    requirementFiles(tree)[0] ??
    (tree.has('pyproject.toml')
      ? 'pyproject.toml'
      : tree.has('setup.py')
        ? 'setup.py'
        : 'requirements.txt')
  );
}

function managerOf(tree: Tree): PackageManager {
  if (tree.has('uv.lock')) return 'uv';
  const toml = tree.read('pyproject.toml') ?? '';
  if (tree.has('poetry.lock') || /^\[tool\.poetry\]/m.test(toml)) return 'poetry';
  if (tree.has('Pipfile')) return 'pipenv';
  return 'pip';
}

/** `web: gunicorn app:app`: words only, because no shell runs it. */
function fromProcfile(tree: Tree): StartCommand | undefined {
  const line = /^web:\s*(.+)$/m.exec(tree.read('Procfile') ?? '')?.[1];
  if (line === undefined || /[|&;<>`]|\$\((?!\))/.test(line)) return undefined;
  const argv = line
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/\$\{?PORT(?::-\d+)?\}?/, '{port}'));
  return { argv, from: 'Procfile', cwd: '' };
}

function testOf(tree: Tree): StartCommand | undefined {
  const tests = tree
    .paths()
    .some((file) => /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.py$/.test(file));
  return tests ? { argv: ['python', '-m', 'pytest', '-q'], from: 'tests', cwd: '' } : undefined;
}

function tomlOf(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    return object(getStaticTOMLValue(parseTOML(text)));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
