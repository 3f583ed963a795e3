import type { Project } from '../../project/project.ts';
import { workersIn } from '../../project/workers.ts';
import {
  adminEmail,
  adminKey,
  adminPassword,
  database,
  https,
  jwtSecret,
  origins,
  redisUrl,
  trustProxy,
} from '../environment.ts';
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
    files: () => ['ratelimit.py', 'redis_client.py', 'client.py'],
    packages: shared(),
    environment: ({ project }) => [sharedState(project), trustProxy],
  }),
  validation: defineRecipe({ files: () => ['validation.py'], packages: shared() }),
  auth: defineRecipe({
    files: ({ policy }) => authFiles(policy),
    packages: authPackages,
    environment: ({ policy }) => [
      ...(policy.auth === 'jwt' ? [jwtSecret(secretCommand)] : []),
      ...(policy.auth === 'apikey' ? [adminKey('`keys` module')] : [adminEmail, adminPassword]),
      database,
    ],
  }),
  authz: defineRecipe({ files: () => ['routes.py'], packages: shared() }),
  csrf: defineRecipe({ files: () => ['csrf.py'], packages: shared() }),
  errors: defineRecipe({ files: () => ['errors.py'], packages: shared() }),
  logging: defineRecipe({ files: () => ['events.py'], packages: shared() }),
};

const secretCommand = 'python -c "import secrets; print(secrets.token_urlsafe(48))"';

/** Needed where the owner's own start runs several processes. */
function sharedState({ tree }: Project): EnvironmentVariable {
  const usual = redisUrl('limits and sign-ins');
  const workers = workersIn(tree);
  if (workers === undefined) return usual;
  const why = `${workers.from} starts ${workers.count} workers: without it each counts by itself`;
  return { ...usual, required: true, why };
}

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
