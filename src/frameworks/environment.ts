import type { EnvironmentVariable } from './framework.ts';

const optional = { required: false } as const;

/** @param how the command by which the project's language makes such a secret */
export function jwtSecret(how: string): EnvironmentVariable {
  const why = `32 random bytes or more: \`${how}\``;
  return { name: 'JWT_SECRET', why, required: true, example: '' };
}

export const adminEmail: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_ADMIN_EMAIL',
  why: 'with SECURITY_ADMIN_PASSWORD: an administrator made at start',
  example: 'admin@example.com',
};

export const adminPassword: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_ADMIN_PASSWORD',
  why: 'password of that administrator',
  example: '',
};

/** @param how what else makes a key: `keys script`, `keys module` */
export function adminKey(how: string): EnvironmentVariable {
  const why = `an administrator’s key made at start; or add one with the ${how}`;
  return { ...optional, name: 'SECURITY_ADMIN_KEY', why, example: '' };
}

export const database: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_DATABASE',
  why: 'SQLite file of accounts and keys; security.sqlite when not set',
  example: 'security.sqlite',
};

/** @param what what several instances share */
export function redisUrl(what: string): EnvironmentVariable {
  const why = `several instances share ${what} through it`;
  return { ...optional, name: 'REDIS_URL', why, example: 'redis://127.0.0.1:6379' };
}

export const trustProxy: EnvironmentVariable = {
  ...optional,
  name: 'TRUST_PROXY',
  why: 'hop count or CIDRs of the proxies in front; wrong, and all clients are one',
  example: '1',
};

export const origins: EnvironmentVariable = {
  ...optional,
  name: 'CORS_ORIGINS',
  why: 'exact origins of your front ends, with commas',
  example: 'https://app.example.com',
};

export const https: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_HTTPS',
  why: 'true where clients come over https: HSTS and __Host- cookies follow it',
  example: 'true',
};
