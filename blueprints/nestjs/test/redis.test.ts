import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { proxyTo } from '../../javascript/test/between.js';
import { make as session } from '../src/security/auth-session.js';
import { policy } from '../src/security/policy.js';
import type { Policy } from '../src/security/policy-types.js';
import {
  bearer,
  type Options,
  type Pair,
  policyWith,
  post,
  type Started,
  signedIn,
  start,
} from './application.js';

const url = redisUrl();
const account = { email: 'ada@example.org', password: 'orbit lantern mosaic 7' };
const away = 'redis://127.0.0.1:9';
const running: Started[] = [];

/** Each run has a database of its own, because they run side by side. */
function redisUrl(): string {
  const { REDIS_TEST_URL = '', NEST = 'nestjs' } = process.env;
  if (REDIS_TEST_URL === '') return '';
  const url = new URL(REDIS_TEST_URL);
  url.pathname = `/${['nestjs', 'majors/10', 'majors/12'].indexOf(NEST) + 10}`;
  return url.href;
}

beforeAll(() => {
  if (url === '') console.warn('REDIS_TEST_URL is not set: what instances share is not tested');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

/** Applications behind one Redis, and one file of accounts as instances on one machine have it. */
async function instances(count: number, options: Options = {}, redis = url): Promise<Started[]> {
  const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
  const environment = { REDIS_URL: redis, SECURITY_DATABASE: join(folder, 'security.sqlite') };
  const all: Started[] = [];
  for (let made = 0; made < count; made += 1) all.push(await start({ ...options, environment }));
  running.push(...all);
  if (redis !== away) await connected(all);
  rmSync(folder, { recursive: true });
  return all;
}

/** Sign-in is closed until Redis is reached; what the asking was counted for is forgotten. */
async function connected(all: readonly Started[]): Promise<void> {
  for (const { url } of all) {
    const asked = async () => (await post(`${url}/auth/login`, {})).status;
    await expect.poll(asked, { timeout: 10_000, interval: 100 }).not.toBe(503);
  }
  const client = createClient({ url });
  await client.connect();
  await client.flushDb();
  client.destroy();
}

async function pair(count: [Options?]): Promise<[Started, Started]> {
  const [one, two] = await instances(2, ...count);
  if (one === undefined || two === undefined) throw new Error('two instances were asked for');
  return [one, two];
}

test.runIf(url !== '')('two instances honour one limit', async () => {
  const limit = { limit: 6, windowSeconds: 60 };
  const routes = [{ method: 'GET', path: '/open', access: 'public', limit }];
  const [one, two] = await pair([{ policy: policyWith({ routes } as Partial<Policy>) }]);
  const statuses: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    statuses.push((await fetch(`${(i % 2 ? one : two).url}/open`)).status);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(6);
  expect(statuses.filter((status) => status === 429)).toHaveLength(4);
});

test.runIf(url !== '')('a refresh family that ends on one instance ends on the other', async () => {
  const [one, two] = await pair([]);
  const first = await signedIn(one.url, 'family@example.org');
  const refreshed = await post(`${two.url}/auth/refresh`, { refreshToken: first.refreshToken });
  expect(refreshed.status).toBe(200);
  const second = (await refreshed.json()) as Pair;
  const me = (at: Started, token: string) =>
    fetch(`${at.url}/auth/me`, { headers: bearer(token) }).then(({ status }) => status);
  expect(await me(one, second.accessToken)).toBe(200);
  // A spent token was stolen, or the new one was: nobody has the family any more.
  const reuse = await post(`${one.url}/auth/refresh`, { refreshToken: first.refreshToken });
  expect(reuse.status).toBe(401);
  expect(await me(two, second.accessToken)).toBe(401);
  const next = await post(`${two.url}/auth/refresh`, { refreshToken: second.refreshToken });
  expect(next.status).toBe(401);
});

test.runIf(url !== '')(
  'a session of one instance is known to another, and so is its end',
  async () => {
    const [one, two] = await pair([{ make: session, policy: policyWith({ auth: 'session' }) }]);
    await post(`${one.url}/auth/register`, account);
    const { headers } = await post(`${one.url}/auth/login`, account);
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const me = (at: Started) =>
      fetch(`${at.url}/auth/me`, { headers: { cookie } }).then(({ status }) => status);
    expect(await me(two)).toBe(200);
    const mine = { cookie, 'sec-fetch-site': 'same-origin' };
    expect((await post(`${two.url}/auth/logout`, {}, mine)).status).toBe(204);
    expect(await me(one)).toBe(401);
  },
);

test.runIf(url !== '')('Redis that goes, hangs and comes back needs no restart', async () => {
  const between = await proxyTo(url);
  const [app] = await instances(1, {}, between.url);
  if (app === undefined) throw new Error('one instance was asked for');
  const { accessToken } = await signedIn(app.url, account.email);
  const login = async () => (await post(`${app.url}/auth/login`, account)).status;
  const at = async (path: string, headers = {}) =>
    (await fetch(`${app.url}${path}`, { headers })).status;
  const mine = () => at('/items/1', bearer(accessToken));
  expect(await mine()).toBe(200);

  for (const trouble of ['gone', 'silent'] as const) {
    between.become(trouble);
    expect(await at('/open')).toBe(200);
    // A public route stays public for a caller whose token nobody can check now.
    expect(await at('/open', bearer(accessToken))).toBe(200);
    expect(await login()).toBe(503);
    expect(await mine()).toBe(503);
    between.become('there');
    // Each try counts against the general limit.
    await expect.poll(mine, { timeout: 10_000, interval: 300 }).toBe(200);
    expect(await login()).toBe(200);
  }
  between.stop();
});

test('Redis that is away at the start closes sign-in and leaves the rest to the policy', async () => {
  const [app] = await instances(1, {}, away);
  expect((await fetch(`${app?.url}/open`)).status).toBe(200);
  expect((await post(`${app?.url}/auth/login`, account)).status).toBe(503);
  const { basic } = policy.levels;
  if (basic === undefined) throw new Error('the example policy has no such level');
  const levels = { basic: { ...basic, ratelimit: { ...basic.ratelimit, redisDown: 'refuse' } } };
  const [strict] = await instances(1, { policy: policyWith({ levels } as Partial<Policy>) }, away);
  expect((await fetch(`${strict?.url}/open`)).status).toBe(503);
});
