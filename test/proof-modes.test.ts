import path from 'node:path';
import { expect, it } from 'vitest';
import { spawnApp } from '../src/proof/process.ts';
import { prove } from '../src/proof/prove.ts';
import { proofInput } from './proof-input.ts';

const account = { email: 'owner@proof.example', password: 'Owner password 12345' };
const environment = {
  SECURITY_ADMIN_EMAIL: account.email,
  SECURITY_ADMIN_PASSWORD: account.password,
};

it('signs in as secure.yaml describes when the application keeps its own authentication', async () => {
  const input = proofInput('hardened', {
    auth: 'kept',
    kept: { auth: 'jsonwebtoken', authz: 'follows it', csrf: 'not needed' },
  });
  const login = { method: 'POST', path: '/auth/login', json: account };
  const identities = { user: { login, token: '/accessToken' } };
  const proof = await prove({ ...input, identities, environment });
  const known = proof.verdicts.find((verdict) => verdict.probe === 'J-1/known');
  expect(known?.verdict).toBe('proved');
  const algorithms = proof.verdicts.find((verdict) => verdict.probe === 'J-2');
  expect(algorithms?.verdict).toBe('proved');
}, 60_000);

it('does not restart an application that is given by its address', async () => {
  const cwd = path.join(import.meta.dirname, '..', 'fixtures', 'proof', 'hardened');
  const env = {
    ...environment,
    JWT_SECRET: 'k'.repeat(48),
    CORS_ORIGINS: 'https://app.example.com',
  };
  const app = await spawnApp({ argv: ['node', 'server.mjs'], cwd, env });
  const url = `http://127.0.0.1:${app.port}`;
  const proof = await prove({ ...proofInput('hardened'), url, mutate: true });
  const alive = app.alive();
  await app.stop();
  expect(alive).toBe(true);
  expect(proof.verdicts.filter((verdict) => verdict.verdict === 'failed')).toEqual([]);
  expect(proof.verdicts.find((verdict) => verdict.probe === 'R-1')?.verdict).toBe('proved');
  expect(proof.verdicts.find((verdict) => verdict.probe === 'E-6')?.verdict).toBe('not-run');
  expect(proof.mutations).toEqual([]);
}, 60_000);

it('says what an application lacks that ends by itself, and fails no probe for it', async () => {
  const code =
    "require('http').createServer((_, res) => { res.end(); throw new Error('no redis'); }).listen(process.env.PORT, '127.0.0.1')";
  const start = { argv: ['node', '-e', code], from: 'test', cwd: '' };
  await expect(prove({ ...proofInput('hardened'), start })).rejects.toThrow(
    /listened and then ended by itself: Error: no redis/,
  );
}, 60_000);
