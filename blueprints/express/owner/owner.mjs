// Your own proof that the policy holds: `npm run test:security` starts the application on a port of its own,
// with secrets of this run, and asks every listed route as a stranger. `owner.json` is printed with policy.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

const { start, routes, auth, unlisted, headers } = JSON.parse(
  readFileSync(new URL('./owner.json', import.meta.url), 'utf8'),
);
const words = process.env.SECURITY_START?.split(' ') ?? start;
const folder = mkdtempSync(path.join(os.tmpdir(), 'security-'));
// An application that names its port itself listens on ours all the same, beside one that runs already.
const hook = path.join(folder, 'port.cjs');
writeFileSync(
  hook,
  `const { Server } = require('node:net');
const { listen } = Server.prototype;
Server.prototype.listen = function (where, ...rest) {
  Server.prototype.listen = listen;
  const port = Number(process.env.PORT);
  if (Number(where) > 0) return listen.call(this, port, ...rest);
  if (Number(where?.port) > 0) return listen.call(this, { ...where, port }, ...rest);
  return listen.call(this, where, ...rest);
};
`,
);
let server;
let base;

before(async () => {
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  const [command, ...rest] = words;
  server = spawn(command, rest, {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      // Limits are far away in tests, and everything else holds.
      NODE_ENV: 'test',
      NODE_TEST_CONTEXT: undefined,
      PORT: String(port),
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(hook)}`.trim(),
      JWT_SECRET: randomBytes(48).toString('base64url'),
      SECURITY_DATABASE: path.join(folder, 'security.sqlite'),
      REDIS_URL: '',
    },
  });
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null)
      throw new Error(`${words.join(' ')} ended with ${server.exitCode}`);
    if (await fetch(base).then(Boolean, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on PORT=${port}: give the start command in SECURITY_START`);
});

after(() => {
  if (server?.pid && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

for (const { method, path: at, access } of routes) {
  const open = access === 'public' || access === 'kept';
  if (open && method !== 'GET') continue;
  test(`${method} ${at} is ${open ? 'served to' : 'refused to'} a stranger`, async () => {
    const answer = await ask(method, sendable(at));
    if (access === 'public') assert.ok(![401, 403].includes(answer.status), `got ${answer.status}`);
    if (!open) assert.equal(answer.status, 401);
    if (headers) assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.doesNotMatch(await answer.text(), /\n\s+at .+:\d+/);
  });
}

test('a path that nobody decided is not served', { skip: unlisted === 'kept' }, async () => {
  assert.equal((await ask('GET', '/no-such-path-of-this-application')).status, 404);
});

test('a forged token is refused', { skip: auth !== 'jwt' }, async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none', typ: 'at+jwt' })}.${part({ sub: '1', roles: ['admin'] })}.`;
  const answer = await ask('GET', '/auth/me', { authorization: `Bearer ${token}` });
  assert.equal(answer.status, 401);
});

function ask(method, at, more = {}) {
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: '{}' };
  const type = body.body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(base + at, { method, redirect: 'manual', headers: { ...type, ...more }, ...body });
}

/** A path with every parameter filled in. */
function sendable(at) {
  return at
    .replace(/[{}]/g, '')
    .replace(/:\w+(?:\([^)]*\))?[?*+]?/g, '1')
    .replace(/\*\w*/g, 'x')
    .replace(/\/{2,}/g, '/');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
