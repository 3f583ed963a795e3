import {
  appFacts,
  endpoints,
  guardsOf,
  hasTrait,
  isAuthenticated,
  isOpenByNature,
  writes,
} from '../../surface/queries.ts';
import type { Credential, Place, Surface } from '../../surface/surface.ts';
import type { Posture } from '../control.ts';
import { count, namesOf, posture, weakest } from '../judging.ts';

const title = 'Authentication';
type State = 'Basic' | 'Token' | 'Session' | 'OAuth';

/** The line of the report: what the credential is, and what is wrong with it first. */
export function authPosture(surface: Surface): Posture {
  const routes = endpoints(surface);
  const asked = routes.filter((route) => isAuthenticated(route));
  const state = stateOf(surface);
  const open = routes.filter(
    (route) => writes(route) && !isAuthenticated(route) && !isOpenByNature(route),
  );
  if (state === undefined || (asked.length === 0 && routes.length > 0 && open.length > 0)) {
    const place = open[0]?.place ?? routes[0]?.place ?? surface.apps[0]?.place;
    const evidence = `no route of ${routes.length} asks for a credential`;
    return posture('auth', title, 'None', false, evidence, place === undefined ? [] : [place]);
  }
  const guards = asked.flatMap((route) => guardsOf(route, 'auth', 'authz'));
  const flaw = flawOf(surface);
  const name = guards.length > 0 ? namesOf(guards) : 'read in the handlers';
  const places = guards.map(({ place }) => place);
  const confidence = guards.length > 0 ? weakest(guards) : 'medium';
  if (flaw !== undefined) {
    const evidence = `${name}, ${flaw.evidence}`;
    return posture('auth', title, state, false, evidence, [flaw.place, ...places], confidence);
  }
  if (open.length > 0) {
    const evidence = `${name}; ${count(open.length, 'writing route')} without`;
    return posture(
      'auth',
      title,
      state,
      false,
      evidence,
      open.map(({ place }) => place),
      confidence,
    );
  }
  const evidence = `${name} before ${asked.length} of ${count(routes.length, 'route')}`;
  return posture('auth', title, state, true, evidence, places, confidence);
}

function stateOf(surface: Surface): State | undefined {
  const routes = endpoints(surface);
  const libraries = routes
    .flatMap((route) => guardsOf(route, 'auth'))
    .map((guard) => `${guard.library ?? ''} ${guard.name}`.toLowerCase());
  const has = (credential: Credential): boolean =>
    routes.some((route) => route.credentials.includes(credential));
  const oauth = libraries.some((text) => /oauth|openid|oidc|auth0|clerk|keycloak/.test(text));
  // FastAPI's OAuth2PasswordBearer is a bearer token in spite of its name.
  if (oauth && !libraries.some((text) => /passwordbearer/.test(text))) return 'OAuth';
  if (routes.some((route) => hasTrait(route, 'oauth-callback')) && !has('bearer')) return 'OAuth';
  if (has('bearer') || appFacts(surface, 'jwt-verify').length > 0) return 'Token';
  if (has('apikey')) return 'Token';
  if (has('cookie') || appFacts(surface, 'session').length > 0) return 'Session';
  if (has('basic')) return 'Basic';
  if (appFacts(surface, 'jwt-sign').length > 0) return 'Token';
  return libraries.length > 0 ? 'Token' : undefined;
}

function flawOf(surface: Surface): { evidence: string; place: Place } | undefined {
  const none = appFacts(surface, 'jwt-verify').find(({ detail }) => allowsNone(detail.algorithms));
  if (none !== undefined) return { evidence: 'unsigned tokens accepted', place: none.place };
  const unverified = appFacts(surface, 'jwt-verify').find(({ detail }) => !detail.verified);
  if (unverified !== undefined) {
    return { evidence: 'signature not verified', place: unverified.place };
  }
  const secret = appFacts(surface, 'secret').find(
    ({ detail }) => detail.use === 'jwt' || detail.use === 'session',
  );
  if (secret !== undefined) {
    const where = secret.detail.fallback ? 'as a fallback in the source' : 'in the source';
    return { evidence: `secret ${where}`, place: secret.place };
  }
  const plain = appFacts(surface, 'password-plain')[0];
  return plain && { evidence: `passwords ${plain.detail.what} in plain text`, place: plain.place };
}

/** RFC 7518 §3.6; the name is compared without case, as lenient libraries do. */
export function allowsNone(algorithms: readonly string[] | undefined): boolean {
  return algorithms?.some((name) => name.toLowerCase() === 'none') ?? false;
}
