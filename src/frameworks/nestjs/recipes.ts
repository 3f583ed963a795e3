import { KnownError } from '../../kernel/errors.ts';
import { recipes as express } from '../express/recipes.ts';
import type { Package, Recipe, RecipeInput, Recipes } from '../framework.ts';

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
    packages: (input) => [...recipe.packages(input), ...types(input)],
  };
}

/** The emitted files name Express's types, as most projects do already. */
function types({ project, blueprint }: RecipeInput): readonly Package[] {
  if ('@types/express' in project.dependencies) return [];
  const range = blueprint.packages['@types/express'] ?? '*';
  return [{ name: '@types/express', range, dev: true }];
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
