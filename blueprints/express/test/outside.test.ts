import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expect, test } from 'vitest';
import type { ControlId } from '../src/security/policy-types.js';
import { policyWith, start } from './application.js';

const front = 'https://app.example.com';

test('every answer has the headers, and what a route set itself stays', async () => {
  const app = await start({}, { SECURITY_HTTPS: 'true' }, (to) => {
    to.get('/open', (_req, res) => {
      res.setHeader('Content-Security-Policy', "default-src 'self'");
      res.json({});
    });
    to.get('/items/:id', (_req, res) => void res.send('<p>a page</p>'));
    to.get('/boom', (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain', 'X-Frame-Options': 'SAMEORIGIN' });
      res.write('in ');
      res.end('pieces');
    });
  });
  for (const [method, path] of [
    ['GET', '/open'],
    ['HEAD', '/open'],
    ['GET', '/boom'],
    ['GET', '/nothing'],
    ['GET', '/items/1'],
    ['OPTIONS', '/open'],
  ] as const) {
    const { headers } = await app.ask(method, path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{7,}/);
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('vary')).toContain('Origin');
  }
  expect((await app.ask('GET', '/open')).headers.get('content-security-policy')).toBe(
    "default-src 'self'",
  );
  const pieces = await app.ask('GET', '/boom');
  expect([pieces.body, pieces.headers.get('x-frame-options')]).toEqual(['in pieces', 'SAMEORIGIN']);
  await app.stop();
});

test.each([
  'https://app.example.com.evil.example',
  'https://evilapp.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com',
  'https://app.example.com/',
  'http://localhost:3000',
  'null',
])('the origin %s is told nothing', async (origin) => {
  const app = await start();
  const plain = await app.ask('GET', '/open', { headers: { origin } });
  expect(plain.status).toBe(200);
  const asks = { origin, 'access-control-request-method': 'POST' };
  const preflight = await app.ask('OPTIONS', '/open', { headers: asks });
  expect(preflight.status).toBe(204);
  for (const { headers } of [plain, preflight]) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
  await app.stop();
});

test('a front end of the policy may read, and is told what exists', async () => {
  const app = await start({}, { CORS_ORIGINS: 'https://second.example' });
  for (const origin of [front, 'https://second.example']) {
    const { headers } = await app.ask('GET', '/open', { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  }
  const asks = { origin: front, 'access-control-request-method': 'POST' };
  const { headers } = await app.ask('OPTIONS', '/open', { headers: asks });
  expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
  await app.stop();
});

test('a list of origins may be JSON, as the application’s own settings read it', async () => {
  const text = '["https://second.example", "https://third.example"]';
  const app = await start({}, { CORS_ORIGINS: text });
  for (const origin of ['https://second.example', 'https://third.example']) {
    const { headers } = await app.ask('GET', '/open', { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
  }
  await app.stop();
});

test('a preflight has the headers also where the application’s own are kept', async () => {
  const app = await start({ policy: policyWith({}, ['headers']) });
  const asks = { origin: front, 'access-control-request-method': 'GET' };
  const { headers } = await app.ask('OPTIONS', '/open', { headers: asks });
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  await app.stop();
});

test('a star of the application’s own never takes the place of an allowed origin', async () => {
  const app = await start({}, {}, (to) => {
    to.use((_req, res, next) => {
      res.setHeader('Access-Control-Allow-Origin', '*');
      next();
    });
    to.get('/open', (_req, res) => void res.json({}));
  });
  const permission = async (origin: string) =>
    (await app.ask('GET', '/open', { headers: { origin } })).headers.get(
      'access-control-allow-origin',
    );
  expect(await permission(front)).toBe(front);
  expect(await permission('https://evil.example')).toBeNull();
  await app.stop();
});

test('CORS of the application’s own keeps its preflights', async () => {
  const app = await start({ policy: policyWith({}, ['cors']) }, {}, (to) => {
    to.use((_req, res, next) => {
      res.setHeader('Access-Control-Allow-Origin', front);
      next();
    });
    to.get('/items/:id', (_req, res) => void res.json({}));
  });
  const asks = { origin: front, 'access-control-request-method': 'GET' };
  const answer = await app.ask('OPTIONS', '/items/1', { headers: asks });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, front]);
  await app.stop();
});

test('a file that is mounted alone is public, and nothing lies below a file', async () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
  writeFileSync(join(folder, 'form.html'), '<p>form</p>');
  const directory = join(folder, 'form.html');
  const files = [
    { prefix: '/form', directory },
    { prefix: '', directory: folder },
  ];
  const app = await start({ policy: policyWith({ files }) }, {}, (to) => {
    to.use('/form', express.static(directory));
    to.use(express.static(folder, { extensions: ['html'] }));
  });
  const status = async (path: string) => (await app.ask('GET', path)).status;
  expect([await status('/form'), await status('/form.html')]).toEqual([200, 200]);
  for (const path of ['/form.html/x', '/form/x', `/${'x'.repeat(300)}`]) {
    expect(await status(path)).toBe(404);
  }
  await app.stop();
});

test('public files stay public, and only they', async () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'blueprint-'));
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'page.html'), '<p>page</p>');
  writeFileSync(join(folder, '.env'), 'SECRET=1');
  writeFileSync(join(folder, 'docs/index.html'), '<p>docs</p>');
  const policy = policyWith({ files: [{ prefix: '/static', directory: folder }] });
  const app = await start({ policy }, {}, (to) => {
    to.use('/static', express.static(folder, { dotfiles: 'allow' }));
  });
  const status = async (path: string) => (await app.ask('GET', path)).status;
  expect(await status('/static/page.html')).toBe(200);
  expect(await status('/static/docs/')).toBe(200);
  for (const path of ['/static/.env', '/static/%2eenv', '/static/none', '/static/%00', '/other']) {
    expect(await status(path)).toBe(404);
  }
  await app.stop();
  rmSync(folder, { recursive: true });
});

test('paths that nobody decided stay as they are where the policy says so', async () => {
  const app = await start({ policy: policyWith({ unlisted: 'kept' }) });
  expect((await app.ask('GET', '/hidden')).body).toEqual({ hidden: true });
  expect((await app.ask('GET', '/items/1')).status).toBe(401);
  await app.stop();
});

const seen: readonly [
  ControlId,
  string,
  (app: Awaited<ReturnType<typeof start>>) => Promise<unknown>,
  unknown,
][] = [
  [
    'headers',
    'no nosniff',
    async (app) => (await app.ask('GET', '/open')).headers.get('x-content-type-options'),
    null,
  ],
  [
    'cors',
    'no origin allowed',
    async (app) =>
      (await app.ask('GET', '/open', { headers: { origin: front } })).headers.get(
        'access-control-allow-origin',
      ),
    null,
  ],
  [
    'ratelimit',
    'no budget told',
    async (app) => (await app.ask('GET', '/open')).headers.get('ratelimit'),
    null,
  ],
  [
    'validation',
    'an operator arrives',
    async (app) => (await app.ask('POST', '/open', { json: { $ne: 1 } })).status,
    201,
  ],
  [
    'auth',
    'no endpoints, nobody known',
    async (app) => (await app.ask('POST', '/auth/login', { json: {} })).status,
    404,
  ],
  ['authz', 'a stranger is served', async (app) => (await app.ask('GET', '/items/1')).status, 200],
  [
    'csrf',
    'a cross-site write with a cookie',
    async (app) =>
      (
        await app.ask('POST', '/open', {
          json: {},
          headers: { cookie: 'a=b', 'sec-fetch-site': 'cross-site' },
        })
      ).status,
    201,
  ],
  [
    'errors',
    'the application’s own error',
    async (app) => (await app.ask('GET', '/boom')).body.error,
    'the database password is hunter2',
  ],
];

test.each(seen)('without %s: %s', async (control, _what, ask, expected) => {
  const [whole, without] = [await start(), await start({ policy: policyWith({}, [control]) })];
  expect(await ask(whole)).not.toEqual(expected);
  expect(await ask(without)).toEqual(expected);
  await Promise.all([whole.stop(), without.stop()]);
});
