import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { LiveTable } from '../frameworks/framework.ts';
import { type LiveRow, liveRows } from '../frameworks/reconcile.ts';
import type { FrameworkId } from '../project/project.ts';
import { Secrets } from './evidence.ts';
import { type Ran, run } from './process.ts';
import { testEnvironment, testSecrets } from './secrets.ts';

export interface LiveInput {
  root: string;
  framework: FrameworkId;
  table: LiveTable;
  /** Where the table's script stands. */
  script: string;
  /** Milliseconds until the application is ended. */
  timeout?: number | undefined;
  /** Instead of the variables of the same names that every start has. */
  environment?: Readonly<Record<string, string>> | undefined;
}

/** A number for applications that want to be told one; nothing listens on it. */
const port = '49151';

/**
 * Asks the framework of the application for its own route table, or says why there is none. The application
 * is not changed, serves nobody and is ended.
 */
export async function askLiveTable(
  input: LiveInput,
): Promise<readonly LiveRow[] | { why: string }> {
  const { root, framework, table, script, timeout = 45_000 } = input;
  const directory = await mkdtemp(path.join(os.tmpdir(), 'secure-live-'));
  const known = testSecrets();
  const secrets = new Secrets();
  secrets.add(known.jwt, known.adminPassword, known.adminKey);
  try {
    const before = process.env.NODE_OPTIONS ?? '';
    const options = table.preload ? `${before} --require ${JSON.stringify(script)}` : before;
    const ran = await run(
      table.command.argv.map((word) => word.replace('{script}', script).replace('{port}', port)),
      {
        cwd: path.join(root, table.command.cwd),
        env: {
          ...testEnvironment(known, directory, 'production'),
          ...input.environment,
          PORT: port,
          NODE_OPTIONS: options.trim(),
        },
        timeout,
      },
    );
    const rows = liveRows(framework, ran.stdout);
    if (!('why' in rows)) return rows.map((row) => fromRoot(row, table.command.cwd));
    return { why: secrets.mask(reason(rows.why, ran, timeout)) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** One line: the application's own last words where it ended before it could be asked. */
function reason(why: string, { missing, timedOut, stderr, stdout }: Ran, timeout: number): string {
  if (missing) return 'the program that starts it was not found';
  if (timedOut) return `it gave no route table within ${Math.round(timeout / 1000)} s`;
  const last = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1);
  const said = /printed no table/.test(why) && last ? `${why}: ${last}` : why;
  // A driver may quote its address.
  return (said.split('\n')[0] ?? '').replace(/\/\/[^/@\s]*@/g, '//•••@').slice(0, 240);
}

/** Scripts tell places as they see them from where the application is started. */
function fromRoot(row: LiveRow, cwd: string): LiveRow {
  const moved = ({ file, line }: NonNullable<LiveRow['place']>) => ({
    file: path.posix.normalize(path.posix.join(cwd, file)),
    line,
  });
  const { place, handler } = row;
  return {
    ...row,
    place: place && moved(place),
    handler: handler && { ...handler, place: handler.place && moved(handler.place) },
  };
}
