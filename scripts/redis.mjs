// A Redis of the tests' own: real, on the loopback, gone with the process that started it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './debian.mjs';

let started;

/** Starts redis-server once on a free port of 127.0.0.1, without persistence; sets REDIS_TEST_URL for child processes. */
export function ensureRedis() {
  const { REDIS_TEST_URL: url } = process.env;
  started ??= url ? Promise.resolve({ url }) : start();
  return started;
}

async function start() {
  // The package asks policy-rc.d before it starts its service; in containers the answer is no, and a running
  // one would not disturb: ours has a port and a folder of its own.
  const path = program(['redis-server'], 'redis-server');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'secure-redis-'));
  const options = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    save: '',
    appendonly: 'no',
    daemonize: 'no',
  };
  const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(path, argv, { stdio: 'ignore' });
  const end = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      end();
      process.kill(process.pid, signal);
    });
  }
  child.unref();
  await answers(port, child);
  const url = `redis://127.0.0.1:${port}`;
  process.env.REDIS_TEST_URL = url;
  console.log(`redis: ${path} on ${url}, until this process ends`);
  return { url };
}

/** From 32768 up: below are ports that applications choose for themselves. */
async function freePort() {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 32_768 + Math.floor(Math.random() * 28_000);
    const free = await new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('no free port was found on 127.0.0.1');
}

async function answers(port, child) {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    if (child.exitCode !== null) break;
    if (await pong(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.error(`redis-server does not answer on port ${port}`);
  process.exit(2);
}

function pong(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => done(String(data).startsWith('+PONG')));
    socket.once('error', () => done(false));
    socket.setTimeout(500, () => done(false));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureRedis();
  setInterval(() => {}, 60_000);
}
