import { randomBytes } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { NestApplication } from '@nestjs/core';
import { expected } from './owner-data.js';

/** What the security tests expect; `owner-data.ts` is printed with the policy. */
export interface Expected {
  auth: 'jwt' | 'session' | 'apikey' | 'kept';
  /** Prefix of the endpoints where callers sign in. */
  prefix: string;
  unlisted: 'deny' | 'kept';
  /** Controls that stand here; what is taken out of `policy.ts` and not here turns a test red. */
  controls: readonly string[];
  origins: readonly string[];
  routes: readonly { method: string; path: string; access: string; body?: string }[];
}

export const origin = expected.origins[0] ?? 'https://front.example.test';
export const adminKey = `sk_${randomBytes(8).toString('hex')}.${randomBytes(32).toString('base64url')}`;

// Secrets and stores of this run alone; limits are far away in tests, and everything else holds.
Object.assign(process.env, {
  NODE_ENV: 'test',
  SECURITY_DATABASE: ':memory:',
  SECURITY_ADMIN_KEY: adminKey,
  REDIS_URL: '',
  ...(expected.origins.length === 0 && { CORS_ORIGINS: origin }),
  ...(expected.auth === 'jwt' && { JWT_SECRET: randomBytes(48).toString('base64url') }),
});

type Listen = (...given: unknown[]) => Promise<unknown>;

/** The application as its bootstrap makes it, on a port of its own whatever port it asks for. */
export const started = new Promise<INestApplication>((resolve) => {
  const prototype = NestApplication.prototype as unknown as { listen: Listen };
  const { listen } = prototype;
  prototype.listen = async function (this: INestApplication, ...given: unknown[]) {
    const callbacks = given.filter((one) => typeof one === 'function');
    const server = await listen.call(this, 0, '127.0.0.1', ...callbacks);
    resolve(this);
    return server;
  };
});

/** Everything that the application writes on standard output while `during` runs. */
export async function outputOf(during: () => Promise<unknown>): Promise<string> {
  const { write } = process.stdout;
  const parts: string[] = [];
  process.stdout.write = (part: string | Uint8Array) => parts.push(String(part)) > 0;
  try {
    await during();
  } finally {
    process.stdout.write = write;
  }
  return parts.join('');
}
