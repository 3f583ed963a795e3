import { expect, test } from 'vitest';
import { type Answered, policyWith, type Running, start } from './application.js';
import { makeSession } from './load.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };
const parts = { make: makeSession, policy: policyWith({ auth: 'session', level: 'standard' }) };
const cookieOf = ({ headers }: Answered): string => headers.getSetCookie()[0]?.split(';')[0] ?? '';

async function signedIn(app: Running, cookie = ''): Promise<Answered> {
  await app.ask('POST', '/auth/register', { json: account });
  return app.ask('POST', '/auth/login', { json: account, headers: { cookie } });
}

test('a session needs its own token to write', async () => {
  const app = await start(parts);
  const cookie = cookieOf(await signedIn(app));
  expect(cookie).toMatch(/^session=/);
  expect((await app.ask('GET', '/items/1', { headers: { cookie } })).status).toBe(200);
  const same = { cookie, 'sec-fetch-site': 'same-origin' };
  const write = async (headers: Record<string, string>) =>
    (await app.ask('POST', '/items', { json: { name: 'a' }, headers })).status;
  expect(await write(same)).toBe(403);
  const token = (await app.ask('GET', '/auth/csrf', { headers: { cookie } })).body.csrfToken;
  const whole = { ...same, 'x-csrf-token': token };
  expect(await write(whole)).toBe(201);
  expect(await write({ ...whole, 'sec-fetch-site': 'cross-site' })).toBe(403);
  const other = cookieOf(await signedIn(app));
  expect(await write({ ...whole, cookie: other })).toBe(403);
  expect((await app.ask('POST', '/auth/logout', { headers: whole })).status).toBe(204);
  expect((await app.ask('GET', '/auth/me', { headers: { cookie } })).status).toBe(401);
  await app.stop();
});

test('the cookie belongs to one host over https, and scripts do not see it', async () => {
  const app = await start(parts, { SECURITY_HTTPS: 'true' });
  const [cookie = ''] = (await signedIn(app)).headers.getSetCookie();
  expect(cookie).toMatch(
    /^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Max-Age=\d+; Secure; SameSite=Lax$/,
  );
  const id = cookie.split(';')[0]?.split('=')[1];
  const me = async (sent: string) =>
    (await app.ask('GET', '/auth/me', { headers: { cookie: sent } })).status;
  expect(await me(`__Host-session=${id}`)).toBe(200);
  expect(await me(`session=${id}`)).toBe(401);
  // A second cookie of that name was planted by somebody.
  expect(await me(`__Host-session=${id}; __Host-session=planted`)).toBe(401);
  await app.stop();
});

test('a sign-in makes a new session and ends the one that the browser had', async () => {
  const app = await start(parts);
  const planted = `session=${'a'.repeat(43)}`;
  const first = cookieOf(await signedIn(app, planted));
  expect(first).not.toBe(planted);
  const second = cookieOf(await signedIn(app, first));
  const me = async (cookie: string) =>
    (await app.ask('GET', '/auth/me', { headers: { cookie } })).status;
  expect([await me(planted), await me(first), await me(second)]).toEqual([401, 401, 200]);
  await app.stop();
});

test('a new password ends every other session', async () => {
  const app = await start(parts);
  const [mine, stolen] = [cookieOf(await signedIn(app)), cookieOf(await signedIn(app))];
  const token = (await app.ask('GET', '/auth/csrf', { headers: { cookie: mine } })).body.csrfToken;
  const headers = { cookie: mine, 'x-csrf-token': token, 'sec-fetch-site': 'same-origin' };
  const change = (json: object) => app.ask('POST', '/auth/password', { json, headers });
  const newPassword = 'quite another phrase';
  expect((await change({ currentPassword: 'wrong phrase', newPassword })).status).toBe(401);
  expect((await change({ currentPassword: account.password, newPassword: 'short' })).status).toBe(
    400,
  );
  expect((await change({ currentPassword: account.password, newPassword })).status).toBe(204);
  const me = async (cookie: string) =>
    (await app.ask('GET', '/auth/me', { headers: { cookie } })).status;
  expect([await me(mine), await me(stolen)]).toEqual([200, 401]);
  expect((await app.ask('POST', '/auth/login', { json: account })).status).toBe(401);
  await app.stop();
});

test('a session ends when nobody uses it', async () => {
  const { standard } = parts.policy.levels;
  if (standard === undefined) throw new Error('the example policy has no such level');
  const levels = { standard: { ...standard, auth: { ...standard.auth, sessionIdleSeconds: 1 } } };
  const app = await start({ ...parts, policy: { ...parts.policy, levels } });
  const cookie = cookieOf(await signedIn(app));
  const me = async () => (await app.ask('GET', '/auth/me', { headers: { cookie } })).status;
  expect(await me()).toBe(200);
  await expect.poll(me, { timeout: 5000, interval: 1200 }).toBe(401);
  await app.stop();
});

test('a foreign page signs nobody in', async () => {
  const app = await start(parts);
  await signedIn(app);
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    const answer = await app.ask('POST', '/auth/login', { json: account, headers });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  }
  await app.stop();
});
