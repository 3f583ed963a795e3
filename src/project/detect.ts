import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { coerce } from 'semver';
import { KnownError } from '../kernel/errors.ts';
import type { Tree } from '../kernel/tree.ts';
import { diskTree } from './disk.ts';
import { nodeFacts } from './javascript.ts';
import type { FrameworkId, Language, Project } from './project.ts';
import { pythonFacts } from './python.ts';
import { pointAt, type Target, targetIn } from './target.ts';
import { lockedVersion, lowestOf, workspacesOf } from './versions.ts';

const manifests = [
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'Pipfile',
  'setup.py',
  'setup.cfg',
  'go.mod',
];
const packageOf: Record<FrameworkId, string> = {
  express: 'express',
  nestjs: '@nestjs/core',
  fastapi: 'fastapi',
  flask: 'flask',
  gin: 'github.com/gin-gonic/gin',
};
const languageOf: Record<FrameworkId, Language> = {
  express: 'javascript',
  nestjs: 'javascript',
  fastapi: 'python',
  flask: 'python',
  gin: 'go',
};
/** Majors that the readers and blueprints are tested on; FastAPI counts its minors as majors. */
const majors: Record<FrameworkId, { from: number; to: number }> = {
  express: { from: 4, to: 5 },
  nestjs: { from: 7, to: 12 },
  fastapi: { from: 0, to: 0 },
  flask: { from: 0, to: 3 },
  gin: { from: 1, to: 1 },
};

/**
 * Finds the project that an argument means and says what it is, from its files alone.
 * @throws KnownError when nothing is found, several fit, or the version is not supported
 */
export async function detect(
  argument: string,
  options: { cwd: string; framework?: FrameworkId | undefined },
): Promise<{ project: Project; target: Target }> {
  const pointed = pointAt(argument, options.cwd);
  const isFile = pointed.at !== undefined && statSync(pointed.at).isFile();
  const from = isFile ? path.dirname(pointed.from) : pointed.from;
  const candidates = foundAbove(from, options.framework) ?? foundBelow(from, options.framework);
  const [only] = candidates;
  if (only === undefined) throw nothingFound(argument, options.framework);
  if (candidates.length > 1) throw several(candidates, options.cwd);
  refuseOldMajor(only);
  return { project: only, target: targetIn(only.root, pointed, isFile) };
}

/** The nearest folder from here upwards that is a project of a known framework. */
function foundAbove(from: string, framework: FrameworkId | undefined): Project[] | undefined {
  for (let at = from; ; at = path.dirname(at)) {
    if (manifests.some((name) => existsSync(path.join(at, name))) || at === from) {
      const tree = diskTree(at);
      const members = membersOf(at, tree, framework);
      if (members.length > 0) return members;
      const project = projectAt(at, tree, framework, '');
      if (project !== undefined) return [project];
    }
    // Above the repository is somebody else's.
    if (existsSync(path.join(at, '.git')) || at === path.dirname(at)) return undefined;
  }
}

/** Members of a monorepo that hold an application; empty for anything that is no monorepo. */
function membersOf(root: string, tree: Tree, framework: FrameworkId | undefined): Project[] {
  const patterns = workspacesOf(tree);
  if (patterns.length === 0) return [];
  const fits = picomatch(patterns.filter((one) => !one.startsWith('!')));
  const folders = tree
    .paths()
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => path.posix.dirname(file))
    .filter((folder) => fits(folder));
  return folders.flatMap((folder) => {
    const project = projectAt(
      path.join(root, folder),
      diskTree(path.join(root, folder)),
      framework,
      folder,
    );
    return project?.entry === undefined ? [] : [project];
  });
}

/** Folders below that are projects on their own: `backend/`, `services/api/`. */
function foundBelow(from: string, framework: FrameworkId | undefined): Project[] {
  const found: Project[] = [];
  const visit = (folder: string, depth: number): void => {
    if (depth > 3) return;
    for (const name of readdirSync(folder).sort()) {
      const at = path.join(folder, name);
      if (name.startsWith('.') || name === 'node_modules' || !isFolder(at)) continue;
      const has = manifests.some((manifest) => existsSync(path.join(at, manifest)));
      const project = has ? projectAt(at, diskTree(at), framework, '') : undefined;
      if (project === undefined) visit(at, depth + 1);
      else
        found.push({
          ...project,
          notes: [...project.notes, `found in ${path.relative(from, at)}`],
        });
    }
  };
  visit(from, 0);
  return found;
}

function isFolder(at: string): boolean {
  try {
    return statSync(at).isDirectory();
  } catch {
    return false;
  }
}

function projectAt(
  root: string,
  tree: Tree,
  wanted: FrameworkId | undefined,
  member: string,
): Project | undefined {
  const language = wanted === undefined ? undefined : languageOf[wanted];
  const python = language === undefined || language === 'python' ? pythonFacts(tree) : undefined;
  const node = language === undefined || language === 'javascript' ? nodeFacts(tree) : undefined;
  const base = { root, tree, member, notes: [] as string[] };
  if (
    node !== undefined &&
    fits(node.framework, wanted) &&
    (python?.framework === undefined || node.entry !== undefined)
  ) {
    const framework = wanted ?? node.framework!;
    return {
      ...base,
      ...versioned(framework, tree, node.dependencies),
      language: 'javascript',
      ...node,
      framework,
      manifest: 'package.json',
    };
  }
  if (python !== undefined && fits(python.framework, wanted)) {
    const framework = wanted ?? python.framework!;
    return {
      ...base,
      ...versioned(framework, tree, python.dependencies),
      language: 'python',
      ...python,
      framework,
      modules: undefined,
      typescript: false,
    };
  }
  const gin = goFramework(tree, wanted);
  if (gin === undefined) return undefined;
  return {
    ...base,
    ...gin,
    language: 'go',
    framework: 'gin',
    manifest: 'go.mod',
    modules: undefined,
    typescript: false,
    packageManager: 'go',
    start: undefined,
    test: undefined,
  };
}

function fits(found: FrameworkId | undefined, wanted: FrameworkId | undefined): boolean {
  return wanted === undefined
    ? found !== undefined
    : found === wanted || (found !== undefined && wanted === found);
}

function versioned(
  framework: FrameworkId,
  tree: Tree,
  dependencies: Readonly<Record<string, string>>,
) {
  const name = packageOf[framework];
  const range = dependencies[name];
  const frameworkVersion =
    lockedVersion(tree, name) ?? (range === undefined ? undefined : lowestOf(range));
  const frameworkMajor =
    frameworkVersion === undefined ? undefined : coerce(frameworkVersion)?.major;
  return { frameworkVersion, frameworkMajor };
}

function goFramework(tree: Tree, wanted: FrameworkId | undefined) {
  if (wanted !== undefined && wanted !== 'gin') return undefined;
  const sources = tree.paths().filter((file) => file.endsWith('.go') && !file.endsWith('_test.go'));
  const uses = sources.filter((file) =>
    (tree.read(file) ?? '').includes('"github.com/gin-gonic/gin"'),
  );
  if (uses.length === 0) return undefined;
  const version = /github\.com\/gin-gonic\/gin v(\S+)/.exec(tree.read('go.mod') ?? '')?.[1];
  const entry =
    uses.find((file) => /\bgin\.(?:New|Default)\(/.test(tree.read(file) ?? '')) ?? uses[0];
  return {
    entry,
    dependencies: {},
    frameworkVersion: version,
    frameworkMajor: version === undefined ? undefined : coerce(version)?.major,
  };
}

function refuseOldMajor({ framework, frameworkVersion, frameworkMajor }: Project): void {
  const { from, to } = majors[framework];
  if (frameworkMajor === undefined || (frameworkMajor >= from && frameworkMajor <= to)) return;
  throw new KnownError(
    `${framework} ${frameworkVersion} is not supported`,
    `Versions ${from} to ${to} are. Upgrade it first, or wait for a newer slash-secure.`,
  );
}

function nothingFound(argument: string, wanted: FrameworkId | undefined): KnownError {
  return new KnownError(
    wanted === undefined
      ? `no Express, NestJS, FastAPI, Flask or Gin application was found at ${argument}`
      : `no ${wanted} application was found at ${argument}`,
    'Run it in the folder that holds package.json, pyproject.toml, requirements.txt or go.mod, or name that folder.',
  );
}

function several(candidates: readonly Project[], cwd: string): KnownError {
  const rows = candidates.map((one) => path.relative(cwd, one.root) || '.');
  return new KnownError(
    `there are ${candidates.length} applications: ${candidates.map((one, i) => `${rows[i]} (${one.framework})`).join(', ')}`,
    `Name one: secure ${rows[0]}`,
  );
}
