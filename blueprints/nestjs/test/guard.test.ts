import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bearer,
  type Pair,
  policyWith,
  post,
  type Started,
  signedIn,
  start,
} from './application.js';

let app: Started;
let user: Pair;
let admin: Pair;
const get = (path: string, headers = {}) => fetch(app.url + path, { headers });

beforeAll(async () => {
  app = await start({ policy: policyWith({ level: 'basic' }) });
  user = await signedIn(app.url);
  admin = await signedIn(app.url, 'admin@example.test');
});
afterAll(() => app.stop());

test('a listed route has its access', async () => {
  expect((await get('/health')).status).toBe(200);
  const refused = await get('/items/7');
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api"');
  const served = await get('/items/7', bearer(user.accessToken));
  expect(await served.json()).toEqual({ id: '7', by: 'user@example.test' });
});

test('other spellings of a path have the same access', async () => {
  for (const path of ['/ITEMS/7', '/items/7/', '/items/%37']) {
    expect((await get(path)).status, path).toBe(401);
  }
});

test('a role is asked for', async () => {
  expect((await get('/admin', bearer(user.accessToken))).status).toBe(403);
  expect((await get('/admin', bearer(admin.accessToken))).status).toBe(200);
});

test('a handler that nobody decided is there for signed-in users alone', async () => {
  expect((await get('/forgotten')).status).toBe(404);
  expect((await get('/forgotten', bearer(user.accessToken))).status).toBe(200);
});

test('a decorator stands above the table', async () => {
  expect((await get('/marked')).status).toBe(200);
  expect((await get('/staff', bearer(user.accessToken))).status).toBe(403);
  expect((await get('/staff', bearer(admin.accessToken))).status).toBe(200);
});

test('a path of the application under the prefix of the endpoints is served', async () => {
  expect(await (await get('/auth/profile')).json()).toEqual({ profile: true });
  expect((await get('/auth/nothing')).status).toBe(404);
});

test('a bad token is told apart from none, and public routes stay public', async () => {
  const bad = await get('/auth/me', bearer('a.b.c'));
  expect(bad.status).toBe(401);
  expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect((await get('/health', bearer('a.b.c'))).status).toBe(200);
});

test('a refresh token used twice ends its family', async () => {
  const pair = await signedIn(app.url, 'thief@example.test');
  const next = await post(`${app.url}/auth/refresh`, { refreshToken: pair.refreshToken });
  expect(next.status).toBe(200);
  const { accessToken } = (await next.json()) as Pair;
  expect((await get('/auth/me', bearer(accessToken))).status).toBe(200);
  expect((await post(`${app.url}/auth/refresh`, { refreshToken: pair.refreshToken })).status).toBe(
    401,
  );
  expect((await get('/auth/me', bearer(accessToken))).status).toBe(401);
});

test('hostile bodies are refused behind the guard', async () => {
  const send = (body: string) => post(`${app.url}/items`, body, bearer(user.accessToken));
  for (const body of ['{"a":1,"__proto__":{"b":1}}', '{"a":{"$gt":""}}', '"text"', '{"a":']) {
    expect((await send(body)).status, body).toBe(400);
  }
  expect((await send('{"name":"a & b <3"}')).status).toBe(201);
  expect((await post(`${app.url}/items`, '{"__proto__":1}')).status).toBe(401);
});

test('a body over its cap is refused with and without a length', async () => {
  const body = JSON.stringify({ name: 'x'.repeat(200_000) });
  expect((await post(`${app.url}/items`, body, bearer(user.accessToken))).status).toBe(413);
  const stream = new Blob([body]).stream();
  const headers = { 'content-type': 'application/json', ...bearer(user.accessToken) };
  const chunked = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit;
  expect((await fetch(`${app.url}/items`, chunked)).status).toBe(413);
});

test('a webhook gets its bytes as they came', async () => {
  const body = '{ "a" : 1 }';
  expect(await (await post(`${app.url}/hook`, body)).json()).toEqual({ bytes: body });
});
