import { expect, test } from 'vitest';
import { policyWith, start } from './application.js';
import { makeSession } from './load.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };
const parts = { make: makeSession, policy: policyWith({ auth: 'session', level: 'standard' }) };
const cookieOf = (headers: Headers): string => headers.getSetCookie()[0]?.split(';')[0] ?? '';

test('a session needs its own token to write', async () => {
  const app = await start(parts);
  await app.ask('POST', '/auth/register', { json: account });
  const signedIn = await app.ask('POST', '/auth/login', { json: account });
  const cookie = cookieOf(signedIn.headers);
  expect(cookie).toMatch(/^session=/);
  expect((await app.ask('GET', '/items/1', { headers: { cookie } })).status).toBe(200);
  const same = { cookie, 'sec-fetch-site': 'same-origin' };
  expect((await app.ask('POST', '/items', { json: { name: 'a' }, headers: same })).status).toBe(
    403,
  );
  const token = (await app.ask('GET', '/auth/csrf', { headers: { cookie } })).body.csrfToken;
  const whole = { ...same, 'x-csrf-token': token };
  expect((await app.ask('POST', '/items', { json: { name: 'a' }, headers: whole })).status).toBe(
    201,
  );
  const cross = { ...whole, 'sec-fetch-site': 'cross-site' };
  expect((await app.ask('POST', '/items', { json: { name: 'a' }, headers: cross })).status).toBe(
    403,
  );
  expect((await app.ask('POST', '/auth/logout', { headers: whole })).status).toBe(204);
  expect((await app.ask('GET', '/auth/me', { headers: { cookie } })).status).toBe(401);
  await app.stop();
});
