import { gte, minVersion, validRange } from 'semver';
import type { Project } from '../../project/project.ts';
import type { Surface } from '../../surface/surface.ts';
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
import { beside } from './aliases.ts';
import { authFiles } from './files.ts';
import { layoutOf } from './layout.ts';

/**
 * One recipe for each control. The files that all of them share come with the mount, so that taking a
 * control out leaves the others as they are.
 */
export const recipes: Recipes = {
  headers: defineRecipe({ files: () => ['headers.ts'], environment: () => [https] }),
  cors: defineRecipe({ files: () => ['cors.ts'], environment: () => [origins] }),
  ratelimit: defineRecipe({
    files: () => ['ratelimit.ts', 'redis.ts'],
    environment: ({ surface }) => [redisUrl('limits and sign-ins'), proxiesFor(surface)],
  }),
  validation: defineRecipe({
    // The ready-made fields are written for zod 4.
    files: ({ project }) => [
      'body.ts',
      'schema-check.ts',
      'html.ts',
      ...(zodOf(project) === 'zod' ? ['fields.ts'] : []),
    ],
    packages: (input) => (zodOf(input.project) === 'zod' ? named('zod')(input) : []),
  }),
  auth: defineRecipe({
    files: ({ policy }) => authFiles(policy),
    packages: authPackages,
    environment: ({ policy }) => [
      ...(policy.auth === 'jwt' ? [jwtSecret('openssl rand -base64 48')] : []),
      ...(policy.auth === 'apikey' ? [adminKey('keys script')] : [adminEmail, adminPassword]),
      database,
    ],
  }),
  authz: defineRecipe({ files: () => ['routes.ts'] }),
  csrf: defineRecipe({ files: () => ['csrf.ts'] }),
  errors: defineRecipe({ files: () => ['errors.ts'] }),
  logging: defineRecipe({ files: () => ['events.ts'] }),
};

/** The limiter stands in every folder: sign-in is limited also where the application limits the rest itself. */
export function sharedPackages(input: RecipeInput): readonly Package[] {
  return named('rate-limiter-flexible', 'redis')(input);
}

/**
 * Where zod 4 is imported from; `undefined` where the project holds a zod that has no version 4 in it, or a
 * compiler that cannot read the types of version 4.
 */
export function zodOf({
  dependencies,
  typescript,
}: Pick<Project, 'dependencies' | 'typescript'>): 'zod' | 'zod/v4' | undefined {
  if (typescript && majorOf(dependencies.typescript) < 5) return undefined;
  const declared = dependencies.zod;
  if (declared === undefined) return 'zod';
  const lowest = minVersion(validRange(declared) === null ? '*' : declared);
  if (lowest === null || lowest.major >= 4) return 'zod';
  return gte(lowest, '3.25.0') ? 'zod/v4' : undefined;
}

function majorOf(range = '*'): number {
  const lowest = minVersion(validRange(range) === null ? '*' : range);
  return lowest === null || lowest.major === 0 ? Number.POSITIVE_INFINITY : lowest.major;
}

function named(...names: readonly string[]) {
  return ({ blueprint, project }: RecipeInput): readonly Package[] =>
    names.map((name) =>
      beside({ name, range: blueprint.packages[name] ?? '*', dev: false }, project),
    );
}

function authPackages(input: RecipeInput): readonly Package[] {
  const { policy } = input;
  if (policy.auth === 'apikey') return named('libsql')(input);
  const common = named('libsql', '@node-rs/argon2')(input);
  return policy.auth === 'jwt' ? [...common, jose(input)] : common;
}

/** jose 6 is an ES module alone, which jest and older compilers do not load from CommonJS; jose 5 has both. */
function jose({ project, blueprint }: RecipeInput): Package {
  const isModule = /"type"\s*:\s*"module"/.test(project.tree.read('package.json') ?? '');
  const wanted = isModule && layoutOf(project).form !== 'cjs' ? 'jose' : 'jose5';
  const range = (blueprint.packages[wanted] ?? '*').replace('npm:jose@', '');
  return beside({ name: 'jose', range, dev: false }, project);
}

/** An application that believes every proxy stands behind one: counted by its address, all clients would be one. */
function proxiesFor(surface: Surface): EnvironmentVariable {
  const any = surface.facts.some(
    (fact) => fact.kind === 'trust-proxy' && fact.detail.value === 'true',
  );
  return { ...trustProxy, required: any };
}
