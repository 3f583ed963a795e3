import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import type { Candidate } from './described.ts';
import type { FrameworkId, Project } from './project.ts';
import { search } from './search.ts';
import { refuseUnread } from './supported.ts';
import { type Pointed, pointAt, type Target, targetsIn } from './target.ts';

/**
 * Finds the project that an argument means and says what it is, from its files alone. Several arguments
 * are one target: a glob as the shell expands it.
 * @throws KnownError when nothing is found, several fit, or the version is not supported
 */
export async function detect(
  argument: string | readonly string[],
  options: { cwd: string; framework?: FrameworkId | undefined },
): Promise<{ project: Project; target: Target }> {
  const { cwd, framework } = options;
  const words = typeof argument === 'string' ? [argument] : argument.length > 0 ? argument : ['.'];
  const all = words.map((word) => pointAt(word, cwd));
  return found(words[0] ?? '.', all, cwd, framework);
}

function found(
  argument: string,
  all: readonly Pointed[],
  cwd: string,
  framework: FrameworkId | undefined,
): { project: Project; target: Target } {
  const pointed = all[0]!;
  const from = pointed.isFile ? path.dirname(pointed.from) : pointed.from;
  const fitting = search({ from, at: pointed.at ?? from, cwd, framework, disks: new Map() });
  const [only] = fitting;
  if (only === undefined) throw nothingFound(argument, framework);
  if (fitting.length > 1) throw several(fitting, pointed, argument, cwd);
  refuseUnread(only.project);
  if (only.entry.rivals.length > 0) throw rivals(only, pointed, argument, cwd);
  return { project: only.project, target: targetsIn(only.project, all) };
}

function nothingFound(argument: string, wanted: FrameworkId | undefined): KnownError {
  return new KnownError(
    wanted === undefined
      ? `no Express, NestJS, FastAPI, Flask or Gin application was found at ${argument}`
      : `no ${wanted} application was found at ${argument}`,
    'Run it in the folder that holds package.json, pyproject.toml, requirements.txt or go.mod, or name that folder.',
  );
}

/** The candidates and the command that takes each. */
function several(
  found: readonly Candidate[],
  pointed: Pointed,
  argument: string,
  cwd: string,
): KnownError {
  const roots = new Set(found.map(({ project }) => project.root));
  const rows = found.map(({ project: { root, framework } }) => {
    const folder = path.relative(cwd, root) || '.';
    const option = roots.size < found.length ? ` --framework ${framework}` : '';
    const command =
      pointed.endpoint === undefined || folder === '.'
        ? `secure ${quoted(roots.size === 1 ? argument : folder)}${option}`
        : `cd ${quoted(folder)} && secure ${quoted(argument)}${option}`;
    return { name: `${folder} (${framework})`, command };
  });
  return new KnownError(
    `there are ${found.length} applications: ${rows.map(({ name }) => name).join(', ')}`,
    `Name one: ${rows.map(({ command }) => command).join('  |  ')}`,
  );
}

/** Two files of one project make an application, and nothing says which one is served. */
function rivals(
  { project, entry }: Candidate,
  pointed: Pointed,
  argument: string,
  cwd: string,
): KnownError {
  const all = [entry.file ?? '', ...entry.rivals];
  const files = all.slice(0, 6);
  const commands = files.map(
    (file) => `secure ${quoted(path.relative(cwd, path.join(project.root, file)))}`,
  );
  return new KnownError(
    `${all.length} files make an application with equal right: ${files.join(', ')}${all.length > files.length ? ', …' : ''}`,
    pointed.endpoint === undefined
      ? `Name one: ${commands.join('  |  ')}`
      : `Name the file instead of ${argument}: ${commands.join('  |  ')}`,
  );
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
