const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const { after, before, test } = require('node:test');
const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('../dist/app.module');

let app;
let base;

before(async () => {
  app = await NestFactory.create(AppModule, { rawBody: true, logger: false });
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${app.getHttpServer().address().port}`;
});

after(() => app.close());

test('is healthy', async () => {
  const res = await fetch(`${base}/health`);
  assert.equal(res.status, 200);
  assert.deepEqual(await res.json(), { status: 'ok' });
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
