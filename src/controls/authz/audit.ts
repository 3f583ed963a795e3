import type { Judgement } from '../../findings/finding.ts';
import {
  appFacts,
  endpoints,
  guardsOf,
  hasTrait,
  hasUnknownGuard,
  isAuthenticated,
  isEntrance,
  isGuarded,
} from '../../surface/queries.ts';
import type { Guard, Route, Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { count, judge, judgeLibraries, namesOf, posture, weakest } from '../judging.ts';

const title = 'Authorization';

/** None, Role-based or Resource-based: what a known caller may do. */
export function audit(surface: Surface): Judged {
  return {
    posture: state(surface),
    findings: [
      ...administration(surface),
      ...objects(surface),
      ...shown(surface),
      ...judgeLibraries(surface, 'authz'),
    ],
  };
}

function state(surface: Surface): Posture {
  const routes = endpoints(surface);
  const guards = routes.flatMap((route) => guardsOf(route, 'authz'));
  const places = guards.map(({ place }) => place);
  const admin = routes.filter(needsRole);
  const owners = guards.filter(comparesOwner);
  const objectRoutes = routes.filter((route) => isObject(route) && isAuthenticated(route));
  if (guards.length === 0) {
    const [first] = [...admin, ...objectRoutes.filter((route) => route.method !== 'GET')];
    const evidence =
      first === undefined
        ? 'no role and no owner is asked for'
        : `${first.id} is open to ${isAuthenticated(first) ? 'every signed-in user' : 'everybody'}`;
    return posture(
      'authz',
      title,
      'None',
      false,
      evidence,
      first === undefined ? [] : [first.place],
    );
  }
  if (admin[0] !== undefined) {
    const evidence = `${namesOf(guards)}, but ${admin[0].id} asks for no role`;
    return posture('authz', title, 'Role-based', false, evidence, [admin[0].place, ...places]);
  }
  if (owners.length > 0) {
    const evidence = `${namesOf(owners)} compares the owner`;
    return posture('authz', title, 'Resource-based', true, evidence, places, weakest(guards));
  }
  const guarded = routes.filter((route) => isGuarded(route, 'authz'));
  const evidence = `${namesOf(guards)} before ${count(guarded.length, 'route')}`;
  return posture('authz', title, 'Role-based', true, evidence, places, weakest(guards));
}

function comparesOwner(guard: Guard): boolean {
  return (
    guard.detail.owner === true || /owner|self|resource|ability|policy|can\b/i.test(guard.name)
  );
}

/** An administration route that no guard asks a role for. */
function needsRole(route: Route): boolean {
  if (hasTrait(route, 'asks-role')) return false;
  return hasTrait(route, 'admin') && !isEntrance(route) && !isGuarded(route, 'authz');
}

function isObject(route: Route): boolean {
  return hasTrait(route, 'object-by-id') && !isEntrance(route);
}

function administration(surface: Surface): Judgement[] {
  return endpoints(surface)
    .filter((route) => needsRole(route) && isAuthenticated(route))
    .map((route) => {
      const message = `${route.id} is open to every signed-in user`;
      // The handler may ask for the role itself.
      const confidence = hasUnknownGuard(route) ? 'low' : 'medium';
      return judge('authz/admin-without-role', route.place, message, confidence, {
        route: route.id,
      });
    });
}

function objects(surface: Surface): Judgement[] {
  return endpoints(surface)
    .filter((route) => isObject(route) && isAuthenticated(route) && !isGuarded(route, 'authz'))
    .filter((route) => !hasTrait(route, 'admin', 'reads-caller'))
    .map((route) =>
      judge(
        'authz/object-by-id',
        route.place,
        `${route.id}: no comparison with the caller was seen before the handler`,
        'low',
        { route: route.id },
      ),
    );
}

function shown(surface: Surface): Judgement[] {
  const docs = appFacts(surface, 'docs').map(({ detail, place }) =>
    judge('authz/docs-open', place, `${detail.path} shows the API documentation`, 'medium'),
  );
  const files = appFacts(surface, 'static').flatMap(({ detail, place, confidence }) => {
    const found: Judgement[] = [];
    const where = detail.prefix === '' ? '/' : detail.prefix;
    if (detail.listing) {
      found.push(judge('authz/static-listing', place, `${where} lists its directory`, confidence));
    }
    if (detail.dotfiles === 'allow' || servesSources(detail.directory, place.file)) {
      const sources = /[^./]/.test(detail.directory ?? '') ? 'its own sources' : 'the project root';
      const what = detail.dotfiles === 'allow' ? 'files that start with a dot' : sources;
      found.push(judge('authz/static-dotfiles', place, `${where} serves ${what}`, confidence));
    }
    return found;
  });
  const bound = appFacts(surface, 'listen').flatMap(({ detail, place }) =>
    detail.host === '0.0.0.0' || detail.host === '::'
      ? [judge('authz/bind-all', place, `listens on ${detail.host}`, 'low')]
      : [],
  );
  return [...docs, ...files, ...bound];
}

/** The project's root, or the folder in which the code that serves it stands itself. */
function servesSources(directory: string | undefined, file: string): boolean {
  if (directory === undefined) return false;
  return /^\.?\/?$/.test(directory) || file.startsWith(`${directory.replace(/^\.\/|\/$/g, '')}/`);
}
