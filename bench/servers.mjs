// Servers of cost.mjs: started on loopback, asked what they have used, ended with this program.
import { fork, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../scripts/steps.mjs';
import { base } from './targets.mjs';

const running = new Set();
process.once('exit', stopAll);

/** `{ url, boot, idle, token, usage() }` of a target; `usage` gives bytes of memory and µs of processor time so far. */
export async function start(target, environment) {
  const begun = performance.now();
  const log = openSync(join(base, `${target.name}.log`), 'w');
  const server = await (target.argv
    ? python(target, environment, log)
    : node(target, environment, log));
  return {
    ...target,
    ...server,
    boot: performance.now() - begun,
    idle: (await server.usage()).rss,
  };
}

export function stopAll() {
  for (const stop of running) stop();
  running.clear();
}

async function node(target, env, log) {
  const child = fork(join(root, 'bench', 'server.mjs'), [join(target.folder, target.main)], {
    cwd: target.folder,
    env,
    stdio: ['ignore', 'ignore', log, 'ipc'],
    execArgv: [],
  });
  running.add(() => child.kill('SIGKILL'));
  const { port, token } = await message(child);
  const usage = () => {
    const answer = message(child);
    child.send('usage');
    return answer;
  };
  return { url: `http://127.0.0.1:${port}`, token, usage };
}

function message(child) {
  return new Promise((resolve, reject) => {
    const gone = (code) => reject(new Error(`a server ended with ${code}: see .cache/bench/*.log`));
    child.once('exit', gone);
    child.once('message', (value) => {
      child.off('exit', gone);
      resolve(value);
    });
  });
}

/** The command of a server with `{port}` in it; its processes are read from /proc, so this needs Linux. */
async function python(target, env, log) {
  const port = await freePort();
  const argv = target.argv.map((word) => word.replace('{port}', String(port)));
  const child = spawn(argv[0], argv.slice(1), {
    cwd: target.folder,
    env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  running.add(() => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  });
  let ended;
  child.once('exit', (code) => {
    ended = code ?? 'a signal';
  });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (ended !== undefined || tries > 600)
      throw new Error(`${target.name} ended with ${ended}: see .cache/bench/${target.name}.log`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url: `http://127.0.0.1:${port}`, usage: async () => usageOf(child.pid) };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(port) {
  try {
    await (await fetch(`http://127.0.0.1:${port}/health`)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Of a process and its children; ticks are hundredths of a second. */
function usageOf(pid) {
  const own = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  const all = { rss: Number(own[21]) * 4096, cpu: (Number(own[11]) + Number(own[12])) * 10_000 };
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  for (const child of children === '' ? [] : children.split(' ')) {
    const more = usageOf(child);
    all.rss += more.rss;
    all.cpu += more.cpu;
  }
  return all;
}
