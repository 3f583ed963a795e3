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
  const { frameworkMajor, entry, tree } = project;
  if (frameworkMajor !== undefined && !majors.includes(frameworkMajor)) {
    throw new KnownError(
      `this is Nest ${frameworkMajor}: the controls are proven on Nest ${majors.join(', ')}`,
      '`secure audit` works here; for hardening, raise @nestjs/core first.',
    );
  }
  const places = surface.apps.map(({ place }) => place.file);
  const files = [...new Set([...places, entry ?? ''])];
  const fastify = files.find((file) => /\bnew\s+FastifyAdapter\b/.test(tree.read(file) ?? ''));
  if (fastify === undefined) return;
  throw new KnownError(
    `${fastify} runs Nest on the Fastify adapter: the controls are proven on the Express adapter alone`,
    '`secure audit` works here; for hardening, use @nestjs/platform-express.',
  );
}
