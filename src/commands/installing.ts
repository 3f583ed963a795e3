import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project/project.ts';

export interface Install {
  argv: readonly string[];
}

/**
 * The package manager's command where it may run. Without a virtual environment pip would write into the
 * system's Python, which undo cannot give back and which other programs use (PEP 668).
 * @param environment the variables of our own process: an activated environment sets VIRTUAL_ENV
 */
export function permitted(
  { root, packageManager, lockFolder }: Project,
  install: Install | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): { install: Install | undefined; notes: readonly string[] } {
  if (install !== undefined && packageManager === 'uv' && locksAbove(root, lockFolder, 'uv.lock')) {
    // What is written there is not the project's, and undo could not give it back.
    const above = path.relative(root, path.join(lockFolder ?? '', 'uv.lock'));
    const line = `packages are not installed, as ${above} belongs to the whole workspace: ${install.argv.join(' ')}`;
    return { install: undefined, notes: [line] };
  }
  if (install === undefined || packageManager !== 'pip') return { install, notes: [] };
  const own = ['.venv', 'venv'].some((name) => existsSync(path.join(root, name, 'bin', 'python3')));
  if (own || environment.VIRTUAL_ENV) return { install, notes: [] };
  const [, , , ...words] = install.argv;
  const quoted = words
    .filter((word) => !['--disable-pip-version-check', '-q'].includes(word))
    .map((word) => (/[<>\s[\]]/.test(word) ? `'${word}'` : word));
  const line = `python3 -m venv .venv && .venv/bin/pip ${quoted.join(' ')}`;
  return {
    install: undefined,
    notes: [`packages are not installed, as there is no virtual environment: ${line}`],
  };
}

/** Whether a manager writes its lock file above the project: no own one is there, and one of a workspace is. */
function locksAbove(root: string, folder: string | undefined, name: string): boolean {
  return (
    folder !== undefined &&
    existsSync(path.join(folder, name)) &&
    !existsSync(path.join(root, name))
  );
}
