import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, type Running, secret, start } from './application.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };

describe('with tokens', () => {
  let app: Running;
  let signedIn: Answered;
  const bearer = (): Record<string, string> => ({
    authorization: `Bearer ${signedIn.body.accessToken}`,
  });

  beforeAll(async () => {
    const admin = {
      SECURITY_ADMIN_EMAIL: 'root@example.org',
      SECURITY_ADMIN_PASSWORD: 'another long phrase',
    };
    app = await start({}, admin);
    await app.ask('POST', '/auth/register', { json: account });
    signedIn = await app.ask('POST', '/auth/login', { json: account });
  });
  afterAll(() => app.stop());

  test('strangers reach what is public and nothing else', async () => {
    expect((await app.ask('GET', '/open')).status).toBe(200);
    const refused = await app.ask('GET', '/items/1');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    expect((await app.ask('GET', '/hidden')).status).toBe(404);
  });

  test.each(['/ITEMS/1', '/items/1/', '/%69tems/1', '//items/1', '/items/1?x=1', '/ADMIN'])(
    'the spelling %s does not pass the guard',
    async (path) => {
      expect([401, 404]).toContain((await app.ask('GET', path)).status);
    },
  );

  test('a signed-in caller is known, and is no administrator', async () => {
    expect((await app.ask('GET', '/auth/me', { headers: bearer() })).body.email).toBe(
      account.email,
    );
    expect((await app.ask('GET', '/items/1', { headers: bearer() })).body).toEqual({
      id: '1',
      mine: false,
    });
    expect((await app.ask('GET', '/admin', { headers: bearer() })).status).toBe(403);
  });

  test('a body reaches its handler as it was sent', async () => {
    const json = { name: 'Tom & Jerry <3 日本語', price: 2 };
    const answer = await app.ask('POST', '/items', { json, headers: bearer() });
    expect(answer.body).toEqual(json);
    const form = { 'content-type': 'application/x-www-form-urlencoded', ...bearer() };
    const nested = await app.ask('POST', '/echo', { body: 'a[b]=c+d', headers: form });
    expect(nested.body).toEqual({ a: { b: 'c d' } });
  });

  test('a webhook keeps its bytes', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await app.ask('POST', '/hook', { body: '{"a": 1 }', headers })).body.bytes).toBe(9);
  });

  test.each([
    ['a prototype key', '{"__proto__":{"x":1}}', 400],
    ['an operator', '{"name":{"$ne":1}}', 400],
    ['NUL', '{"name":"a\\u0000"}', 400],
    ['a deep body', `${'['.repeat(2000)}${']'.repeat(2000)}`, 400],
    ['broken JSON', '{"a":', 400],
    ['a wrong type', '{"name":7}', 400],
    ['a large body', `{"name":"${'x'.repeat(200_000)}"}`, 413],
  ])('%s is refused', async (_what, body, status) => {
    const headers = { 'content-type': 'application/json', ...bearer() };
    const answer = await app.ask('POST', '/items', { body, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['an unknown type', { 'content-type': 'application/x-own' }, '{"__proto__":{"x":1}}', 400],
    ['octets', { 'content-type': 'application/octet-stream' }, ' {"name":{"$ne":1}}', 400],
    ['octets that are no JSON', { 'content-type': 'application/octet-stream' }, '{{', 200],
    [
      'a packed form',
      { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
      'x',
      415,
    ],
  ])('%s are no way around the checks', async (_what, headers, body, status) => {
    const answer = await app.ask('POST', '/echo', { body, headers: { ...headers, ...bearer() } });
    expect(answer.status).toBe(status);
  });

  test('a body that the checks leave alone has a cap without a declared length too', async () => {
    expect(await streamed(`${app.url}/hook`, 50)).toEqual([200, '{"bytes":51200}']);
    const [status, body] = await streamed(`${app.url}/hook`, 500);
    expect(status).toBe(413);
    expect(body).toContain('"requestId"');
    expect((await app.ask('GET', '/open')).status).toBe(200);
  });

  test('an error of the application tells nothing', async () => {
    const answer = await app.ask('GET', '/boom');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
  });

  test('a refresh token works once, and its reuse ends the family', async () => {
    const fresh = await app.ask('POST', '/auth/refresh', {
      json: { refreshToken: signedIn.body.refreshToken },
    });
    expect(fresh.status).toBe(200);
    const again = await app.ask('POST', '/auth/refresh', {
      json: { refreshToken: signedIn.body.refreshToken },
    });
    expect(again.status).toBe(401);
    const dead = { authorization: `Bearer ${fresh.body.accessToken}` };
    expect((await app.ask('GET', '/auth/me', { headers: dead })).status).toBe(401);
  });
});

/** Sends so many pieces of 1024 bytes, one after the other. */
function streamed(url: string, pieces: number): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream' };
    const sent = request(url, { method: 'POST', headers }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve([answer.statusCode ?? 0, text]);
    });
    // The server hangs up while we still write.
    sent.on('error', (error: NodeJS.ErrnoException) => error.code !== 'EPIPE' && reject(error));
    for (let i = 0; i < pieces; i += 1) sent.write('x'.repeat(1024));
    sent.end();
  });
}

test.each([
  [{ JWT_SECRET: '' }, 'JWT_SECRET'],
  [{ JWT_SECRET: 'changeme' }, 'JWT_SECRET'],
  [{ SECURITY_LEVEL: 'strcit' }, 'SECURITY_LEVEL'],
  [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
  [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
  [{ JWT_PREVIOUS_SECRET: secret }, 'JWT_PREVIOUS_SECRET'],
  [{ JWT_PRIVATE_KEY: 'no PEM' }, 'JWT_PRIVATE_KEY'],
  [{ REDIS_URL: 'user:hunter2@redis' }, 'REDIS_URL'],
  [{ SECURITY_DATABASE: '/no/such/folder/x.sqlite' }, 'SECURITY_DATABASE'],
  [{ SECURITY_ADMIN_EMAIL: 'root@example.org', SECURITY_ADMIN_PASSWORD: 'short' }, 'PASSWORD'],
])('%o stops the start and names the variable, never its value', async (env, name) => {
  const error = await start({}, env as Record<string, string>).catch(String);
  expect(error).toContain(name);
  for (const value of Object.values(env)) {
    if (value.length > 4) expect(error).not.toContain(value);
  }
});
