import express, { type Application } from 'express';
import { expect, test } from 'vitest';
import type { Route } from '../src/security/policy-types.js';
import { type Ask, policyWith, type Running, start } from './application.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };
const row = (method: string, path: string, access: string): Route => ({ method, path, access });

/** An application of its own with these decisions, and a signed-in user who is no administrator. */
async function guarded(
  routes: readonly Route[],
  setUp: (app: Application) => void,
): Promise<{ app: Running; user: NonNullable<Ask['headers']> }> {
  const app = await start({ policy: policyWith({ routes, files: [] }) }, {}, setUp);
  await app.ask('POST', '/auth/register', { json: account });
  const { body } = await app.ask('POST', '/auth/login', { json: account });
  return { app, user: { authorization: `Bearer ${body.accessToken}` } };
}

test('OPTIONS is no way around the guard', async () => {
  const { app } = await guarded(
    [row('ALL', '/run', 'role:admin'), row('GET', '/open', 'public'), row('GET', '/own', 'user')],
    (to) => {
      to.all('/run', (_req, res) => void res.json({ ran: true }));
      to.get('/open', (_req, res) => void res.json({}));
      to.get('/own', (_req, res) => void res.json({}));
      to.use('/unlisted', (_req, res) => void res.json({ ran: true }));
    },
  );
  const asks = [{}, { 'access-control-request-method': 'POST' }];
  for (const headers of asks) {
    expect((await app.ask('OPTIONS', '/run', { headers })).status).toBe(401);
    expect((await app.ask('OPTIONS', '/unlisted', { headers })).status).toBe(404);
    expect((await app.ask('OPTIONS', '/own', { headers })).status).toBe(401);
  }
  const open = await app.ask('OPTIONS', '/open');
  expect(open.headers.get('allow')).toMatch(/^GET, ?HEAD$/);
  expect(open.headers.get('x-content-type-options')).toBe('nosniff');
  expect(open.headers.get('ratelimit')).toMatch(/^"general"/);
  const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' };
  const answer = await app.ask('OPTIONS', '/own', { headers: preflight });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  await app.stop();
});

test('a router that reads paths more loosely than its application opens nothing', async () => {
  const { app, user } = await guarded(
    [row('GET', '/api/admin', 'role:admin'), row('GET', '/api/mine', 'user')],
    (to) => {
      to.enable('case sensitive routing');
      to.enable('strict routing');
      const router = express.Router();
      router.get('/admin', (_req, res) => void res.json({ secret: true }));
      router.get('/mine', (_req, res) => void res.json({}));
      to.use('/api', router);
    },
  );
  for (const path of ['/api/ADMIN', '/api/admin/', '/api/Admin/']) {
    expect((await app.ask('GET', path, { headers: user })).status).toBe(403);
    expect((await app.ask('GET', path)).status).toBe(401);
  }
  expect((await app.ask('GET', '/api/mine', { headers: user })).status).toBe(200);
  await app.stop();
});

test('a router that reads paths more exactly than its application opens nothing', async () => {
  const { app, user } = await guarded(
    [row('GET', '/Items', 'public'), row('GET', '/items', 'role:admin')],
    (to) => {
      const router = express.Router({ caseSensitive: true });
      router.get('/Items', (_req, res) => void res.json({ open: true }));
      router.get('/items', (_req, res) => void res.json({ secret: true }));
      to.use(router);
    },
  );
  expect((await app.ask('GET', '/items', { headers: user })).status).toBe(403);
  expect((await app.ask('GET', '/items')).status).toBe(401);
  expect((await app.ask('GET', '/Items')).status).toBe(200);
  await app.stop();
});

test.each([
  { 'x-http-method-override': 'DELETE' },
  { 'x-method-override': 'DELETE' },
  { 'x-http-method': 'DELETE' },
])('a method that %o asks for is guarded too', async (headers) => {
  const { app, user } = await guarded(
    [row('POST', '/notes', 'user'), row('DELETE', '/notes', 'role:admin')],
    (to) => {
      to.use((req, _res, next) => {
        const [name = ''] = Object.keys(headers);
        req.method = req.get(name) ?? req.method;
        next();
      });
      to.post('/notes', (_req, res) => void res.json({ posted: true }));
      to.delete('/notes', (_req, res) => void res.json({ deleted: true }));
    },
  );
  expect((await app.ask('POST', '/notes', { headers: user })).status).toBe(200);
  const refused = await app.ask('POST', '/notes', { headers: { ...user, ...headers } });
  expect(refused.status).toBe(403);
  await app.stop();
});

test.each([
  { path: '/notes?_method=delete' },
  { json: { _method: 'DELETE' } },
  { body: 'a=1&_method=DELETE', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
])('a method in %o is guarded too', async ({ path = '/notes', headers, ...sent }) => {
  const { app, user } = await guarded(
    [row('POST', '/notes', 'user'), row('DELETE', '/notes', 'role:admin')],
    (to) => {
      to.use(express.json(), express.urlencoded({ extended: false }));
      to.use((req, _res, next) => {
        req.method = String(req.body?._method ?? req.query._method ?? req.method).toUpperCase();
        next();
      });
      to.post('/notes', (_req, res) => void res.json({ posted: true }));
      to.delete('/notes', (_req, res) => void res.json({ deleted: true }));
    },
  );
  const plain = await app.ask('POST', '/notes', { headers: user, json: { a: 1 } });
  expect(plain.body).toEqual({ posted: true });
  const refused = await app.ask('POST', path, { ...sent, headers: { ...user, ...headers } });
  expect(refused.status).toBe(403);
  await app.stop();
});

test('a page of the application under the prefix of ours is served', async () => {
  const { app } = await guarded([row('GET', '/auth/login', 'public')], (to) => {
    to.get('/auth/login', (_req, res) => void res.send('<form>'));
  });
  expect((await app.ask('GET', '/auth/login')).body).toBe('<form>');
  const answer = await app.ask('PUT', '/auth/register');
  expect([404, 405]).toContain(answer.status);
  await app.stop();
});
