import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { boundaryOf } from './disk.ts';
import type { Project } from './project.ts';
import { mountedBy } from './through.ts';

export { selectRoutes } from './select.ts';

/** What the command line points at. Paths are relative to the project root. */
export type Target =
  | { kind: 'project' }
  | {
      kind: 'folder' | 'file';
      path: string;
      /** Files whose routers the file mounts: their routes belong to it. */
      mounts?: readonly string[];
    }
  | { kind: 'glob'; pattern: string }
  | { kind: 'endpoint'; pattern: string }
  /** A glob as a shell expands it. */
  | { kind: 'several'; targets: readonly Target[] };

/** Where the argument leads on the disk, before a project is known. */
export interface Pointed {
  /** Absolute path from which the project is looked for. */
  from: string;
  /** Absolute path of a file or folder; `undefined` for globs and endpoint patterns. */
  at: string | undefined;
  isFile: boolean;
  glob: string | undefined;
  endpoint: string | undefined;
}

const wild = /[*?[\]{}]/;

/**
 * Reads the argument: an existing path, a glob, or an endpoint pattern such as `/api/*` or `GET /api/users`.
 * @throws KnownError for a path that does not exist, cannot be read, or leads out of the repository
 */
export function pointAt(argument: string, cwd: string): Pointed {
  const here = realpathSync(cwd);
  const nothing = { at: undefined, isFile: false, glob: undefined, endpoint: undefined };
  if (/^(?:[A-Z]+ )?\/$|^[A-Z]+ \//.test(argument))
    return { ...nothing, from: here, endpoint: argument };
  const full = path.resolve(here, argument);
  if (existsSync(full)) {
    const at = readable(full, argument);
    refuseOutside(at, argument, here);
    return { ...nothing, from: at, at, isFile: statSync(at).isFile() };
  }
  if (lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new KnownError(
      `${argument} is a link to nothing`,
      'Mend the link, or name another target.',
    );
  if (argument.startsWith('/')) return { ...nothing, from: here, endpoint: argument };
  if (wild.test(argument)) {
    const from = fixedPart(argument, here);
    refuseOutside(from, argument, here);
    return { ...nothing, from, glob: full };
  }
  throw new KnownError(
    `${argument} does not exist`,
    'Give a file, a folder, a glob, or an endpoint pattern that starts with /.',
  );
}

function readable(full: string, argument: string): string {
  try {
    accessSync(
      full,
      statSync(full).isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK,
    );
    return realpathSync(full);
  } catch (error) {
    throw new KnownError(
      `${argument} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      'Give it read permission, or name another target.',
    );
  }
}

/** A relative path or a link that leaves the repository is more likely a slip than a wish. */
function refuseOutside(at: string, argument: string, cwd: string): void {
  if (path.isAbsolute(argument)) return;
  const boundary = realpathSync(boundaryOf(cwd, cwd));
  if (at === boundary || at.startsWith(`${boundary}${path.sep}`)) return;
  throw new KnownError(
    `${argument} is outside of this project: it leads to ${at}`,
    `Run it there: cd ${path.extname(at) === '' ? at : path.dirname(at)} && secure .`,
  );
}

function fixedPart(glob: string, cwd: string): string {
  const parts = glob.split('/');
  const folder = path.resolve(
    cwd,
    parts
      .slice(
        0,
        parts.findIndex((part) => wild.test(part)),
      )
      .join('/') || '.',
  );
  if (existsSync(folder)) return realpathSync(folder);
  throw new KnownError(
    `${glob} matches nothing: ${path.relative(cwd, folder)} does not exist`,
    'Mend the pattern, or name a file or a folder.',
  );
}

/**
 * What several words mean together; one that is left out matters only when all are.
 * @throws KnownError as for one word, and for a word that belongs to another project
 */
export function targetsIn(project: Project, all: readonly Pointed[]): Target {
  const [first] = all;
  if (first !== undefined && all.length === 1) return targetIn(project, first);
  const foreign = all.find(
    ({ at }) => at !== undefined && path.relative(project.root, at).startsWith('..'),
  );
  if (foreign !== undefined) {
    throw new KnownError(
      `${foreign.at} is outside of the project at ${project.root}`,
      'Name targets of one project at a time.',
    );
  }
  const read = all.filter(
    (one) => !one.isFile || project.tree.has(path.relative(project.root, one.at ?? '')),
  );
  const targets = (read.length > 0 ? read : all).map((one) => targetIn(project, one));
  return targets.find(({ kind }) => kind === 'project') ?? { kind: 'several', targets };
}

/**
 * The target relative to the project that was found.
 * @throws KnownError for a file that is left out, and for a glob that fits no file
 */
export function targetIn(project: Project, pointed: Pointed): Target {
  if (pointed.endpoint !== undefined) return { kind: 'endpoint', pattern: pointed.endpoint };
  const relative = (file: string): string =>
    path.relative(project.root, file).split(path.sep).join('/');
  if (pointed.glob !== undefined) return { kind: 'glob', pattern: relative(pointed.glob) };
  const at = relative(pointed.at ?? project.root);
  // A monorepo's root points at all of its one member, and the entry file at all that it serves.
  if (at === '' || at.startsWith('..') || at === project.entry) return { kind: 'project' };
  if (!pointed.isFile) return { kind: 'folder', path: at };
  if (!project.tree.has(at)) {
    throw new KnownError(
      `${at} is left out: ignored by .gitignore, binary, or larger than 1 MB`,
      'Name a source file of the project.',
    );
  }
  if (/^[\w.-]*(?:package\.json|requirements[\w.-]*|pyproject\.toml|go\.mod|Pipfile)$/.test(at))
    return { kind: 'project' };
  return { kind: 'file', path: at, mounts: mountedBy(project, at) };
}
