import { expect, test } from 'vitest';
import type { Level, Policy, Values } from '../src/security/policy-types.js';
import { policyWith, start } from './application.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };

/** The example policy with these values in place of its own. */
function withValues<K extends keyof Values>(key: K, over: Partial<Values[K]>): Policy {
  const policy = policyWith({});
  const levels = Object.entries(policy.levels).map(([level, values]) => [
    level,
    { ...values, [key]: { ...values[key], ...over } },
  ]);
  return { ...policy, levels: Object.fromEntries(levels) as Record<Level, Values> };
}

test('exactly so many requests of one client are served, also at one instant', async () => {
  const general = { limit: 10, windowSeconds: 60 };
  const app = await start({ policy: withValues('ratelimit', { general }) });
  const spoofed = (i: number) => ({ 'x-forwarded-for': `9.9.9.${i}`, forwarded: `for=9.9.8.${i}` });
  const answers = await Promise.all(
    Array.from({ length: 25 }, (_, i) => app.ask('GET', '/open', { headers: spoofed(i) })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body).toMatchObject({ type: 'about:blank', status: 429 });
  expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect(refused?.headers.get('ratelimit')).toMatch(/^"general";r=0;t=\d+$/);
  expect(refused?.headers.get('ratelimit-policy')).toBe('"general";q=10;w=60');
  expect(refused?.headers.get('x-content-type-options')).toBe('nosniff');
  // What an orchestrator and a browser ask is never refused.
  expect((await app.ask('GET', '/health')).status).toBe(200);
  const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' };
  expect((await app.ask('OPTIONS', '/open', { headers: preflight })).status).toBe(204);
  await app.stop();
});

test('a proxy that is named tells clients apart', async () => {
  const policy = withValues('ratelimit', { general: { limit: 2, windowSeconds: 60 } });
  const app = await start({ policy }, { TRUST_PROXY: '1' });
  const from = async (address: string) =>
    (await app.ask('GET', '/open', { headers: { 'x-forwarded-for': address } })).status;
  expect([await from('9.9.9.1'), await from('9.9.9.1'), await from('9.9.9.1')]).toEqual([
    200, 200, 429,
  ]);
  // Only the last entry is the proxy's own word.
  expect(await from('1.1.1.1, 9.9.9.1')).toBe(429);
  expect(await from('9.9.9.2')).toBe(200);
  // One customer holds a whole IPv6 prefix.
  expect([
    await from('2001:db8:0:10::1'),
    await from('2001:db8:0:11::1'),
    await from('2001:db8:0:12:a::1'),
  ]).toEqual([200, 200, 429]);
  expect([await from('::ffff:9.9.9.3'), await from('9.9.9.3'), await from('9.9.9.3')]).toEqual([
    200, 200, 429,
  ]);
  await app.stop();
});

test('an account is locked after too many failures, whatever address and spelling', async () => {
  const policy = withValues('ratelimit', { account: { limit: 3, windowSeconds: 60 } });
  const app = await start({ policy }, { TRUST_PROXY: '1' });
  const login = (email: string, password: string, i: number) => {
    const headers = { 'x-forwarded-for': `9.9.${i}.1` };
    return app.ask('POST', '/auth/login', { json: { email, password }, headers });
  };
  await app.ask('POST', '/auth/register', { json: account });
  const spellings = ['ada@example.org', 'ADA@example.org', ' ada@Example.org '];
  for (const [i, email] of spellings.entries()) {
    expect((await login(email, 'wrong phrase', i)).status).toBe(401);
  }
  const locked = await login(account.email, account.password, 9);
  expect(locked.status).toBe(429);
  const unknown = 'nobody@example.org';
  for (const i of [1, 2, 3]) expect((await login(unknown, 'wrong phrase', i)).status).toBe(401);
  const other = await login(unknown, 'wrong phrase', 8);
  expect({ ...other.body, requestId: '' }).toEqual({ ...locked.body, requestId: '' });
  await app.stop();
});

test('callers behind one address have budgets of their own', async () => {
  const policy = withValues('ratelimit', { api: { limit: 4, windowSeconds: 60 } });
  const app = await start({ policy });
  const signIn = async (email: string) => {
    const json = { ...account, email };
    await app.ask('POST', '/auth/register', { json });
    const { body } = await app.ask('POST', '/auth/login', { json });
    return { authorization: `Bearer ${body.accessToken}` };
  };
  const [ada, bob] = [await signIn('ada@example.org'), await signIn('bob@example.org')];
  const ask = async (headers: Record<string, string>) =>
    (await app.ask('GET', '/items/1', { headers })).status;
  for (let i = 0; i < 4; i += 1) expect(await ask(ada)).toBe(200);
  expect(await ask(ada)).toBe(429);
  expect(await ask(bob)).toBe(200);
  await app.stop();
});

test('the owner’s tests are far from every limit, and need no secret', async () => {
  const policy = withValues('ratelimit', { general: { limit: 1, windowSeconds: 60 } });
  const app = await start({ policy }, { NODE_ENV: 'test', JWT_SECRET: '' });
  for (let i = 0; i < 5; i += 1) expect((await app.ask('GET', '/open')).status).toBe(200);
  await app.stop();
});

test.each([
  ['/login', 10, [302, 429]],
  ['/enter?error=1', 10, [302, 429]],
  ['/home', 10, [302, 302]],
])('a sign-in of the application’s own that redirects to %s', async (to, times, wanted) => {
  const limits = withValues('ratelimit', {
    auth: { limit: 100, windowSeconds: 60 },
    general: { limit: 100, windowSeconds: 60 },
  });
  const routes = [
    { method: 'POST', path: '/login/password', access: 'kept' as const, limit: 'auth' as const },
  ];
  const policy: Policy = { ...limits, auth: 'kept', routes };
  const app = await start({ policy, make: undefined }, {}, (own) => {
    own.post('/login/password', (_req, res) => void res.redirect(to));
  });
  const guess = async () => {
    const body = 'username=ada&password=wrong';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return (await app.ask('POST', '/login/password', { body, headers })).status;
  };
  const statuses: number[] = [];
  for (let i = 0; i <= times; i += 1) statuses.push(await guess());
  expect([statuses[0], statuses[times]]).toEqual(wanted);
  await app.stop();
});
