import { expect, test } from 'vitest';
import { policyWith, start } from './application.js';
import { makeKeys } from './load.js';

const adminKey = `sk_${'0a'.repeat(8)}.${'k'.repeat(43)}`;
const parts = { make: makeKeys, policy: policyWith({ auth: 'apikey' }) };

test('keys are made, used, rotated and revoked', async () => {
  const app = await start(parts, { SECURITY_ADMIN_KEY: adminKey });
  const as = (key: string) => ({ 'x-api-key': key });
  expect((await app.ask('GET', '/items/1')).status).toBe(401);
  const made = await app.ask('POST', '/auth/keys', {
    json: { name: 'ci' },
    headers: as(adminKey),
  });
  expect(made.status).toBe(201);
  const { id, key } = made.body;
  expect((await app.ask('GET', '/items/1', { headers: as(key) })).status).toBe(200);
  expect(
    (await app.ask('POST', '/auth/keys', { json: { name: 'x' }, headers: as(key) })).status,
  ).toBe(403);
  const fresh = await app.ask('POST', `/auth/keys/${id}/rotate`, { headers: as(adminKey) });
  expect((await app.ask('GET', '/auth/me', { headers: as(fresh.body.key) })).body.name).toBe('ci');
  expect((await app.ask('DELETE', `/auth/keys/${id}`, { headers: as(adminKey) })).status).toBe(204);
  expect((await app.ask('GET', '/items/1', { headers: as(key) })).status).toBe(401);
  await app.stop();
});
