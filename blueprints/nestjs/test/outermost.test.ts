import { afterEach, expect, test } from 'vitest';
import { policyWith, post, type Started, start } from './application.js';

const started: Started[] = [];
async function make(...given: Parameters<typeof start>): Promise<string> {
  const app = await start(...given);
  started.push(app);
  return app.url;
}
afterEach(async () => {
  for (const app of started.splice(0)) await app.stop();
});

test('every answer has the headers of its content type and an id', async () => {
  const url = await make();
  for (const path of ['/health', '/nothing', '/boom', '/items/1']) {
    const { headers } = await fetch(url + path);
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
    expect(headers.get('x-request-id'), path).toMatch(/^[\w-]{8,}$/);
    expect(headers.has('x-powered-by'), path).toBe(false);
  }
  const page = await fetch(`${url}/open`);
  expect(page.headers.get('content-security-policy')).not.toContain("default-src 'none'");
  expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN');
});

test('errors are problem documents and tell nothing of the inside', async () => {
  const url = await make();
  const boom = await fetch(`${url}/boom`);
  expect(boom.status).toBe(500);
  expect(boom.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await boom.text()).not.toContain('hunter2');
  const no = await fetch(`${url}/no`);
  expect(no.status).toBe(403);
  expect(await no.json()).toMatchObject({ title: 'Forbidden', status: 403, message: 'not yours' });
  // Filters of the application's own answer what they know.
  const taken = await fetch(`${url}/taken`);
  expect([taken.status, await taken.json()]).toEqual([409, { taken: true }]);
  const broken = await post(`${url}/auth/login`, '{"a":');
  expect(broken.status).toBe(400);
  expect(broken.headers.get('content-type')).toMatch(/^application\/problem\+json/);
});

test('enableCors below gives nothing to other origins', async () => {
  const url = await make({
    environment: { CORS_ORIGINS: 'https://app.example.com' },
    configure: (app) => app.enableCors({ origin: true, credentials: true }),
  });
  const from = (origin: string) => fetch(`${url}/health`, { headers: { origin } });
  const evil = await from('https://evil.example');
  expect(evil.headers.has('access-control-allow-origin')).toBe(false);
  expect(evil.headers.has('access-control-allow-credentials')).toBe(false);
  const own = await from('https://app.example.com');
  expect(own.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
});

test('the endpoints stand still under a global prefix and versions', async () => {
  const url = await make({
    policy: policyWith({ routes: [{ method: 'GET', path: '/api/health', access: 'public' }] }),
    configure: (app) => {
      app.setGlobalPrefix('api', { exclude: ['open'] });
      app.enableVersioning();
    },
  });
  expect((await fetch(`${url}/auth/me`)).status).toBe(401);
  expect((await fetch(`${url}/api/auth/me`)).status).toBe(404);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  // A controller of the application keeps its own prefix.
  expect((await fetch(`${url}/api/auth/profile`)).status).toBe(200);
  expect((await fetch(`${url}/auth/profile`)).status).toBe(404);
});

test('an address has a budget, and health checks have none', async () => {
  const url = await make();
  const statuses: number[] = [];
  for (let n = 0; n < 105; n += 1) statuses.push((await fetch(`${url}/nothing`)).status);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  const refused = await fetch(`${url}/nothing`);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.headers.get('ratelimit')).toMatch(/^"general";r=0;t=\d+$/);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test('a control that is off is not installed', async () => {
  const controls = { ...policyWith({}).controls };
  const url = await make({
    policy: policyWith({ controls: { ...controls, headers: false, errors: false, auth: false } }),
  });
  const answer = await fetch(`${url}/nothing`);
  expect(answer.headers.has('content-security-policy')).toBe(false);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${url}/items/1`)).status).toBe(200);
  expect((await fetch(`${url}/auth/me`)).status).toBe(404);
});

test('the endpoints check their bodies where the application has no input checks of ours', async () => {
  const controls = { ...policyWith({}).controls, validation: false, cors: false };
  const url = await make({ policy: policyWith({ controls }) });
  const hostile = '{"email":"a@b.example","password":"x","__proto__":{"a":1}}';
  expect((await post(`${url}/auth/login`, hostile)).status).toBe(400);
  const large = JSON.stringify({ email: 'x'.repeat(200_000) });
  expect((await post(`${url}/auth/login`, large)).status).toBe(413);
});

test('preflights that the application answers itself are not limited', async () => {
  const controls = { ...policyWith({}).controls, cors: false };
  const url = await make({
    policy: policyWith({ controls }),
    configure: (app) => app.enableCors(),
  });
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
  for (let n = 0; n < 110; n += 1) {
    expect((await fetch(`${url}/open`, { method: 'OPTIONS', headers })).status).toBe(204);
  }
});

test('a weak environment stops the start and is named', async () => {
  const weak = [
    { JWT_SECRET: 'changeme' },
    { JWT_SECRET: '' },
    { SECURITY_LEVEL: 'low' },
    { CORS_ORIGINS: '*' },
    { TRUST_PROXY: 'true' },
  ];
  for (const environment of weak) {
    const [name] = Object.keys(environment);
    await expect(start({ environment }), name).rejects.toThrow(name);
  }
});
