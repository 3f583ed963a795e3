import type { Tree } from '../kernel/tree.ts';
import { folderOf, joined } from './paths.ts';
import type { PackageManager } from './project.ts';
import { at, object, strings, tomlOf } from './toml.ts';

/** PEP 503: names are compared in lower case with dashes. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The name and the clauses of one requirement (PEP 508). */
export function requirementOf(line: string): { name: string; version: string } | undefined {
  const match = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#)\\]*)/.exec(line);
  if (match === null) return undefined;
  const version = (match[2] ?? '').replace(/\s--hash.*$/, '').trim();
  return { name: normalName(match[1] ?? ''), version: version.startsWith('@') ? '' : version };
}

/** Everything that the manifests of a Python project declare, by normal name; ranges as written. */
export function pythonDependencies(tree: Tree): Record<string, string> {
  const all: Record<string, string> = {};
  const add = (line: string): void => {
    const one = requirementOf(line);
    if (one !== undefined) all[one.name] ??= one.version;
  };
  requirementFiles(tree)
    .flatMap((file) => requirementLines(tree.read(file) ?? ''))
    .forEach(add);
  const toml = tomlOf(tree.read('pyproject.toml'));
  strings(at(toml, 'project', 'dependencies')).forEach(add);
  for (const group of Object.values(object(at(toml, 'project', 'optional-dependencies')) ?? {}))
    strings(group).forEach(add);
  for (const group of Object.values(object(toml?.['dependency-groups']) ?? {}))
    strings(group).forEach(add);
  const poetry = at(toml, 'tool', 'poetry');
  const pipfile = tomlOf(tree.read('Pipfile'));
  const groups = Object.values(object(at(poetry, 'group')) ?? {});
  for (const table of [
    at(poetry, 'dependencies'),
    at(poetry, 'dev-dependencies'),
    ...groups.map((group) => at(group, 'dependencies')),
    pipfile?.packages,
    pipfile?.['dev-packages'],
  ]) {
    for (const [name, value] of Object.entries(object(table) ?? {})) {
      const version = typeof value === 'string' ? value : at(value, 'version');
      all[normalName(name)] ??= typeof version === 'string' ? version.replace(/^\*$/, '') : '';
    }
  }
  setupLines(tree).forEach(add);
  return all;
}

/** Requirement lines of a text; options, comments and addresses left out. */
export function requirementLines(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => !/^\s*(?:#|-|$)/.test(line) && !/^\s*[\w+]+:\/\//.test(line));
}

/** `install_requires` of setup.py and setup.cfg, which are never run. */
function setupLines(tree: Tree): string[] {
  const program = /install_requires\s*=\s*\[([\s\S]*?)\]\s*[,)\n]/.exec(
    tree.read('setup.py') ?? '',
  )?.[1];
  const listed = [...(program ?? '').matchAll(/(['"])((?:(?!\1).)+)\1/g)].map(
    (match) => match[2] ?? '',
  );
  const config = /^install_requires\s*=([^\n]*(?:\n[ \t]+[^\n]*)*)/m.exec(
    tree.read('setup.cfg') ?? '',
  )?.[1];
  return [...listed, ...requirementLines((config ?? '').trim())];
}

const firstFile =
  /^(?:requirements[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.(?:txt|in)|[\w-]*requirements\.txt)$/;

/** requirements.txt and its kin with what they include by `-r` and `-c`, the main one first. */
export function requirementFiles(tree: Tree): string[] {
  const rank = (file: string): number =>
    file === 'requirements.txt' ? 0 : /dev|test|lint|docs/.test(file) ? 2 : 1;
  const first = tree
    .paths()
    .filter((file) => firstFile.test(file))
    .sort((a, b) => rank(a) - rank(b));
  const seen = new Set(first);
  for (const file of seen) {
    const text = tree.read(file) ?? '';
    for (const match of text.matchAll(/^\s*(?:-r|--requirement)[ =]*(\S+)/gm)) {
      const to = joined(folderOf(file), match[1] ?? '');
      if (tree.has(to)) seen.add(to);
    }
  }
  return [...seen];
}

/** The file in which a new package is declared. */
export function pythonManifest(tree: Tree): string {
  const toml = tomlOf(tree.read('pyproject.toml'));
  const declares =
    at(toml, 'project', 'dependencies') !== undefined ||
    at(toml, 'tool', 'poetry', 'dependencies') !== undefined;
  if (declares) return 'pyproject.toml';
  const [first] = requirementFiles(tree);
  if (tree.has('Pipfile') && (first === undefined || tree.has('Pipfile.lock'))) return 'Pipfile';
  if (first !== undefined) return inputOf(first, tree);
  if (
    at(toml, 'project') !== undefined &&
    !strings(at(toml, 'project', 'dynamic')).includes('dependencies')
  )
    return 'pyproject.toml';
  const others = ['setup.py', 'setup.cfg', 'environment.yml', 'environment.yaml'];
  const declaring = others.find((file) =>
    /install_requires|^dependencies:/m.test(tree.read(file) ?? ''),
  );
  return declaring ?? others.find((file) => tree.has(file)) ?? 'requirements.txt';
}

/** pip-compile writes `requirements.txt` from `requirements.in`, with hashes or without: the owner edits the latter. */
function inputOf(file: string, tree: Tree): string {
  const source = file.replace(/\.txt$/, '.in');
  const isCompiled = /autogenerated by (?:pip-compile|uv)|\s--hash[= ]/i.test(
    tree.read(file) ?? '',
  );
  return isCompiled && tree.has(source) ? source : file;
}

/** The command that compiles a requirements file, as its own head says it. */
export function compileCommand(file: string, source: string, text: string): string {
  const own = /^#\s+((?:pip-compile|uv pip compile|python -m piptools compile)\b.*)$/m.exec(
    text,
  )?.[1];
  return (
    own?.trim() ??
    `pip-compile${/\s--hash[= ]/.test(text) ? ' --generate-hashes' : ''} -o ${file} ${source}`
  );
}

export function pythonManager(tree: Tree, above: Tree): PackageManager {
  const toml = tomlOf(tree.read('pyproject.toml'));
  const file = pythonManifest(tree);
  if (file === 'Pipfile') return 'pipenv';
  if (file !== 'pyproject.toml') return 'pip';
  if (tree.has('uv.lock') || at(toml, 'tool', 'uv') !== undefined) return 'uv';
  if (tree.has('pdm.lock') || at(toml, 'tool', 'pdm') !== undefined) return 'pdm';
  const backend = String(at(toml, 'build-system', 'build-backend') ?? '');
  if (
    tree.has('poetry.lock') ||
    at(toml, 'tool', 'poetry') !== undefined ||
    backend.startsWith('poetry')
  )
    return 'poetry';
  if (backend.startsWith('pdm')) return 'pdm';
  return above.has('uv.lock') ? 'uv' : 'pip';
}
