import type { Decision, Policy } from '../../controls/policy.ts';
import { compilerOptions } from '../../languages/javascript/tsconfig.ts';
import type { Project } from '../../project/project.ts';
import { factsOf } from '../../surface/facts.ts';
import type { Surface } from '../../surface/surface.ts';

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
  const not = (why?: string): PipeChoice => ({ installed: false, why });
  if (policy.kept.validation !== undefined) return not();
  const inputs = factsOf(surface.facts, 'input-class').map(({ detail }) => detail);
  const bodies = policy.decisions.some(({ body }) => body !== 'none');
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

/** Its classes need no schema of ours: the pipe knows what their decorators convert. */
export function withoutClasses(policy: Policy, surface: Surface): Policy {
  const inBody = factsOf(surface.facts, 'input-class').filter(({ detail }) => detail.in === 'body');
  const handlers = new Set(inBody.map(({ detail }) => detail.handler));
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
