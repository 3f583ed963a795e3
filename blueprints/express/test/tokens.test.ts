import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyWith, type Running, secret, start } from './application.js';

const account = { email: 'ada@example.org', password: 'a long enough phrase' };
let app: Running;
let good: { header: Record<string, unknown>; claims: Record<string, unknown>; token: string };

async function signIn(to: Running): Promise<string> {
  await to.ask('POST', '/auth/register', { json: account });
  return (await to.ask('POST', '/auth/login', { json: account })).body.accessToken;
}

const meWith = async (token: string, to = app, scheme = 'Bearer') =>
  (await to.ask('GET', '/auth/me', { headers: { authorization: `${scheme} ${token}` } })).status;

beforeAll(async () => {
  app = await start();
  const token = await signIn(app);
  const [header = '', claims = ''] = token.split('.');
  good = { header: read(header), claims: read(claims), token };
});
afterAll(() => app.stop());

function read(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token that is signed with the right key, whatever stands in it. */
function signed(header: object, claims: object, hash = 'sha256'): string {
  const text = `${part({ ...good.header, ...header })}.${part({ ...good.claims, ...claims })}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

const now = Math.floor(Date.now() / 1000);

test.each<[string, object, object, string?]>([
  ['no algorithm', { alg: 'none' }, {}],
  ['another algorithm', { alg: 'HS512' }, {}, 'sha512'],
  ['another type', { typ: 'JWT' }, {}],
  ['no type', { typ: undefined }, {}],
  ['an unknown key id', { kid: '../../dev/null' }, {}],
  ['no key id', { kid: undefined }, {}],
  ['a key of its own', { jwk: { kty: 'oct', k: 'AAAA' } }, {}],
  ['a critical extension', { crit: ['b64'], b64: false }, {}],
  ['an end in the past', {}, { exp: now - 3600 }],
  ['no end', {}, { exp: undefined }],
  ['an end that is text', {}, { exp: '9999999999' }],
  ['a start in the future', {}, { nbf: now + 3600 }],
  ['an issue in the future', {}, { iat: now + 3600 }],
  ['another issuer', {}, { iss: 'security/' }],
  ['another audience', {}, { aud: 'other' }],
  ['a list of audiences', {}, { aud: ['api', 'other'] }],
  ['no subject', {}, { sub: undefined }],
  ['another subject', {}, { sub: 'somebody' }],
  ['no token id', {}, { jti: undefined }],
  ['another family', {}, { family: 'somebody' }],
])(
  'a token with %s is refused, though its signature is right',
  async (_what, header, claims, hash) => {
    expect(await meWith(signed({}, {}))).toBe(200);
    expect(await meWith(signed(header, claims, hash))).toBe(401);
  },
);

test('a token is refused that was changed, cut or sent in another way', async () => {
  const [header, claims, signature = ''] = good.token.split('.');
  const flipped = part({ ...good.claims, roles: ['admin'] });
  expect(await meWith(`${header}.${flipped}.${signature}`)).toBe(401);
  expect(await meWith(`${header}.${claims}.${signature.slice(0, -4)}`)).toBe(401);
  expect(await meWith(`${header}.${claims}.`)).toBe(401);
  expect(await meWith(`${good.token}.x`)).toBe(401);
  expect(await meWith(good.token, app, 'Token')).toBe(401);
  expect((await app.ask('GET', `/auth/me?access_token=${good.token}`)).status).toBe(401);
  expect(await meWith(good.token, app, 'bearer')).toBe(200);
});

test('roles of a wrong shape give none', async () => {
  for (const roles of ['admin', [['admin']], { 0: 'admin', length: 1 }, undefined]) {
    const headers = { authorization: `Bearer ${signed({}, { roles })}` };
    expect((await app.ask('GET', '/admin', { headers })).status).toBe(403);
  }
});

test('strict takes roles from the store, whatever a token says', async () => {
  const strict = await start({ policy: policyWith({ level: 'strict' }) }, { CORS_ORIGINS: '' });
  good.token = await signIn(strict);
  const [, claims = ''] = good.token.split('.');
  const forged = signed({}, { ...read(claims), roles: ['admin'] });
  expect(await meWith(forged, strict)).toBe(200);
  const headers = { authorization: `Bearer ${forged}` };
  expect((await strict.ask('GET', '/admin', { headers })).status).toBe(403);
  await strict.stop();
});

test.each([
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['EdDSA', () => generateKeyPairSync('ed25519')],
] as const)('a private key signs with %s, and its public half signs nothing', async (alg, pair) => {
  const { privateKey, publicKey } = pair();
  const JWT_PRIVATE_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const own = await start({}, { JWT_PRIVATE_KEY, JWT_SECRET: '' });
  const token = await signIn(own);
  const [header = '', claims = ''] = token.split('.');
  expect(read(header)).toMatchObject({ alg, typ: 'at+jwt', kid: expect.any(String) });
  expect(await meWith(token, own)).toBe(200);
  const text = `${part({ ...read(header), alg: 'HS256' })}.${claims}`;
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const confused = `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
  expect(await meWith(confused, own)).toBe(401);
  await own.stop();
});

test('an old secret is accepted while keys rotate, and not longer', async () => {
  const fresh = `${secret.slice(1)}Zz`;
  const rotating = await start({}, { JWT_SECRET: fresh, JWT_PREVIOUS_SECRET: secret });
  const token = await signIn(rotating);
  const [header = '', claims = ''] = token.split('.');
  const old = signed({}, read(claims));
  expect(read(header).kid).not.toBe(good.header.kid);
  expect([await meWith(token, rotating), await meWith(old, rotating)]).toEqual([200, 200]);
  await rotating.stop();
});
