import type { EnvironmentVariable, Package, RecipeInput, Recipes } from '../framework.ts';
import { defineRecipe } from '../framework.ts';
import { authFiles } from './files.ts';

/**
 * One recipe for each control, the same for both Python frameworks. The files that all of them share come with
 * the mount, so that taking a control out leaves the others as they are.
 */
export const recipes: Recipes = {
  headers: defineRecipe({
    files: () => ['headers.py'],
    packages: shared(),
    environment: () => [https],
  }),
  cors: defineRecipe({
    files: () => ['cors.py'],
    packages: shared(),
    environment: () => [origins],
  }),
  ratelimit: defineRecipe({
    files: () => ['ratelimit.py', 'client.py'],
    packages: shared(),
    environment: () => [redisUrl, trustProxy],
  }),
  validation: defineRecipe({ files: () => ['validation.py'], packages: shared() }),
  auth: defineRecipe({
    files: ({ policy }) => authFiles(policy),
    packages: authPackages,
    environment: ({ policy }) => [
      ...(policy.auth === 'jwt' ? [jwtSecret] : []),
      ...(policy.auth === 'apikey' ? [adminKey] : [adminEmail, adminPassword]),
      database,
    ],
  }),
  authz: defineRecipe({ files: () => ['routes.py'], packages: shared() }),
  csrf: defineRecipe({ files: () => ['csrf.py'], packages: shared() }),
  errors: defineRecipe({ files: () => ['errors.py'], packages: shared() }),
  logging: defineRecipe({ files: () => ['events.py'], packages: shared() }),
};

/** The gate imports the limiter whichever controls are on. */
function shared(...names: readonly string[]) {
  return ({ blueprint }: RecipeInput): readonly Package[] =>
    ['limits', 'redis', ...names].map((name) => ({
      name,
      range: blueprint.packages[name] ?? '',
      dev: false,
    }));
}

function authPackages(input: RecipeInput): readonly Package[] {
  const { auth } = input.policy;
  if (auth === 'jwt') return shared('argon2-cffi', 'PyJWT[crypto]')(input);
  return auth === 'session' ? shared('argon2-cffi')(input) : shared()(input);
}

const optional = { required: false } as const;
const jwtSecret: EnvironmentVariable = {
  name: 'JWT_SECRET',
  why: '32 random bytes or more: `python -c "import secrets; print(secrets.token_urlsafe(48))"`',
  required: true,
  example: '',
};
const adminEmail: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_ADMIN_EMAIL',
  why: 'with SECURITY_ADMIN_PASSWORD: an administrator made at start',
  example: 'admin@example.com',
};
const adminPassword: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_ADMIN_PASSWORD',
  why: 'password of that administrator',
  example: '',
};
const adminKey: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_ADMIN_KEY',
  why: 'an administrator’s key made at start; or add one with the `keys` module',
  example: '',
};
const database: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_DATABASE',
  why: 'SQLite file of accounts and keys; security.sqlite when not set',
  example: 'security.sqlite',
};
const redisUrl: EnvironmentVariable = {
  ...optional,
  name: 'REDIS_URL',
  why: 'several instances share limits through it',
  example: 'redis://127.0.0.1:6379',
};
const trustProxy: EnvironmentVariable = {
  ...optional,
  name: 'TRUST_PROXY',
  why: 'hop count or CIDRs of the proxies in front; wrong, and all clients are one',
  example: '1',
};
const origins: EnvironmentVariable = {
  ...optional,
  name: 'CORS_ORIGINS',
  why: 'exact origins of your front ends, with commas',
  example: 'https://app.example.com',
};
const https: EnvironmentVariable = {
  ...optional,
  name: 'SECURITY_HTTPS',
  why: 'true where clients come over https: HSTS and __Host- cookies follow it',
  example: 'true',
};
