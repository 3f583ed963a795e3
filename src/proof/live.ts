import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { StartCommand } from '../project/project.ts';
import { run } from './process.ts';
import type { Reconciliation } from './prove.ts';
import { testEnvironment, testSecrets } from './secrets.ts';

export interface LiveInput {
  root: string;
  /** The application's start, or the script's own command. */
  command: StartCommand;
  /** Loaded into node before the application; absent where the command is the script itself. */
  preload?: string | undefined;
  reconcile: (output: string) => Reconciliation | undefined;
}

/** Asks the framework of the application for its own route table; the application is not changed and serves nobody. */
export async function askLiveTable(input: LiveInput): Promise<Reconciliation | undefined> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'secure-live-'));
  try {
    const environment = testEnvironment(testSecrets(), directory, 'production');
    const before = process.env.NODE_OPTIONS ?? '';
    const options = input.preload === undefined ? before : `${before} --require ${input.preload}`;
    const ran = await run(input.command.argv, {
      cwd: path.join(input.root, input.command.cwd),
      env: { ...environment, NODE_OPTIONS: options.trim() },
      timeout: 30_000,
    });
    return input.reconcile(ran.stdout);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
