import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** Secrets of one run. They are random, so that an application under proof is not open to its neighbours. */
export interface TestSecrets {
  jwt: string;
  adminEmail: string;
  adminPassword: string;
  adminKey: string;
}

export function testSecrets(): TestSecrets {
  return {
    jwt: randomBytes(48).toString('base64url'),
    adminEmail: 'admin@proof.example',
    adminPassword: `Proof ${randomBytes(18).toString('base64url')}`,
    adminKey: `sk_${randomBytes(8).toString('hex')}.${randomBytes(32).toString('base64url')}`,
  };
}

/** Origin that the proof allows through CORS_ORIGINS. */
export const provenOrigin = 'https://app.example.com';

/** What the application under proof is started with, beside the owner's own environment. */
export function testEnvironment(
  secrets: TestSecrets,
  directory: string,
  mode: string,
): Record<string, string> {
  return {
    NODE_ENV: mode,
    APP_ENV: mode,
    JWT_SECRET: secrets.jwt,
    SECURITY_ADMIN_EMAIL: secrets.adminEmail,
    SECURITY_ADMIN_PASSWORD: secrets.adminPassword,
    SECURITY_ADMIN_KEY: secrets.adminKey,
    SECURITY_DATABASE: `${directory}/security.sqlite`,
    CORS_ORIGINS: provenOrigin,
    REDIS_URL: '',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** A P-256 pair for starts with JWT_PRIVATE_KEY. */
export function keyPair(): { privatePem: string; publicPem: string; publicJwk: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicJwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
  };
}
