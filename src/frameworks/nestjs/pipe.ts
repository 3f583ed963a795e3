import type { Decision, Policy } from '../../controls/policy.ts';
import { compilerOptions } from '../../languages/javascript/tsconfig.ts';
import type { Project } from '../../project/project.ts';
import { factsOf } from '../../surface/facts.ts';
import type { Route, Surface } from '../../surface/surface.ts';

/** Whether our global ValidationPipe stands in front of the classes that handlers are given. */
export interface PipeChoice {
  installed: boolean;
  /** Why not, where its owner might ask. */
  why: string | undefined;
}

/**
 * A global pipe that refuses what no validator speaks of empties a class without validators: it is installed
 * where every class that was read has one on every member, and the application has no such pipe itself.
 */
export function pipeChoice(project: Project, surface: Surface, policy: Policy): PipeChoice {
  if (policy.kept.validation !== undefined) return { installed: false, why: undefined };
  return possiblePipe(project, surface);
}

/** The same of what was read alone, whatever is decided about it. */
export function possiblePipe(project: Project, surface: Omit<Surface, 'read'>): PipeChoice {
  const not = (why?: string): PipeChoice => ({ installed: false, why });
  const inputs = factsOf(surface.facts, 'input-class').map(({ detail }) => detail);
  const bodies = surface.routes.some(({ body }) => body !== 'none');
  if (inputs.some(({ pipe }) => pipe === 'app')) return not('the application has its own');
  if (inputs.length === 0) return not(bodies ? 'no body is a class with validators' : undefined);
  const missing = ['class-validator', 'class-transformer'].find(
    (name) => !(name in project.dependencies),
  );
  if (missing !== undefined) return not(`${missing} is no dependency`);
  if (compilerOptions(project.tree).emitDecoratorMetadata !== true)
    return not('the compiler emits no metadata that names the classes');
  const unchecked = inputs.flatMap((one) => one.unchecked)[0];
  if (unchecked !== undefined)
    return not(`it would refuse ${unchecked}, of which no validator speaks`);
  if (surface.routes.some(({ kind }) => kind === 'graphql'))
    return not('it would also stand in front of every GraphQL resolver');
  if (surface.unresolved.length > 0) return not('some places could not be read');
  return { installed: true, why: undefined };
}

/** Behind the pipe the members of a class are all that a body holds, and what their validators say. */
export function behindPipe(project: Project, surface: Surface): Surface {
  if (!possiblePipe(project, surface).installed) return surface;
  const handlers = handlersIn(surface);
  const routes = surface.routes.map((route): Route => {
    if (!handlers.has(route.handler.name ?? '')) return route;
    const params = route.params.map((one) =>
      one.in === 'body' ? { ...one, confidence: 'high' as const } : one,
    );
    return { ...route, params };
  });
  return { ...surface, routes };
}

function handlersIn({ facts }: Surface): ReadonlySet<string> {
  const inBody = factsOf(facts, 'input-class').filter(({ detail }) => detail.in === 'body');
  return new Set(inBody.map(({ detail }) => detail.handler));
}

/** Its classes need no schema of ours: the pipe knows what their decorators convert. */
export function withoutClasses(policy: Policy, surface: Surface): Policy {
  const handlers = handlersIn(surface);
  const checked = new Set(
    surface.routes.filter((one) => handlers.has(one.handler.name ?? '')).map(({ id }) => id),
  );
  const decisions = policy.decisions.map((one): Decision => {
    if (!checked.has(one.route)) return one;
    const { schema: _, ...rest } = one;
    return rest;
  });
  return { ...policy, decisions };
}
