import { type ClientRequest, request } from 'node:http';
import { Writable } from 'node:stream';
import type { Application } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyWith, type Running, start } from './application.js';

const ways = ['pipe', 'iterate', 'listen', 'late'];
const routes = ways.map((way) => ({ method: 'POST', path: `/${way}`, access: 'public' }));
let app: Running;

/** Every way in which handlers and their libraries read a body. */
function setUp(to: Application): void {
  to.post('/pipe', (req, res) => {
    let text = '';
    const sink = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        setTimeout(done, 1);
      },
    });
    req.pipe(sink).on('finish', () => res.json({ length: text.length, end: text.slice(-9) }));
  });
  to.post('/iterate', async (req, res) => {
    let text = '';
    for await (const chunk of req) text += chunk;
    res.json({ length: text.length, end: text.slice(-9) });
  });
  const listen = (req: NodeJS.ReadableStream): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      req.on('data', (chunk) => {
        text += chunk;
      });
      req.on('end', () => resolve(text));
    });
  to.post('/listen', async (req, res) => {
    const text = await listen(req);
    res.json({ length: text.length, end: text.slice(-9) });
  });
  to.post('/late', async (req, res) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const text = await listen(req);
    res.json({ length: text.length, end: text.slice(-9) });
  });
}

beforeAll(async () => {
  app = await start({ policy: policyWith({ routes, files: [] }) }, {}, setUp);
});
afterAll(() => app.stop());

function post(
  path: string,
  headers: Record<string, string | number>,
  send: (to: ClientRequest) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(`${app.url}${path}`, { method: 'POST', headers }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve(JSON.parse(text));
    });
    sent.on('error', reject);
    send(sent);
  });
}

const json = { 'content-type': 'application/json' };

test.each(ways)('a handler that does %s reads what was sent', async (way) => {
  for (const length of [2, 1000, 70_000, 100_000]) {
    const body = JSON.stringify({ text: 'x'.repeat(length), last: 1 });
    const told = { length: body.length, end: '"last":1}' };
    const whole = { ...json, 'content-length': body.length };
    expect(await post(`/${way}`, whole, (to) => to.end(body))).toEqual(told);
    const pieces = await post(`/${way}`, json, (to) => {
      for (let i = 0; i < body.length; i += 16_000) to.write(body.slice(i, i + 16_000));
      to.end();
    });
    expect(pieces).toEqual(told);
  }
});

test.each(ways)('a handler that does %s gets a slow body', async (way) => {
  const told = await post(`/${way}`, json, async (to) => {
    for (const part of ['{"a":1,', '"b":2,', '"last":1}']) {
      to.write(part);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    to.end();
  });
  expect(told).toEqual({ length: 22, end: '"last":1}' });
});

test.each(ways)('a handler that does %s gets no body, and its end', async (way) => {
  expect(await post(`/${way}`, {}, (to) => to.end())).toEqual({ length: 0, end: '' });
  const chunked = { ...json, 'transfer-encoding': 'chunked' };
  expect(await post(`/${way}`, chunked, (to) => to.end())).toEqual({ length: 0, end: '' });
});

test('a client that hangs up in the middle leaves the application as it was', async () => {
  for (const way of ways) {
    const sent = request(`${app.url}/${way}`, {
      method: 'POST',
      headers: { ...json, 'content-length': 1000 },
    });
    sent.on('error', () => undefined);
    sent.write('{"a":');
    await new Promise((resolve) => setTimeout(resolve, 30));
    sent.destroy();
  }
  const body = '{"last":1}';
  expect(await post('/listen', { ...json, 'content-length': 10 }, (to) => to.end(body))).toEqual({
    length: 10,
    end: '"last":1}',
  });
});

test('two requests on one connection are two', async () => {
  const two = await Promise.all(
    [1, 2, 3].map((n) => app.ask('POST', '/listen', { json: { n, last: 1 } })),
  );
  expect(two.map(({ body }) => body.end)).toEqual(['"last":1}', '"last":1}', '"last":1}']);
});
