import type { IdentityId, Pick, Target } from '../controls/probe.ts';
import type { Route, Surface } from '../surface/surface.ts';

/** The first target that fits each role. */
export function picks(surface: Surface, targets: readonly Target[]): Pick {
  const good = (target: Target): boolean =>
    target.answered !== undefined && target.answered >= 200 && target.answered < 300;
  const route = (target: Target): Route | undefined => routeOf(surface, target.decision.route);
  const trait =
    (name: Route['traits'][number]) =>
    (target: Target): boolean =>
      route(target)?.traits.includes(name) === true;
  const open = (target: Target): boolean =>
    target.decision.access === 'public' || isKept(target, 'anonymous');
  const takesJson = (target: Target): boolean =>
    ['POST', 'PUT', 'PATCH'].includes(target.method) &&
    ['json', 'any', 'form'].includes(target.decision.body);
  const first = (...wanted: ((target: Target) => boolean)[]): Target | undefined =>
    wanted.map((fits) => targets.find(fits)).find((found) => found !== undefined);
  // A stream has no end: each request to it would take the client's whole patience.
  const get = (target: Target): boolean =>
    target.method === 'GET' && route(target)?.response !== 'stream';
  const user = (target: Target): boolean =>
    target.decision.access === 'user' || isKept(target, 'user');
  // What ends the session, or takes its account away, is no write to try things on.
  const ends = (target: Target): boolean =>
    route(target)?.traits.some((one) => one === 'logout' || one === 'reset') === true ||
    /passw|account|profile|\bme\b/i.test(target.path);
  const plain = (target: Target): boolean => !target.path.includes('?') && takesJson(target);
  return {
    open: first(
      (t) => get(t) && open(t) && good(t) && t.decision.class === 'read',
      (t) => get(t) && open(t) && good(t),
    ),
    read: first((t) => get(t) && user(t) && good(t)),
    write: first(
      (t) => user(t) && plain(t) && t.method === 'POST' && !hasParams(t) && !ends(t),
      (t) => user(t) && plain(t) && !(isKept(t, 'user') && ends(t)),
    ),
    openWrite: first((t) => open(t) && plain(t) && t.decision.class !== 'webhook'),
    admin: first(
      (t) => isAdmin(t) && get(t) && good(t),
      (t) => isAdmin(t) && get(t),
      isAdmin,
    ),
    login: first((t) => trait('login')(t) && t.method === 'POST'),
    register: first((t) => trait('register')(t) && t.method === 'POST'),
    health: first((t) => get(t) && t.decision.class === 'probe' && good(t)),
    page: first(
      (t) => get(t) && t.decision.class === 'page' && good(t),
      (t) => get(t) && t.html === true && t.decision.class !== 'docs' && open(t) && good(t),
    ),
    object: first((t) => get(t) && user(t) && hasParams(t)),
    webhook: first((t) => t.decision.class === 'webhook'),
  };
}

function isAdmin(target: Target): boolean {
  return target.decision.access.startsWith('role:') || isKept(target, 'admin');
}

/** The application decides, and was seen to answer this caller first. */
function isKept({ decision, caller }: Target, who: IdentityId): boolean {
  return decision.access === 'kept' && caller === who;
}

function hasParams(target: Target): boolean {
  return /[:{<*]/.test(target.decision.path);
}

function routeOf(surface: Surface, id: string): Route | undefined {
  return surface.routes.find((route) => route.id === id);
}
