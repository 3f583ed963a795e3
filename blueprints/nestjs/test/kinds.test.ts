import { afterEach, expect, test } from 'vitest';
import { make as apikey } from '../src/security/auth-apikey.js';
import { make as session } from '../src/security/auth-session.js';
import { policyWith, post, type Started, start } from './application.js';

let app: Started | undefined;
afterEach(() => app?.stop());

const account = { email: 'user@example.test', password: 'orbit lantern mosaic 7' };
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

test('a session signs in, writes with its token, and ends', async () => {
  app = await start({ make: session, policy: policyWith({ level: 'standard', auth: 'session' }) });
  const { url } = app;
  expect((await post(`${url}/auth/register`, account)).status).toBe(202);
  const login = await post(`${url}/auth/login`, account);
  expect(login.status).toBe(200);
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me = () => fetch(`${url}/auth/me`, { headers: { cookie } });
  expect((await me()).status).toBe(200);
  const csrf = await fetch(`${url}/auth/csrf`, { headers: { cookie } });
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const write = (headers: Record<string, string>) =>
    post(`${url}/items`, { name: 'a' }, { cookie, ...headers });
  expect((await write(sameOrigin)).status).toBe(403);
  expect((await write({ ...sameOrigin, 'x-csrf-token': csrfToken })).status).toBe(201);
  const cross = { 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrfToken };
  expect((await write(cross)).status).toBe(403);
  const out = { cookie, ...sameOrigin, 'x-csrf-token': csrfToken };
  expect((await post(`${url}/auth/logout`, {}, out)).status).toBe(204);
  expect((await me()).status).toBe(401);
});

test('a key is made, rotated and revoked by an administrator', async () => {
  const key = `sk_${'0123456789abcdef'}.${'s3cretOfForty-threeCharacters_0123456789abc'}`;
  app = await start({
    make: apikey,
    policy: policyWith({ auth: 'apikey' }),
    environment: { SECURITY_ADMIN_KEY: key },
  });
  const { url } = app;
  const admin = { 'x-api-key': key };
  const made = await post(`${url}/auth/keys`, { name: 'ci' }, admin);
  expect(made.status).toBe(201);
  const first = (await made.json()) as { id: string; key: string };
  const as = (one: string) => fetch(`${url}/auth/me`, { headers: { 'x-api-key': one } });
  expect((await as(first.key)).status).toBe(200);
  expect((await post(`${url}/auth/keys`, { name: 'x' }, { 'x-api-key': first.key })).status).toBe(
    403,
  );
  const rotated = await post(`${url}/auth/keys/${first.id}/rotate`, {}, admin);
  expect(rotated.status).toBe(201);
  const next = (await rotated.json()) as { key: string };
  const gone = await fetch(`${url}/auth/keys/${first.id}`, { method: 'DELETE', headers: admin });
  expect(gone.status).toBe(204);
  expect((await as(first.key)).status).toBe(401);
  expect((await as(next.key)).status).toBe(200);
});
