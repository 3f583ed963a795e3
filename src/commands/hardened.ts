import type { ControlId, Posture } from '../controls/control.ts';
import { controlIds } from '../controls/control.ts';
import type { Policy } from '../controls/policy.ts';
import type { Emitted } from '../frameworks/framework.ts';
import type { Guard, GuardKind, Route, Surface } from '../surface/surface.ts';

/** What a control of ours makes of the posture, in the requirement's words. */
const states: Record<ControlId, (policy: Policy, emitted: Emitted) => string> = {
  headers: () => 'Complete',
  cors: (policy) => (policy.level === 'strict' ? 'Strict' : 'Restrictive'),
  ratelimit: () => 'Advanced',
  validation: () => 'Complete',
  auth: (_policy, emitted) =>
    emitted.auth === 'session' ? 'Session' : emitted.auth === 'apikey' ? 'API key' : 'Token',
  authz: () => 'Role-based',
  csrf: (policy) => (policy.values[policy.level]?.csrf.token ? 'Token' : 'Fetch-Metadata'),
  errors: () => 'Complete',
  logging: () => 'Complete',
};

/**
 * The surface with the guards that we emitted earlier: static evidence from the printed policy, which the
 * proof then confirms or refutes over HTTP.
 */
export function asHardened(
  surface: Surface,
  emitted: Emitted | undefined,
  policy: Policy,
): { surface: Surface; postures: (judged: readonly Posture[]) => readonly Posture[] } {
  if (emitted === undefined) return { surface, postures: (judged) => judged };
  const on = controlIds.filter((id) => emitted.controls[id] === true);
  const guards = on.map((id) => guardOf(id, emitted));
  const access = new Map(policy.decisions.map((decision) => [decision.route, decision.access]));
  const guarded = (route: Route): Route => {
    const open = access.get(route.id) === 'public' || access.get(route.id) === 'kept';
    const stands = guards.filter(
      (guard) => !open || !guard.kinds.some((kind) => kind === 'auth' || kind === 'authz'),
    );
    return { ...route, guards: [...stands, ...route.guards] };
  };
  return {
    surface: {
      ...surface,
      guards: [...guards, ...surface.guards],
      routes: surface.routes.map(guarded),
      errorHandlers: emitted.controls.errors
        ? [...surface.errorHandlers, { name: 'secureErrors', place: emitted.place, leaks: 'none' }]
        : surface.errorHandlers,
    },
    postures: (judged) =>
      judged.map((posture) => {
        if (!on.includes(posture.control)) return posture;
        return {
          ...posture,
          state: states[posture.control](policy, emitted),
          good: true,
          evidence: `${emitted.folder}, level ${emitted.level}`,
          places: [emitted.place],
          confidence: 'high',
        };
      }),
  };
}

function guardOf(id: ControlId, emitted: Emitted): Guard {
  return {
    name: `secure: ${id}`,
    kinds: [id satisfies GuardKind],
    library: emitted.folder,
    scope: 'app',
    place: emitted.place,
    detail: {},
    confidence: 'high',
  };
}
