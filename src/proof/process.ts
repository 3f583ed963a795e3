import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { accepts, freePort, listeningPorts } from './ports.ts';

export interface SpawnOptions {
  argv: readonly string[];
  cwd: string;
  /**
   * Added to the owner's environment. An empty text stands for "not set": a variable that is really
   * absent would be filled in again from the owner's `.env`.
   */
  env: Readonly<Record<string, string>>;
  /** Milliseconds until a start counts as failed. */
  timeout?: number | undefined;
}

/** An application that accepts connections. */
export interface RunningApp {
  host: string;
  port: number;
  /** Everything that it has written so far, both streams. */
  output: () => string;
  alive: () => boolean;
  stop: () => Promise<void>;
}

export interface Ran {
  /** `undefined` when it was killed or did not start. */
  code: number | undefined;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** The program does not exist. */
  missing: boolean;
  ms: number;
}

const groups = new Set<number>();
const outputCap = 4_000_000;

/**
 * Starts the application as its owner would, in a process group of its own, and waits until it accepts
 * connections on the given port or on one that it chose itself.
 * @throws KnownError with its last lines when it ends, when the port is taken, or when nothing listens in time.
 */
export async function spawnApp(options: SpawnOptions): Promise<RunningApp> {
  const port = await freePort();
  const argv = options.argv.map((part) => part.replaceAll('{port}', String(port)));
  const child = start(argv, options.cwd, { ...portVariables(port), ...options.env });
  const output = capture(child);
  const deadline = Date.now() + (options.timeout ?? 30_000);
  const ended = { code: undefined as number | string | undefined };
  child.once('error', (error) => {
    ended.code = error.message;
  });
  child.once('exit', (code, signal) => {
    ended.code = code ?? signal ?? 'killed';
  });
  const app = (host: string, at: number): RunningApp => ({
    host,
    port: at,
    output,
    alive: () => ended.code === undefined,
    stop: () => stop(child, () => ended.code === undefined),
  });
  for (let wait = 20; ; wait = Math.min(wait * 1.3, 150)) {
    if (ended.code !== undefined) throw didNotStart(argv, ended.code, output());
    const at = await whereItListens(port, child.pid ?? 0);
    if (at !== undefined) return app(at.host, at.port);
    if (Date.now() > deadline) {
      await stop(child, () => ended.code === undefined);
      throw new KnownError(
        `${argv.join(' ')} listens on no port after ${Math.round((options.timeout ?? 30_000) / 1000)} s${lastLines(output())}`,
        'Give the command that starts it with --start, or the address of a running one with --url.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Runs a command to its end: package managers, the project's own tests, scanners. It never throws. */
export function run(
  argv: readonly string[],
  options: {
    cwd: string;
    env?: Readonly<Record<string, string>>;
    timeout?: number;
    input?: string;
  },
): Promise<Ran> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const child = start(argv, options.cwd, options.env ?? {}, options.input !== undefined);
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8');
      child[stream]?.on('data', (data: string) => {
        if (texts[stream].length < outputCap) texts[stream] += data;
      });
    }
    const state = { timedOut: false };
    const timer = setTimeout(() => {
      state.timedOut = true;
      killGroup(child.pid, 'SIGKILL');
    }, options.timeout ?? 300_000);
    const end = (code: number | null, missing: boolean): void => {
      clearTimeout(timer);
      if (child.pid !== undefined) groups.delete(child.pid);
      resolve({
        ...texts,
        ...state,
        code: code ?? undefined,
        missing,
        ms: performance.now() - begun,
      });
    };
    child.once('error', (error: NodeJS.ErrnoException) => end(null, error.code === 'ENOENT'));
    child.once('close', (code) => end(code, false));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

function start(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  stdin = false,
): ChildProcess {
  const [command, ...rest] = argv;
  const own = foldersAbove(cwd).flatMap((folder) =>
    ['node_modules/.bin', '.venv/bin', 'venv/bin', 'env/bin'].map((bin) => path.join(folder, bin)),
  );
  onExit();
  const child = spawn(command ?? '', rest, {
    cwd,
    env: { ...process.env, ...env, PATH: [...own, process.env.PATH ?? ''].join(path.delimiter) },
    detached: true,
    stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) groups.add(child.pid);
  return child;
}

/** The start may stand in `src` or `backend` while what is installed stands in the project's root. */
function foldersAbove(folder: string, depth = 0): string[] {
  const above = path.dirname(folder);
  if (depth > 2 || above === folder || existsSync(path.join(folder, '.git'))) return [folder];
  return [folder, ...foldersAbove(above, depth + 1)];
}

/** Servers read their port from different places. */
function portVariables(port: number): Record<string, string> {
  return {
    PORT: String(port),
    UVICORN_PORT: String(port),
    FLASK_RUN_PORT: String(port),
    // One process: state in memory is not shared by several.
    GUNICORN_CMD_ARGS: `--bind=127.0.0.1:${port} --workers=1`,
    WEB_CONCURRENCY: '1',
  };
}

async function whereItListens(
  port: number,
  group: number,
): Promise<{ host: string; port: number } | undefined> {
  const chosen = listeningPorts(group);
  for (const candidate of chosen.includes(port) ? [port] : [port, ...chosen]) {
    for (const host of ['127.0.0.1', '::1']) {
      if (await accepts(host, candidate)) return { host, port: candidate };
    }
  }
  return undefined;
}

function capture(child: ChildProcess): () => string {
  const parts: string[] = [];
  let size = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (data: string) => {
      size += data.length;
      if (size < outputCap) parts.push(data);
    });
  }
  return () => parts.join('');
}

function didNotStart(argv: readonly string[], code: number | string, output: string): KnownError {
  const taken = /EADDRINUSE|address already in use/i.test(output);
  return new KnownError(
    `${argv.join(' ')} ended before it listened (${code})${errorIn(output)}`,
    taken
      ? 'It listens on a fixed port that is in use: stop the other program, or let it read PORT.'
      : 'Make it start by hand first, or give the command with --start.',
  );
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n').filter(Boolean).slice(-12);
  return lines.length === 0 ? ', it wrote nothing' : `:\n  ${lines.join('\n  ')}`;
}

/** The line that names the error, which a runtime writes above its stack; else the last ones. */
export function errorIn(output: string): string {
  const named = /^\s*(?:Uncaught )?[\w.]*Error\b.*:/;
  const line = output.split('\n').findLast((each) => named.test(each));
  return line === undefined ? lastLines(output) : `: ${line.trim()}`;
}

async function stop(child: ChildProcess, alive: () => boolean): Promise<void> {
  killGroup(child.pid, 'SIGTERM');
  for (let waited = 0; alive() && waited < 600; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // A package manager may end before the server that it started: the group goes in any case.
  killGroup(child.pid, 'SIGKILL');
  if (child.pid !== undefined) groups.delete(child.pid);
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

let watching = false;

/** No application outlives us, Ctrl-C included. */
function onExit(): void {
  if (watching) return;
  watching = true;
  const all = (): void => {
    for (const group of groups) killGroup(group, 'SIGKILL');
  };
  process.once('exit', all);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      all();
      process.kill(process.pid, signal);
    });
  }
}
