import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'dist', 'cli.js');
const made: string[] = [];

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line as a user would, without a terminal. */
export function secure(cwd: string, ...argv: string[]): Ran {
  return command(cwd, 'node', cli, ...argv);
}

export function command(cwd: string, name: string, ...argv: string[]): Ran {
  const ran = spawnSync(name, argv, { cwd, encoding: 'utf8', maxBuffer: 1e9 });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

/** A copy of a folder of the repository below the temporary directory; removed by `clean`. */
export function copyOf(folder: string): string {
  const to = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'secure-e2e-')));
  made.push(to);
  cpSync(path.join(root, folder), to, {
    recursive: true,
    filter: (from) => !/(?:node_modules|__pycache__)$/.test(from),
  });
  return to;
}

export function emptyFolder(): string {
  const to = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'secure-e2e-')));
  made.push(to);
  return to;
}

export function clean(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Mode and digest of every file by its name, without installed packages. */
export function bytesOf(folder: string): Record<string, string> {
  const all: Record<string, string> = {};
  const visit = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const file = path.join(at, entry.name);
      if (entry.name === 'node_modules' || entry.name === '.git') continue;
      if (entry.isDirectory()) visit(file);
      else {
        const bytes = entry.isSymbolicLink() ? readlinkSync(file) : readFileSync(file);
        const digest = createHash('sha256').update(bytes).digest('hex');
        const mode = lstatSync(file).mode.toString(8);
        all[path.relative(folder, file)] = `${mode} ${digest}`;
      }
    }
  };
  visit(folder);
  return all;
}
