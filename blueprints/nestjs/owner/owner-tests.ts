// Your own proof that the policy holds: `npm run test:security` starts the application as its bootstrap does,
// with secrets of this run, and asks every listed route as a stranger.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminKey, origin, outputOf, started } from './owner-app.js';
import { expected } from './owner-data.js';
// Last, because it starts the application: what it is started with stands above.
import '../main.js';

const { auth, prefix, controls, routes } = expected;
const minute = 60_000;
const methods = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|ALL)$/;
const account = { email: 'owner@example.test', password: 'orbit lantern mosaic 7' };
const nowhere = '/no-such-path-of-this-application';
let base = '';
let user: Record<string, string> = {};

beforeAll(async () => {
  const app = await started;
  base = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  user = await signIn();
}, minute);

afterAll(async () => {
  await (await started).close();
});

for (const { method, path, access } of routes.filter((route) => methods.test(route.method))) {
  const open = access === 'public' || access === 'kept';
  if (open && method !== 'GET') continue;
  test(`${method} ${path} is ${open ? 'served to' : 'refused to'} a stranger`, async () => {
    const answer = await ask(method, sendable(path));
    if (access === 'public') expect([401, 403]).not.toContain(answer.status);
    if (!open) expect(answer.status).toBe(401);
    if (has('headers')) expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.text).not.toMatch(/\n\s+at .+:\d+/);
  });
  if (!access.startsWith('role:') || !signsIn()) continue;
  test(`${method} ${path} is refused to a user without the role`, async () => {
    expect((await ask(method, sendable(path), user)).status).toBe(403);
  });
}

only(expected.unlisted === 'deny')('a path that nobody decided is not served', async () => {
  expect((await ask('GET', nowhere)).status).toBe(404);
});

only(has('headers'))('an answer that no handler gives has the headers too', async () => {
  const { headers } = await ask('GET', nowhere);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBe(null);
});

only(has('errors'))('an error is a problem document and tells nothing of the inside', async () => {
  const { headers, text } = await ask('POST', nowhere);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(text).toContain(`"requestId":"${headers.get('x-request-id')}"`);
});

only(has('ratelimit'))('requests are counted', async () => {
  expect((await ask('POST', nowhere)).headers.get('ratelimit')).toContain('"general"');
});

only(has('cors'))('only known front ends may read answers', async () => {
  const preflight = async (from: string) => {
    const headers = { origin: from, 'access-control-request-method': 'GET' };
    return (await ask('OPTIONS', nowhere, headers)).headers.get('access-control-allow-origin');
  };
  expect(await preflight(origin)).toBe(origin);
  expect(await preflight('https://evil.example')).toBe(null);
});

only(has('csrf'))('a write of another site is refused', async () => {
  const headers = { cookie: 'session=x', 'sec-fetch-site': 'cross-site' };
  expect((await ask('POST', nowhere, headers)).status).toBe(403);
});

const write = routes.find(
  ({ method, access, body }) =>
    /^P(?:OST|UT|ATCH)$/.test(method) &&
    body === 'json' &&
    (access === 'public' || (access === 'user' && auth !== 'kept')),
);

only(has('validation') && write !== undefined)('keys that poison objects are refused', async () => {
  const { method = 'POST', path = '/' } = write ?? {};
  const { status, text } = await ask(method, sendable(path), user, '{"__proto__":{"a":1}}');
  expect(status).toBe(400);
  expect(text).not.toContain('"a"');
});

only(has('auth') && auth !== 'kept')('a forged credential is refused and logged', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = part({ sub: '1', roles: ['admin'] });
  const token = `${part({ alg: 'none', typ: 'at+jwt' })}.${claims}.`;
  const forged = {
    authorization: `Bearer ${token}`,
    'x-api-key': 'sk_0123456789abcdef.forged',
    cookie: 'session=forged',
  };
  let status = 0;
  const output = await outputOf(async () => {
    status = (await ask('GET', `${prefix}/me`, forged)).status;
  });
  expect(status).toBe(401);
  if (has('logging')) expect(output).toContain('"event":"auth.denied"');
});

only(signsIn())('a wrong password does not sign in', async () => {
  const body = JSON.stringify({ ...account, password: 'not the right one' });
  expect((await ask('POST', `${prefix}/login`, {}, body)).status).toBe(401);
  expect((await ask('GET', `${prefix}/me`, user)).status).toBe(200);
});

function has(control: string): boolean {
  return controls.includes(control);
}

function signsIn(): boolean {
  return has('auth') && (auth === 'jwt' || auth === 'session');
}

function only(applies: boolean) {
  return applies ? test : test.skip;
}

/** Headers of a signed-in user; none where the application signs callers in itself. */
async function signIn(): Promise<Record<string, string>> {
  if (has('auth') && auth === 'apikey') return { 'x-api-key': adminKey };
  if (!signsIn()) return {};
  const body = JSON.stringify(account);
  await ask('POST', `${prefix}/register`, {}, body);
  const { headers, text } = await ask('POST', `${prefix}/login`, {}, body);
  if (auth === 'session') return sessionOf(headers.get('set-cookie') ?? '');
  return { authorization: `Bearer ${(JSON.parse(text) as { accessToken: string }).accessToken}` };
}

async function sessionOf(given: string): Promise<Record<string, string>> {
  const cookie = { cookie: given.split(';')[0] ?? '', 'sec-fetch-site': 'same-origin' };
  const { text } = await ask('GET', `${prefix}/csrf`, cookie);
  return { ...cookie, 'x-csrf-token': (JSON.parse(text) as { csrfToken: string }).csrfToken };
}

async function ask(method: string, path: string, more: Record<string, string> = {}, body = '{}') {
  const verb = method === 'ALL' ? 'GET' : method;
  const sends = /^P(?:OST|UT|ATCH)$/.test(verb);
  const answer = await fetch(base + path, {
    method: verb,
    redirect: 'manual',
    headers: { ...(sends && { 'content-type': 'application/json' }), ...more },
    ...(sends && { body }),
    signal: AbortSignal.timeout(10_000),
  });
  const { status, headers } = answer;
  // A stream of events has no end.
  const endless = headers.get('content-type')?.includes('event-stream') === true;
  if (endless) await answer.body?.cancel();
  return { status, headers, text: endless ? '' : await answer.text() };
}

/** A path with every parameter filled in. */
function sendable(path: string): string {
  return path
    .replace(/[{}]/g, '')
    .replace(/:\w+(?:\([^)]*\))?[?*+]?/g, '1')
    .replace(/\*\w*/g, 'x')
    .replace(/\/{2,}/g, '/');
}
