import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { policyWith, start } from './application.js';
import { projectOf } from './forms.js';
import { makeKeys } from './load.js';

const { FORM = 'ts', MAJOR = '5' } = process.env;
const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A script of the folder, as its owner runs it. */
function run(script: string, words: readonly string[], input = '') {
  const file = join(projectOf(MAJOR, FORM), 'security', `${script}.js`);
  const { PATH } = process.env;
  const env = { PATH, SECURITY_DATABASE: join(folder, `${script}.sqlite`) };
  return spawnSync(process.execPath, [file, ...words], { input, env, encoding: 'utf8' });
}

describe.skipIf(FORM === 'ts')('the scripts of the folder', () => {
  test('an administrator is added, and signs in', async () => {
    const account = { email: 'root@example.org', password: 'a long enough phrase' };
    expect(run('users', []).status).toBe(2);
    expect(run('users', ['add', account.email], 'short\n').status).toBe(1);
    const added = run('users', ['add', account.email, 'admin'], `${account.password}\n`);
    expect([added.stdout, added.status]).toEqual(['Added.\n', 0]);
    const app = await start({}, { SECURITY_DATABASE: join(folder, 'users.sqlite') });
    const { body } = await app.ask('POST', '/auth/login', { json: account });
    const headers = { authorization: `Bearer ${body.accessToken}` };
    expect((await app.ask('GET', '/admin', { headers })).status).toBe(200);
    const other = run('users', ['password', account.email], 'another long enough one\n');
    expect([other.stdout, other.status]).toEqual(['Changed.\n', 0]);
    expect((await app.ask('GET', '/auth/me', { headers })).status).toBe(401);
    expect((await app.ask('POST', '/auth/login', { json: account })).status).toBe(401);
    const fresh = { ...account, password: 'another long enough one' };
    expect((await app.ask('POST', '/auth/login', { json: fresh })).status).toBe(200);
    expect(run('users', ['password', 'nobody@example.org'], 'a long enough phrase\n').status).toBe(
      1,
    );
    await app.stop();
  });

  test('an account that guesses stopped opens with another password', async () => {
    const account = { email: 'eve@example.org', password: 'a long enough phrase' };
    run('users', ['add', account.email], `${account.password}\n`);
    const { levels } = policyWith({});
    const all = Object.entries(levels).map(([level, values]) => [
      level,
      { ...values, ratelimit: { ...values.ratelimit, accountStop: 2 } },
    ]);
    const policy = policyWith({ levels: Object.fromEntries(all) });
    const app = await start({ policy }, { SECURITY_DATABASE: join(folder, 'users.sqlite') });
    const signIn = async (password: string) =>
      (await app.ask('POST', '/auth/login', { json: { ...account, password } })).status;
    expect([await signIn('wrong'), await signIn('wrong')]).toEqual([401, 401]);
    expect(await signIn(account.password)).toBe(429);
    run('users', ['password', account.email], 'another long enough one\n');
    expect(await signIn('another long enough one')).toBe(200);
    await app.stop();
  });

  test('a key is added, shown once, and works', async () => {
    expect(run('keys', []).status).toBe(2);
    const { stdout, status } = run('keys', ['add', 'ci', 'admin']);
    expect(status).toBe(0);
    const parts = { make: makeKeys, policy: policyWith({ auth: 'apikey' }) };
    const app = await start(parts, { SECURITY_DATABASE: join(folder, 'keys.sqlite') });
    const headers = { 'x-api-key': stdout.trim() };
    expect((await app.ask('GET', '/admin', { headers })).body).toEqual({ name: 'ci' });
    await app.stop();
  });
});
