import type { ControlId } from '../../controls/control.ts';
import { KnownError } from '../../kernel/errors.ts';
import type { Recipe, RecipeInput, Recipes } from '../framework.ts';
import { recipes as express } from '../javascript/recipes.ts';

/** What each control brings is what it brings to Express, which Nest stands on; the files differ in what mounts them. */
export const recipes: Recipes = Object.fromEntries(
  Object.entries(express).map(([id, recipe]) => [
    id,
    'notApplicable' in recipe ? recipe : onExpressAdapter(recipe),
  ]),
) as Recipes;

function onExpressAdapter(recipe: Recipe): Recipe {
  return {
    ...recipe,
    files: (input) => {
      refuseOthers(input);
      return recipe.files(input);
    },
  };
}

export const majors: readonly number[] = [10, 11, 12];

/** @throws KnownError for a Nest, or an adapter, on which nothing of this is proven */
function refuseOthers({ project, surface }: RecipeInput): void {
  const { frameworkMajor, entry, tree, dependencies } = project;
  if (frameworkMajor !== undefined && !majors.includes(frameworkMajor)) {
    throw new KnownError(
      `this is Nest ${frameworkMajor}: the controls are proven on Nest ${majors.join(', ')}`,
      '`secure audit` works here; for hardening, raise @nestjs/core first.',
    );
  }
  const places = surface.apps.map(({ place }) => place.file);
  const files = [...new Set([...places, entry ?? ''])];
  // The adapter may be made in a file of its own; then its type or the packages tell.
  const stated = files.find((file) => /\b(?:Nest)?Fastify\w+/.test(tree.read(file) ?? ''));
  const only =
    '@nestjs/platform-fastify' in dependencies && !('@nestjs/platform-express' in dependencies);
  const fastify = stated ?? (only ? entry : undefined);
  if (fastify === undefined) return;
  throw new KnownError(
    `${fastify} runs Nest on the Fastify adapter: the controls are proven on the Express adapter alone`,
    [
      '`secure audit` works here. Use @nestjs/platform-express, or do by hand, control by control:',
      ...Object.entries(byHand).map(([id, what]) => `${id.padEnd(10)} ${what}`),
    ].join('\n  '),
  );
}

/** What stands for each control on Fastify, in the order in which it is mounted. */
const byHand: Readonly<Record<ControlId, string>> = {
  headers: 'await app.register(helmet) of @fastify/helmet, directly after NestFactory.create',
  cors: 'app.enableCors({ origin: [your front ends] }): a list, never true',
  ratelimit: '@fastify/rate-limit, and trustProxy of the adapter set to your proxies alone',
  validation:
    'a global ValidationPipe with whitelist and forbidNonWhitelisted; bodyLimit of the adapter',
  auth: 'a guard under APP_GUARD that verifies a token or a session before every handler',
  authz: 'the same guard refuses what is not marked @Public(), and asks for the roles of @Roles()',
  csrf: '@fastify/csrf-protection, where a cookie carries the credential',
  errors: 'an exception filter under APP_FILTER that answers without message or stack of a 5xx',
  logging: 'write refused sign-ins, denials and limits as events, with the id of the request',
};
