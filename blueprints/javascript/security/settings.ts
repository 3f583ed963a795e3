import { randomBytes } from 'node:crypto';
import { urlOf } from './messages.js';
import { type ControlId, type Level, levels, type Policy, type Values } from './policy-types.js';

/** The environment, read once when the application is made. */
export interface Settings {
  policy: Policy;
  values: Values;
  level: Level;
  environment: 'development' | 'test' | 'production';
  https: boolean;
  origins: ReadonlySet<string>;
  /** Hop count, or networks in front; Express's own `trust proxy` takes both. */
  proxies: number | readonly string[];
  redisUrl: string;
  database: string;
  /** Accepted secrets, the signing one first; empty where the chosen authentication needs none. */
  jwtSecrets: readonly string[];
  jwtPrivateKey: string;
  adminEmail: string;
  adminPassword: string;
  adminKey: string;
  on: (control: ControlId) => boolean;
}

type Name =
  | 'NODE_ENV'
  | 'SECURITY_LEVEL'
  | 'SECURITY_HTTPS'
  | 'SECURITY_DATABASE'
  | 'SECURITY_ADMIN_EMAIL'
  | 'SECURITY_ADMIN_PASSWORD'
  | 'SECURITY_ADMIN_KEY'
  | 'CORS_ORIGINS'
  | 'TRUST_PROXY'
  | 'REDIS_URL'
  | 'JWT_SECRET'
  | 'JWT_PREVIOUS_SECRET'
  | 'JWT_PRIVATE_KEY'
  | 'NODE_TEST_CONTEXT'
  | 'VITEST'
  | 'JEST_WORKER_ID';
// Names of our own beside what some @types/node name: a type without any in common is refused.
type Env = Readonly<Partial<Record<Name, string | undefined>>> & NodeJS.ProcessEnv;

const placeholders = /changeme|secret|password|your-|example|replace|placeholder/i;

/**
 * Reads and judges the environment. A mistake stops the start.
 * @throws Error that names the variable, never its value
 */
export function readSettings(policy: Policy, env: Env = process.env): Settings {
  const environment = environmentOf(env);
  const level = levelOf(policy, env);
  const values = policy.levels[level];
  if (values === undefined)
    throw new Error('SECURITY_LEVEL names a level that policy does not hold');
  return {
    policy,
    values,
    level,
    environment,
    https: env.SECURITY_HTTPS?.toLowerCase() === 'true',
    origins: originsOf(policy, values, env),
    proxies: proxiesOf(policy, env),
    redisUrl: env.REDIS_URL ?? '',
    database: databaseOf(environment, env),
    jwtSecrets: secretsOf(policy, environment, env),
    jwtPrivateKey: env.JWT_PRIVATE_KEY ?? '',
    adminEmail: env.SECURITY_ADMIN_EMAIL ?? '',
    adminPassword: env.SECURITY_ADMIN_PASSWORD ?? '',
    adminKey: env.SECURITY_ADMIN_KEY ?? '',
    on: (control) => policy.controls[control] === true,
  };
}

function environmentOf(env: Env): Settings['environment'] {
  const name = env.NODE_ENV || (isTestRun(env) ? 'test' : 'production');
  // Unset or a name of the owner's own means the careful one.
  return name === 'development' || name === 'test' ? name : 'production';
}

/** The owner's tests keep running without new variables: their runners say who they are. */
function isTestRun(env: Env): boolean {
  const runner = env.NODE_TEST_CONTEXT ?? env.VITEST ?? env.JEST_WORKER_ID;
  return (
    runner !== undefined ||
    /[\\/](?:mocha|_mocha|ava|tap|jasmine)(?:\.js)?$/.test(process.argv[1] ?? '')
  );
}

function levelOf(policy: Policy, env: Env): Level {
  const asked = env.SECURITY_LEVEL || policy.level;
  const at = (levels as readonly string[]).indexOf(asked);
  if (at === -1) throw new Error('SECURITY_LEVEL must be basic, standard or strict');
  // It may raise the level of a deployment, never lower it.
  return levels[Math.max(at, levels.indexOf(policy.level))] ?? policy.level;
}

/** The owner's tests keep their accounts in memory, so that two runs do not meet. */
function databaseOf(environment: Settings['environment'], env: Env): string {
  return env.SECURITY_DATABASE || (environment === 'test' ? ':memory:' : 'security.sqlite');
}

function secretsOf(policy: Policy, environment: Settings['environment'], env: Env): string[] {
  if (policy.auth !== 'jwt' || policy.controls.auth !== true || env.JWT_PRIVATE_KEY) return [];
  const names = ['JWT_SECRET', 'JWT_PREVIOUS_SECRET'] as const;
  const given = names.filter((name) => env[name]);
  for (const name of given) refuseWeak(name, env[name] ?? '');
  const [current, previous] = names.map((name) => env[name] ?? '');
  if (!current && previous) throw new Error('JWT_PREVIOUS_SECRET is set without JWT_SECRET');
  if (current && current === previous) {
    throw new Error('JWT_SECRET and JWT_PREVIOUS_SECRET are equal');
  }
  if (current) return previous ? [current, previous] : [current];
  if (environment === 'production') {
    throw new Error('JWT_SECRET is not set: 32 random bytes or more are needed');
  }
  // Without one in development and tests, tokens end with this process.
  return [randomBytes(48).toString('base64url')];
}

/** RFC 8725 §3.5: an HMAC key has at least the size of its output. */
function refuseWeak(name: string, value: string): void {
  if (Buffer.byteLength(value) < 32 || new Set(value).size < 8) {
    throw new Error(`${name} is weak: 32 random bytes or more are needed`);
  }
  if (placeholders.test(value)) throw new Error(`${name} is a placeholder`);
}

function originsOf(policy: Policy, values: Values, env: Env): Set<string> {
  const given = listOf(env.CORS_ORIGINS ?? '').map((part) => part.trim());
  const all = new Set([...policy.origins, ...given.filter((part) => part !== '')]);
  for (const origin of all) {
    const exact = urlOf(origin)?.origin === origin;
    if (!exact || origin.includes('*')) {
      throw new Error('CORS_ORIGINS holds an entry that is not an exact origin');
    }
    if (values.cors.httpsOnly && !origin.startsWith('https:')) {
      throw new Error('CORS_ORIGINS holds an http origin, which this level refuses');
    }
  }
  if (all.size > values.cors.maxOrigins) {
    throw new Error('CORS_ORIGINS holds too many origins for this level');
  }
  return all;
}

/** With commas, or as JSON where the application's own settings read it so. */
function listOf(text: string): string[] {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  return inner === undefined ? text.split(',') : inner.replace(/"/g, '').split(',');
}

function proxiesOf(policy: Policy, env: Env): Settings['proxies'] {
  const given = env.TRUST_PROXY;
  if (!given) return policy.proxies;
  if (given === 'false') return 0;
  if (/^\d{1,2}$/.test(given)) return Number(given);
  const networks = given.split(',').map((part) => part.trim());
  // `true` would believe whatever a client writes into X-Forwarded-For.
  if (!networks.every((part) => /^[\da-f.:]+(?:\/\d{1,3})?$/i.test(part))) {
    throw new Error('TRUST_PROXY must be a hop count or a list of CIDRs');
  }
  return networks;
}
