// What the controls cost at run time: the hardened example against the bare one, and against the sample code of
// the requirement. Requests per second, p99, CPU time for each request, memory, and two hostile bodies.
//
//   npm run build && node bench/cost.mjs [--framework express|fastapi|flask] [--spec FILE] [--seconds N] [--rounds N]
//
// Everything stands in .cache/bench, listens on loopback alone and ends with this program. The sample code is
// read from FILE at run time; without --spec that column is left out, and it is of Express alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installed } from '../scripts/steps.mjs';
import { start, stopAll } from './servers.mjs';
import { bare, base, hardened, prototype, pythonPair } from './targets.mjs';

const { values } = parseArgs({
  options: {
    framework: { type: 'string', default: 'express' },
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
  APP_ENV: 'production',
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
const running = [];
process.once('SIGINT', () => process.exit(130));
try {
  for (const target of await targetsOf(values.framework)) running.push(await started(target));
  // Thrown away: compilers of every target are warm when it counts.
  for (const one of running) await load(one, 'get', { duration: 2 });
  for (const one of running) one.get = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of running) await load(one, 'get', { duration: seconds });
    for (const one of running) await load(one, 'post', { amount: 4000 });
    for (const one of running) if (one.signIn) await load(one, 'refused', { duration: seconds });
  }
  for (const one of running) one.after = (await one.usage()).rss;
  for (const one of running) {
    for (const kind of Object.keys(hostile)) one[kind] = await attack(one, hostile[kind]);
  }
  print();
} finally {
  stopAll();
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

async function targetsOf(framework) {
  if (framework !== 'express') return await pythonPair(framework);
  if (!values.spec) return [bare('bare', {}), hardened()];
  // Its clean-up assigns req.query, which Express 5 does not have: it is told beside a bare Express 4.
  const old = bare('bare4', { express: '^4.22.0' });
  return [bare('bare', {}), hardened(), old, prototype(values.spec)];
}

async function started(target) {
  const database = join(target.folder, 'accounts.sqlite');
  const one = await start(target, { ...environment, SECURITY_DATABASE: database });
  const headers = (await target.signIn?.(one.url, one)) ?? {};
  return { ...one, headers, get: [], post: [], refused: [] };
}

async function load(one, kind, amount) {
  const before = await one.usage();
  const isPost = kind === 'post';
  const result = await autocannon({
    url: one.url + (isPost ? (one.list ?? '/api/notes') : '/api/notes/1'),
    method: isPost ? 'POST' : 'GET',
    headers: {
      ...(kind === 'refused' ? {} : one.headers),
      ...(isPost ? { 'content-type': 'application/json' } : {}),
    },
    ...(isPost ? { body: JSON.stringify(note) } : {}),
    connections: 10,
    // A run by amount ends at the next sample: with one a second its rate would be rounded to whole seconds.
    sampleInt: 50,
    ...amount,
  });
  const after = await one.usage();
  const wanted = kind === 'refused' ? '401' : '20x';
  const answers = Object.entries(result.statusCodeStats)
    .filter(([code]) => (kind === 'refused' ? code === '401' : code.startsWith('2')))
    .reduce((sum, [, { count }]) => sum + count, 0);
  if (result['2xx'] + result.non2xx > answers || result.errors > 0 || answers === 0) {
    const told = JSON.stringify(result.statusCodeStats);
    throw new Error(`${one.name} ${kind}: ${told} instead of ${wanted}, ${result.errors} errors`);
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
  await one.usage();
  while (times.length < 10 && performance.now() - begun < 10_000) {
    const sent = performance.now();
    const answer = await fetch(`${one.url}${one.list ?? '/api/notes'}`, {
      method: 'POST',
      headers: { ...one.headers, 'content-type': 'application/json' },
      body,
    });
    await answer.arrayBuffer();
    status = answer.status;
    times.push(performance.now() - sent);
  }
  return { ms: median(times), status, blocked: (await one.usage()).blocked };
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
  // A refusal is set against the same request as the bare example answers it.
  const beside = (one, kind) => plain(one)[kind === 'refused' ? 'get' : kind];
  const kept = (one, kind) =>
    median(one[kind].map(({ rate }, round) => rate / beside(one, kind)[round].rate));
  const more = (one, kind) =>
    median(one[kind].map(({ cpu }, round) => cpu / beside(one, kind)[round].cpu));
  const row = (kind, what, text) => [
    `${kind} ${what}`,
    ...running.map((one) => (one[kind].length === 0 ? '' : text(one))),
  ];
  const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  const table = [
    ['', ...running.map(({ name }) => name)],
    ...['get', 'post', 'refused'].flatMap((kind) => [
      row(kind, 'requests/s', (one) => mid(one, kind, 'rate').toFixed(0)),
      row(kind, 'keeps', (one) => `${kept(one, kind).toFixed(2)}x`),
      row(kind, 'p99 ms', (one) => mid(one, kind, 'p99').toFixed(0)),
      row(kind, 'CPU µs/request', (one) => mid(one, kind, 'cpu').toFixed(0)),
      row(kind, 'CPU', (one) => `${more(one, kind).toFixed(2)}x`),
    ]),
    ...Object.keys(hostile).flatMap((kind) => [
      [`10 kB ${kind}: answer`, ...running.map((one) => String(one[kind].status))],
      [`10 kB ${kind}: ms`, ...running.map((one) => one[kind].ms.toFixed(1))],
      [
        `10 kB ${kind}: longest block ms`,
        ...running.map((one) => one[kind].blocked?.toFixed(0) ?? 'not seen'),
      ],
    ]),
    ['start ms', ...running.map((one) => one.boot.toFixed(0))],
    ['memory idle', ...running.map((one) => mb(one.idle))],
    ['memory after the load', ...running.map((one) => mb(one.after))],
  ];
  const widths = table[0].map((_, at) => Math.max(...table.map((line) => line[at].length)));
  for (const line of table) {
    const cells = line.map((cell, at) =>
      at ? cell.padStart(widths[at]) : cell.padEnd(widths[at]),
    );
    console.log(cells.join('  '));
  }
  const name = values.framework === 'express' ? 'Express' : values.framework;
  const what = values.spec ? '; bare4 and prototype run on Express 4' : '';
  console.log(`\n"keeps" and "CPU" against the bare example of the same ${name}${what}.`);
}
