import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { coerce } from 'semver';
import type { Tree } from '../kernel/tree.ts';
import { textOf } from './disk.ts';
import type { Entry } from './entry.ts';
import { goFacts } from './go.ts';
import { nodeFacts } from './javascript.ts';
import type { FrameworkId, Language, Project } from './project.ts';
import { pythonFacts } from './python.ts';
import { notHardened } from './supported.ts';
import { jsonOf, lockedVersion, lowestOf } from './versions.ts';
import { workersNote } from './workers.ts';

/** A project and how sure it is that it is meant. */
export interface Candidate {
  project: Project;
  entry: Entry;
  /** A manifest names the framework. */
  declared: boolean;
}

export interface Place {
  root: string;
  tree: Tree;
  /** What below the root could not be read. */
  unread: readonly string[];
  /** Lock files and settings of the folders above, up to the repository. */
  above: Tree;
  /** Folder of the lock file when it lies above. */
  lockFolder: string | undefined;
  /** Folder relative to the repository. */
  member: string;
  /** Where the target points, relative to the root. */
  within: string;
}

const languageOf: Record<FrameworkId, Language> = {
  express: 'javascript',
  nestjs: 'javascript',
  fastapi: 'python',
  flask: 'python',
  gin: 'go',
};

/** The applications of one folder: none, one, or one of each framework that has an application there. */
export function describe(place: Place, wanted: FrameworkId | undefined): Candidate[] {
  const all = [...javascript(place, wanted), ...python(place, wanted), ...go(place, wanted)];
  const made = all.filter(({ entry }) => entry.file !== undefined);
  // A manifest that only names a framework gives way to one whose application is there.
  return made.length > 0 ? made : all.slice(0, 1);
}

function speaks(language: Language, wanted: FrameworkId | undefined): boolean {
  return wanted === undefined || languageOf[wanted] === language;
}

function javascript(place: Place, wanted: FrameworkId | undefined): Candidate[] {
  const facts = speaks('javascript', wanted) ? nodeFacts({ ...place, wanted }) : undefined;
  if (facts === undefined) return [];
  const { declared, entry, ...rest } = facts;
  const common = { language: 'javascript' as const, manifest: 'package.json' };
  return [candidate(place, declared, entry, { ...common, ...rest })];
}

function python(place: Place, wanted: FrameworkId | undefined): Candidate[] {
  if (!speaks('python', wanted)) return [];
  return pythonFacts({ ...place, wanted }).map(({ declared, entry, ...rest }) =>
    candidate(place, declared, entry, {
      language: 'python',
      typescript: false,
      modules: undefined,
      ...rest,
    }),
  );
}

function go(place: Place, wanted: FrameworkId | undefined): Candidate[] {
  const facts = speaks('go', wanted) ? goFacts(place.tree, place.within) : undefined;
  if (facts === undefined) return [];
  const rest = {
    language: 'go' as const,
    framework: 'gin' as const,
    manifest: 'go.mod',
    modules: undefined,
    typescript: false,
    packageManager: 'go' as const,
    dependencies: facts.dependencies,
    start: undefined,
    test: undefined,
  };
  return [candidate(place, facts.declared, facts.entry, rest)];
}

type Rest = Omit<
  Project,
  | 'root'
  | 'tree'
  | 'member'
  | 'lockFolder'
  | 'notes'
  | 'entry'
  | 'frameworkVersion'
  | 'frameworkMajor'
>;

function candidate(place: Place, declared: boolean, entry: Entry, rest: Rest): Candidate {
  const { root, tree, member, lockFolder } = place;
  const frameworkVersion = versionOf(place, rest);
  const frameworkMajor =
    frameworkVersion === undefined ? undefined : coerce(frameworkVersion)?.major;
  const bare = {
    root,
    tree,
    member,
    lockFolder,
    ...rest,
    entry: entry.file,
    frameworkVersion,
    frameworkMajor,
  };
  const project = { ...bare, notes: [] };
  const old = notHardened(project);
  const workers = workersNote(tree);
  const notes = [
    ...(declared
      ? []
      : [`${rest.manifest} does not declare ${rest.framework}: found by its imports`]),
    ...(entry.file === undefined
      ? ['no file was found that makes the application: name it to read its middleware in order']
      : []),
    ...(old === undefined ? [] : [old]),
    ...(workers === undefined ? [] : [workers]),
    ...unreadNote(place.unread, rest.language),
  ];
  return { project: { ...project, notes }, entry, declared };
}

const sources: Record<Language, RegExp> = {
  javascript: /\.[cm]?[jt]sx? \(/,
  python: /\.py \(/,
  go: /\.go \(/,
};
/** Served bundles and tests hold no routes. */
const routeless =
  /(?:^|\/)(?:static|assets|public|dist|vendor|tests?|__tests__)\/|\.(?:spec|test|bundle)\./;

function unreadNote(unread: readonly string[], language: Language): string[] {
  const told = unread.filter(
    (one) =>
      !routeless.test(one) &&
      (sources[language].test(one) || /\((?:no permission|a link)/.test(one)),
  );
  if (told.length === 0) return [];
  const more = told.length > 5 ? ` and ${told.length - 5} more` : '';
  return [`not read, so nothing is said of it: ${told.slice(0, 5).join(', ')}${more}`];
}

const packageOf: Record<FrameworkId, string> = {
  express: 'express',
  nestjs: '@nestjs/core',
  fastapi: 'fastapi',
  flask: 'flask',
  gin: 'github.com/gin-gonic/gin',
};

/** From a lock file, from what is installed, else the lowest that the manifest admits. */
function versionOf({ root, tree, above, member }: Place, rest: Rest): string | undefined {
  const name = packageOf[rest.framework];
  const range = rest.dependencies[name];
  const manifest = jsonOf(tree.read('package.json'));
  return (
    lockedVersion(tree, name) ??
    lockedVersion(above, name, member) ??
    installed(root, name, rest.language) ??
    (range === undefined ? undefined : lowestOf(range)) ??
    (manifest?.name === name && typeof manifest.version === 'string' ? manifest.version : undefined)
  );
}

function installed(root: string, name: string, language: Language): string | undefined {
  if (language === 'go') return undefined;
  for (let at = root; ; at = path.dirname(at)) {
    const version =
      language === 'javascript'
        ? jsonOf(textOf(path.join(at, 'node_modules', name, 'package.json')))?.version
        : inSitePackages(at, name);
    if (typeof version === 'string') return version;
    if (existsSync(path.join(at, '.git')) || at === path.dirname(at)) return undefined;
  }
}

function inSitePackages(at: string, name: string): string | undefined {
  for (const venv of ['.venv', 'venv']) {
    const lib = path.join(at, venv, 'lib');
    for (const python of namesIn(lib)) {
      const found = namesIn(path.join(lib, python, 'site-packages'))
        .map((each) => new RegExp(`^${name}-(\\d[\\w.]*)\\.dist-info$`, 'i').exec(each)?.[1])
        .find((version) => version !== undefined);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
