import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Policy } from '../src/security/policy-types.js';
import { policyWith, type Running, start } from './application.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };
const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
let databases = 0;
let addresses = 0;

// The waits of a hundred failures last most of a day.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
afterAll(() => rmSync(folder, { recursive: true }));

/** Hundreds of hashes: their cost is not what is looked at here. */
function cheap(): Policy {
  const { levels, ...policy } = policyWith({});
  const argon2 = { memory: 64, time: 1, parallelism: 1 };
  const all = Object.entries(levels).map(([level, values]) => [
    level,
    { ...values, auth: { ...values.auth, argon2 } },
  ]);
  return { ...policy, levels: Object.fromEntries(all) };
}

async function registered(env: Record<string, string>): Promise<Running> {
  databases += 1;
  const database = { SECURITY_DATABASE: join(folder, `${databases}.sqlite`), TRUST_PROXY: '1' };
  const app = await start({ policy: cheap() }, { ...database, ...env });
  // A connection to Redis takes a moment.
  await new Promise((resolve) => setTimeout(resolve, env.REDIS_URL === undefined ? 0 : 300));
  await post(app, '/auth/register', account);
  return app;
}

/** Each from an address of its own: what is counted is the account. */
function post(app: Running, path: string, json: unknown, more: Record<string, string> = {}) {
  addresses += 1;
  const from = `9.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
  return app.ask('POST', path, { json, headers: { 'x-forwarded-for': from, ...more } });
}

function signIn(app: Running, password = 'not that one', email = account.email) {
  return post(app, '/auth/login', { email, password });
}

async function statuses(app: Running, times: number, email = account.email): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) all.push((await signIn(app, undefined, email)).status);
  return all;
}

function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

const free = Array.from({ length: 10 }, () => 401);
const { REDIS_TEST_URL = '' } = process.env;
const stores = [
  { store: 'the database', env: {} },
  ...(REDIS_TEST_URL === ''
    ? []
    : [{ store: 'Redis', env: { REDIS_URL: `${REDIS_TEST_URL}/${databaseOf(process.env)}` } }]),
];

function databaseOf({ FORM = 'ts', MAJOR = '5' }: NodeJS.ProcessEnv): number {
  return 8 + ['ts', 'esm', 'cjs'].indexOf(FORM) + (MAJOR === '4' ? 3 : 0);
}

describe.each(stores)('counted in $store', ({ env }) => {
  beforeEach(async () => {
    if (!('REDIS_URL' in env)) return;
    const client = createClient({ url: env.REDIS_URL });
    await client.connect();
    await client.flushDb();
    client.destroy();
  });

  test('each failure behind the free ones doubles the wait', async () => {
    const app = await registered(env);
    expect(await statuses(app, 10)).toEqual(free);
    const waits: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const refused = await signIn(app, account.password);
      expect(refused.status).toBe(429);
      waits.push(Number(refused.headers.get('retry-after')));
      pass(waits.at(-1) ?? 0);
      expect((await signIn(app)).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    await app.stop();
  });

  test('a right password behind the wait starts anew, and so does a quiet window', async () => {
    const app = await registered(env);
    expect(await statuses(app, 11)).toEqual([...free, 429]);
    pass(1);
    expect((await signIn(app, account.password)).status).toBe(200);
    expect(await statuses(app, 11)).toEqual([...free, 429]);
    pass(902);
    expect(await statuses(app, 11)).toEqual([...free, 429]);
    await app.stop();
  });

  test('after a hundred in a row no password is taken, of nobody’s account either', async () => {
    const app = await registered(env);
    for (const email of [account.email, 'nobody@example.org']) {
      for (let i = 0; i < 10; i += 1) {
        expect(await statuses(app, 10, email)).toEqual(free);
        pass(902);
      }
      pass(20 * 86_400);
      const refused = await signIn(app, account.password, email);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '900']);
    }
    await app.stop();
  });

  test('guesses at the same time do not slip through', async () => {
    const app = await registered(env);
    const all = await Promise.all(Array.from({ length: 24 }, () => signIn(app)));
    expect(all.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(14);
    await app.stop();
  });

  test('a wrong current password counts too', async () => {
    const app = await registered(env);
    const { body } = await signIn(app, account.password);
    const headers = { authorization: `Bearer ${body.accessToken}` };
    const json = { currentPassword: 'not that one', newPassword: 'another long enough one' };
    const seen: number[] = [];
    for (let i = 0; i < 11; i += 1) {
      seen.push((await post(app, '/auth/password', json, headers)).status);
    }
    expect(seen).toEqual([...free, 429]);
    await app.stop();
  });
});

test('what is stored does not tell whose it is', async () => {
  const app = await registered({});
  await signIn(app, undefined, 'Nobody@example.org ');
  await app.stop();
  const kept = ['', '-wal'].map((end) => readFileSync(join(folder, `${databases}.sqlite${end}`)));
  const text = Buffer.concat(kept).toString('latin1');
  expect(text).toContain(account.email);
  const plain = createHash('sha256').update('nobody@example.org');
  for (const form of ['nobody', plain.copy().digest('hex'), plain.digest('base64url')]) {
    expect(text).not.toContain(form);
  }
});
