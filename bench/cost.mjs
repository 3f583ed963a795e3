// What the controls cost at run time: the hardened example against the bare one, and against the sample code of
// the requirement. Requests per second, p99, CPU time for each request, memory, and two hostile bodies.
//
//   npm run build && node bench/cost.mjs [--spec FILE] [--seconds N] [--rounds N]
//
// Everything stands in .cache/bench, listens on loopback alone and ends with this program. The sample code is
// read from FILE at run time; without --spec that column is left out.
import { fork } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installed, root } from '../scripts/steps.mjs';
import { bare, base, hardened, prototype } from './targets.mjs';

const { values } = parseArgs({
  options: {
    spec: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
  },
});
const seconds = Math.min(Number(values.seconds) || 3, 10);
const rounds = Math.min(Number(values.rounds) || 3, 10);
const secret = 'Zq7-pX2vN9_kT4mB8wR1sL6yH3cJ5dF0gA';
const environment = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  JWT_SECRET: secret,
  JWT_ACCESS_SECRET: secret,
  JWT_REFRESH_SECRET: `${secret}r`,
  CSRF_SECRET: `${secret}c`,
};
const note = { title: 'Shopping', body: 'milk & bread', pinned: false };
const hostile = {
  nested: `{"title":"x","body":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  markup: JSON.stringify({ title: 'x', body: '<i>'.repeat(3300) }),
};

const autocannon = loadTool();
const targets = [bare('bare', {}), hardened()];
if (values.spec) {
  // Its clean-up assigns req.query, which Express 5 does not have: it is told beside a bare Express 4.
  targets.push(bare('bare4', { express: '^4.22.0' }), prototype(values.spec));
}
const running = [];
process.once('SIGINT', () => process.exit(130));
process.once('exit', stop);
try {
  for (const target of targets) running.push(await start(target));
  // Thrown away: compilers of every target are warm when it counts.
  for (const one of running) await load(one, 'get', { duration: 2 });
  for (const one of running) one.get = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of running) await load(one, 'get', { duration: seconds });
    for (const one of running) await load(one, 'post', { amount: 4000 });
  }
  for (const one of running) one.after = (await ask(one)).rss;
  for (const one of running) {
    for (const kind of Object.keys(hostile)) one[kind] = await attack(one, hostile[kind]);
  }
  print();
} finally {
  stop();
}

function loadTool() {
  const folder = join(base, 'tools');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { autocannon: '8.0.0' } }),
  );
  installed(folder);
  return createRequire(join(folder, 'package.json'))('autocannon');
}

async function start(target) {
  const begun = performance.now();
  const child = fork(join(root, 'bench', 'server.mjs'), [join(target.folder, target.main)], {
    cwd: target.folder,
    env: { ...environment, SECURITY_DATABASE: join(target.folder, 'accounts.sqlite') },
    stdio: ['ignore', 'ignore', openSync(join(base, `${target.name}.log`), 'w'), 'ipc'],
    execArgv: [],
  });
  const one = { ...target, child, get: [], post: [] };
  try {
    const ready = await message(child);
    one.url = `http://127.0.0.1:${ready.port}`;
    one.boot = performance.now() - begun;
    one.idle = ready.rss;
    one.headers = (await target.signIn?.(one.url, ready)) ?? {};
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return one;
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

function ask(one) {
  const answer = message(one.child);
  one.child.send('usage');
  return answer;
}

async function load(one, kind, amount) {
  const before = await ask(one);
  const result = await autocannon({
    url: one.url + (kind === 'get' ? '/api/notes/1' : '/api/notes'),
    method: kind === 'get' ? 'GET' : 'POST',
    headers: { ...one.headers, 'content-type': 'application/json' },
    ...(kind === 'get' ? {} : { body: JSON.stringify(note) }),
    connections: 10,
    // A run by amount ends at the next sample: with one a second its rate would be rounded to whole seconds.
    sampleInt: 50,
    ...amount,
  });
  const after = await ask(one);
  const answers = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0 || answers === 0) {
    throw new Error(`${one.name} ${kind}: ${result.non2xx} refused, ${result.errors} errors`);
  }
  one[kind].push({
    rate: answers / ((result.finish - result.start) / 1000),
    p99: result.latency.p99,
    cpu: (after.cpu - before.cpu) / answers,
  });
}

/** One request after the other, at most 10 of them or 10 s. */
async function attack(one, body) {
  const times = [];
  const begun = performance.now();
  let status = 0;
  await ask(one);
  while (times.length < 10 && performance.now() - begun < 10_000) {
    const sent = performance.now();
    const answer = await fetch(`${one.url}/api/notes`, {
      method: 'POST',
      headers: { ...one.headers, 'content-type': 'application/json' },
      body,
    });
    await answer.arrayBuffer();
    status = answer.status;
    times.push(performance.now() - sent);
  }
  return { ms: median(times), status, blocked: (await ask(one)).blocked };
}

function stop() {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

function print() {
  const mid = (one, kind, what) => median(one[kind].map((each) => each[what]));
  const plain = (one) =>
    running.find(
      ({ name }) =>
        name === (one.name === 'hardened' ? 'bare' : one.name === 'prototype' ? 'bare4' : one.name),
    );
  // Rounds take turns, so each round is a pair of its own: the median of the ratios, not the ratio of medians.
  const kept = (one, kind) =>
    median(one[kind].map(({ rate }, round) => rate / plain(one)[kind][round].rate));
  const more = (one, kind) =>
    median(one[kind].map(({ cpu }, round) => cpu / plain(one)[kind][round].cpu));
  const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  const table = [
    ['', ...running.map(({ name }) => name)],
    ...['get', 'post'].flatMap((kind) => [
      [`${kind} requests/s`, ...running.map((one) => mid(one, kind, 'rate').toFixed(0))],
      [`${kind} keeps`, ...running.map((one) => `${kept(one, kind).toFixed(2)}x`)],
      [`${kind} p99 ms`, ...running.map((one) => mid(one, kind, 'p99').toFixed(0))],
      [`${kind} CPU µs/request`, ...running.map((one) => mid(one, kind, 'cpu').toFixed(0))],
      [`${kind} CPU`, ...running.map((one) => `${more(one, kind).toFixed(2)}x`)],
    ]),
    ...Object.keys(hostile).flatMap((kind) => [
      [`10 kB ${kind}: answer`, ...running.map((one) => String(one[kind].status))],
      [`10 kB ${kind}: ms`, ...running.map((one) => one[kind].ms.toFixed(1))],
      [`10 kB ${kind}: longest block ms`, ...running.map((one) => one[kind].blocked.toFixed(0))],
    ]),
    ['start ms', ...running.map((one) => one.boot.toFixed(0))],
    ['memory idle', ...running.map((one) => mb(one.idle))],
    ['memory after the load', ...running.map((one) => mb(one.after))],
  ];
  const widths = table[0].map((_, at) => Math.max(...table.map((row) => row[at].length)));
  for (const row of table) {
    const cells = row.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[at])));
    console.log(cells.join('  '));
  }
  const what = values.spec ? '; bare4 and prototype run on Express 4' : '';
  console.log(`\n"keeps" and "CPU" against the bare example of the same Express${what}.`);
}
