import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { beforeAll, expect, test } from 'vitest';
import { proxyTo } from '../../javascript/test/between.js';
import { policy } from '../src/security/policy.js';
import type { Policy } from '../src/security/policy-types.js';
import { policyWith, start } from './application.js';
import { makeSession } from './load.js';

const url = redisUrl();
const account = { email: 'ada@example.org', password: 'a long enough phrase' };

/** Each run has a database of its own, because they run side by side. */
function redisUrl(): string {
  const { REDIS_TEST_URL = '', FORM = 'ts', MAJOR = '5' } = process.env;
  if (REDIS_TEST_URL === '') return '';
  const url = new URL(REDIS_TEST_URL);
  url.pathname = `/${['ts', 'esm', 'cjs'].indexOf(FORM) + (MAJOR === '4' ? 4 : 1)}`;
  return url.href;
}

beforeAll(async () => {
  if (url === '')
    return console.warn('REDIS_TEST_URL is not set: what instances share is not tested');
  const client = createClient({ url });
  await client.connect();
  await client.flushDb();
  client.destroy();
});

test.runIf(url !== '')('two instances honour one limit', async () => {
  const limits = {
    method: 'GET',
    path: '/open',
    access: 'public',
    limit: { limit: 6, windowSeconds: 60 },
  };
  const policy = policyWith({ routes: [limits] });
  const [one, two] = [
    await start({ policy }, { REDIS_URL: url }),
    await start({ policy }, { REDIS_URL: url }),
  ];
  await connected();
  const statuses: number[] = [];
  for (let i = 0; i < 10; i += 1)
    statuses.push((await (i % 2 ? one : two).ask('GET', '/open')).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(6);
  await Promise.all([one.stop(), two.stop()]);
});

test.runIf(url !== '')(
  'a session of one instance is known to another, and its end too',
  async () => {
    const parts = { make: makeSession, policy: policyWith({ auth: 'session' }) };
    const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
    const env = { REDIS_URL: url, SECURITY_DATABASE: join(folder, 'security.sqlite') };
    const [one, two] = [await start(parts, env), await start(parts, env)];
    await connected();
    await one.ask('POST', '/auth/register', { json: account });
    const { headers } = await one.ask('POST', '/auth/login', { json: account });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await two.ask('GET', '/auth/me', { headers: { cookie } })).status).toBe(200);
    expect((await two.ask('POST', '/auth/logout', { headers: { cookie } })).status).toBe(204);
    expect((await one.ask('GET', '/auth/me', { headers: { cookie } })).status).toBe(401);
    await Promise.all([one.stop(), two.stop()]);
    rmSync(folder, { recursive: true });
  },
);

test.runIf(url !== '')('another password ends the families of every instance', async () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
  const env = { REDIS_URL: url, SECURITY_DATABASE: join(folder, 'security.sqlite') };
  const [one, two] = [await start({}, env), await start({}, env)];
  await connected();
  const json = { ...account, email: 'eve@example.org' };
  await one.ask('POST', '/auth/register', { json });
  const signIn = async (app: typeof one) => (await app.ask('POST', '/auth/login', { json })).body;
  const [mine, other] = [await signIn(one), await signIn(two)];
  const headers = { authorization: `Bearer ${mine.accessToken}` };
  const body = { currentPassword: account.password, newPassword: 'another long enough one' };
  expect((await one.ask('POST', '/auth/password', { json: body, headers })).status).toBe(204);
  expect((await two.ask('GET', '/auth/me', { headers })).status).toBe(200);
  const theirs = { authorization: `Bearer ${other.accessToken}` };
  expect((await one.ask('GET', '/auth/me', { headers: theirs })).status).toBe(401);
  const refresh = { json: { refreshToken: other.refreshToken } };
  expect((await one.ask('POST', '/auth/refresh', refresh)).status).toBe(401);
  await Promise.all([one.stop(), two.stop()]);
  rmSync(folder, { recursive: true });
});

test.runIf(url !== '')('Redis that goes, hangs and comes back needs no restart', async () => {
  const between = await proxyTo(url);
  const app = await start({}, { REDIS_URL: between.url });
  await connected();
  const open = async (headers = {}) => (await app.ask('GET', '/open', { headers })).status;
  const login = () => app.ask('POST', '/auth/login', { json: account });
  await app.ask('POST', '/auth/register', { json: account });
  const { body } = await login();
  const bearer = { authorization: `Bearer ${body.accessToken}` };
  const mine = async () => (await app.ask('GET', '/items/1', { headers: bearer })).status;
  expect(await mine()).toBe(200);

  for (const trouble of ['gone', 'silent'] as const) {
    between.become(trouble);
    // What was under way when it fell silent is answered when the connection counts as dead.
    expect(await open()).toBe(200);
    expect(await open(bearer)).toBe(200);
    expect((await login()).status).toBe(503);
    const known = await app.ask('GET', '/items/1', { headers: bearer });
    expect([known.status, known.headers.get('retry-after')]).toEqual([503, '5']);
    between.become('there');
    await expect.poll(mine, { timeout: 10_000 }).toBe(200);
    expect((await login()).status).toBe(200);
  }
  await app.stop();
  between.stop();
});

test('Redis that is away at the start closes sign-in and leaves the rest to the policy', async () => {
  const app = await start({}, { REDIS_URL: 'redis://127.0.0.1:9' });
  expect((await app.ask('GET', '/open')).status).toBe(200);
  const closed = await app.ask('POST', '/auth/login', { json: account });
  expect([closed.status, closed.headers.get('retry-after')]).toEqual([503, '5']);
  await app.stop();
  const { basic } = policy.levels;
  if (basic === undefined) throw new Error('the example policy has no such level');
  const levels = { basic: { ...basic, ratelimit: { ...basic.ratelimit, redisDown: 'refuse' } } };
  const strict = await start(
    { policy: policyWith({ levels } as Partial<Policy>) },
    { REDIS_URL: 'redis://127.0.0.1:9' },
  );
  expect((await strict.ask('GET', '/open')).status).toBe(503);
  await strict.stop();
});

function connected(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}
