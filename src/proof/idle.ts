import type { ControlId } from '../controls/control.ts';
import type { Policy } from '../controls/policy.ts';
import type { Project } from '../project/project.ts';
import type { Surface } from '../surface/surface.ts';

/** These register handlers of their own for every HTTP error. */
const answerErrors = ['apiflask', 'connexion', 'flask-restx', 'flask-smorest', 'apifairy'];

/** What a control has nothing to do for: its absence changes no answer, and that is no fault of the proof. */
export function idleIn(input: {
  project: Project;
  surface: Surface;
  policy: Policy;
}): Partial<Record<ControlId, string>> {
  const idle: Partial<Record<ControlId, string>> = {};
  const { decisions, auth } = input.policy;
  const open = decisions.every(({ access }) => access === 'public' || access === 'kept');
  if (open && auth !== 'apikey')
    idle.authz = 'every route is decided as public: nothing asks for it';
  const { errorHandlers, apps } = input.surface;
  const own = errorHandlers.length > 0 || apps.some(({ name }) => /apiflask/i.test(name));
  if (own || answerErrors.some((name) => name in input.project.dependencies)) {
    idle.errors =
      'the application answers errors itself, and none that tells of the inside came up';
  }
  return idle;
}
