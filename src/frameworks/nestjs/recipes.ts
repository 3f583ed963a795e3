import { KnownError } from '../../kernel/errors.ts';
import { recipes as express } from '../express/recipes.ts';
import type { Recipe, RecipeInput, Recipes } from '../framework.ts';

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
      refuseFastify(input);
      return recipe.files(input);
    },
  };
}

/** @throws KnownError for an application on another adapter than Express's */
function refuseFastify({ project, surface }: RecipeInput): void {
  const places = surface.apps.map(({ place }) => place.file);
  const files = [...new Set([...places, project.entry ?? ''])];
  const fastify = files.find((file) =>
    /\bnew\s+FastifyAdapter\b/.test(project.tree.read(file) ?? ''),
  );
  if (fastify === undefined) return;
  throw new KnownError(
    `${fastify} runs Nest on the Fastify adapter: the controls are proven on the Express adapter alone`,
    '`secure audit` works here; for hardening, use @nestjs/platform-express.',
  );
}
