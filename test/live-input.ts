import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Ready } from '../src/commands/compiling.ts';
import { liveOf } from '../src/commands/live.ts';
import type { Options } from '../src/commands/options.ts';
import { survey } from '../src/commands/survey.ts';
import type { Reconciliation } from '../src/frameworks/reconcile.ts';
import { ownEnvironment } from '../src/proof/own-environment.ts';
import { run } from '../src/proof/process.ts';

export const root = path.resolve(import.meta.dirname, '..');
const made: string[] = [];

/** A copy of a folder of the repository, with a link of one of the repository's own beside it. */
export function copyWith(folder: string, link: string, target: string): string {
  const to = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'secure-live-test-')));
  made.push(to);
  const skipped = /\/(?:node_modules|__pycache__|dist)$/;
  cpSync(path.join(root, folder), to, { recursive: true, filter: (from) => !skipped.test(from) });
  symlinkSync(path.join(root, target), path.join(to, link));
  return to;
}

export function removeCopies(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What verify asks behind its probes: with the start that it would choose, or as given. */
export async function liveIn(
  folder: string,
  given: Partial<Ready> = {},
): Promise<Reconciliation | undefined> {
  const seen = await survey(folder, {} as Options, folder);
  const start = seen.framework.boot(seen.project);
  const ready = { start, policyFile: seen.emitted?.place.file, ...given };
  return liveOf(seen, ready, ownEnvironment(seen.bare.tree));
}

/** The built command line. */
export async function secure(folder: string, ...argv: string[]) {
  const cli = path.join(root, 'dist', 'cli.js');
  return run([process.execPath, cli, ...argv], { cwd: folder, env: { NO_COLOR: '1' } });
}
