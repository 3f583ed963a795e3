import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import app from '../src/app.js';

let server;
let base;

before(async () => {
  server = app.listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://localhost:${server.address().port}`;
});

after(() => server.close());

test('is healthy', async () => {
  const res = await fetch(`${base}/health`);
  assert.equal(res.status, 200);
  assert.deepEqual(await res.json(), { status: 'ok' });
});

test('serves the front page', async () => {
  const res = await fetch(`${base}/`);
  assert.equal(res.status, 200);
  assert.match(await res.text(), /<h1>Notes/);
});

test('takes a signed payment', async () => {
  const body = JSON.stringify({ id: 'pay_1', amount: 1200 });
  const signature = createHmac('sha256', 'whsec_4f9a27c1d05e').update(body).digest('hex');
  const res = await fetch(`${base}/hooks/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signature': signature },
    body,
  });
  assert.equal(res.status, 200);
});

test('refuses an unsigned payment', async () => {
  const res = await fetch(`${base}/hooks/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(res.status, 401);
});

test('answers 404 where nothing is', async () => {
  const res = await fetch(`${base}/nothing-here`);
  assert.equal(res.status, 404);
});
