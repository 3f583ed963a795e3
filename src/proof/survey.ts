import type { Policy } from '../controls/policy.ts';
import type { IdentityId, Target } from '../controls/probe.ts';
import { isEntrance } from '../surface/queries.ts';
import type { Route, Surface } from '../surface/surface.ts';
import type { Instance } from './instance.ts';
import { credentials, type Principal } from './principal.ts';
import { sampleBody, samplePath } from './samples.ts';
import { valuesOf } from './wire.ts';

type People = ReadonlyMap<IdentityId, Principal>;

/** Sends each GET once as somebody who may: probes that need an answering route take one that does. */
export async function survey(
  surface: Surface,
  policy: Policy,
  instance: Instance,
  people: People,
  owned: readonly string[] = [],
): Promise<readonly Target[]> {
  const spent = { user: 0, admin: 0 };
  const asked: Target[] = [];
  for (const target of targetsOf(surface, policy, owned)) {
    const { decision } = target;
    const route = surface.routes.find((each) => each.id === decision.route);
    if (decision.access === 'kept') {
      const all = target.method === 'GET' && asked.length <= 60;
      asked.push(all ? await keptTarget(target, route, instance, people) : guessed(target, route));
      continue;
    }
    const who = decision.access.startsWith('role:') ? 'admin' : 'user';
    const caller = decision.access === 'public' ? 'anonymous' : who;
    const principal = people.get(caller);
    const open = caller === 'anonymous';
    // Signed-in requests take from a small budget; a few answers are enough to choose from.
    const skip = target.method !== 'GET' || (!open && (principal === undefined || spent[who] > 3));
    if (skip || asked.length > 60) {
      asked.push({ ...target, caller });
      continue;
    }
    if (!open) spent[who] += 1;
    asked.push({ ...target, caller, ...(await ask(target, instance, principal)) });
  }
  return asked;
}

/** The application decides by itself: whoever gets an answer first, from stranger to administrator, may call. */
async function keptTarget(
  target: Target,
  route: Route | undefined,
  instance: Instance,
  people: People,
): Promise<Target> {
  let got = await ask(target, instance, undefined);
  if (isGood(got.answered)) return { ...target, caller: 'anonymous', ...got };
  // Reading this one as somebody ends what the probes need.
  const ends = route?.traits.includes('logout') === true;
  for (const caller of ends ? [] : (['user', 'admin'] as const)) {
    const principal = people.get(caller);
    if (principal === undefined || !isRefusal(got.answered)) continue;
    got = await ask(target, instance, principal);
    if (isGood(got.answered)) return { ...target, caller, ...got };
  }
  return { ...guessed(target, route), ...got };
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** A page redirects a stranger to the sign-in, and some applications deny that a thing is there. */
function isRefusal(status: number): boolean {
  return [301, 302, 303, 307, 401, 403, 404].includes(status);
}

/** By its guards, where no request was sent. */
function guessed(target: Target, route: Route | undefined): Target {
  const kinds = new Set(route?.guards.flatMap((guard) => guard.kinds));
  // Who of several roles passes is not seen.
  if (route === undefined || kinds.has('authz')) return target;
  if (kinds.has('auth')) return { ...target, caller: 'user' };
  const own = route.guards.some(({ kinds, scope }) => scope !== 'app' && kinds.includes('unknown'));
  const asks = own || route.credentials.length > 0;
  return asks && !isEntrance(route) ? target : { ...target, caller: 'anonymous' };
}

async function ask(
  target: Target,
  instance: Instance,
  principal: Principal | undefined,
): Promise<{ answered: number; html: boolean }> {
  if (principal !== undefined) principal.used += 1;
  const answer = await instance.client.send({
    method: 'GET',
    target: target.path,
    headers: principal === undefined ? [] : credentials(principal),
    address: instance.addresses.of(undefined),
    timeout: 4000,
  });
  const html = valuesOf(answer, 'content-type')[0]?.startsWith('text/html') === true;
  return { answered: answer.status, html };
}

/** `owned`: paths that the user may read, which stand for the route's own parameters. */
function targetsOf(surface: Surface, policy: Policy, owned: readonly string[]): readonly Target[] {
  return policy.decisions.flatMap((decision): Target[] => {
    if (decision.method === 'WS') return [];
    const route = surface.routes.find((each) => each.id === decision.route);
    const method = decision.method === 'ALL' ? 'GET' : decision.method;
    const mine = method === 'GET' ? owned.find((path) => fits(route, path)) : undefined;
    return [
      {
        decision,
        method,
        path: mine ?? samplePath(decision, route),
        sample: sampleBody(decision, route),
        answered: undefined,
      },
    ];
  });
}

function fits(route: Route | undefined, path: string): boolean {
  if (route === undefined || !route.template.includes('{')) return false;
  const wanted = route.template.split('/');
  const given = (path.split('?')[0] ?? '').split('/');
  const same = (part: string, at: number): boolean => part.startsWith('{') || part === given[at];
  return wanted.length === given.length && wanted.every(same);
}
