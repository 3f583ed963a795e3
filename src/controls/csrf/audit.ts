import type { Judgement } from '../../findings/finding.ts';
import {
  appFacts,
  appGuards,
  endpoints,
  guardsOf,
  hasTrait,
  isGuarded,
  writes,
} from '../../surface/queries.ts';
import type { Guard, Route, Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { count, judge, judgeLibraries, namesOf, posture, weakest } from '../judging.ts';

const title = 'CSRF';

/** None, Token, Double-submit or Fetch-Metadata; not needed where no cookie carries a credential. */
export function audit(surface: Surface): Judged {
  return {
    posture: state(surface),
    findings: [
      ...bare(surface),
      ...switchedOff(surface),
      ...sockets(surface),
      ...judgeLibraries(surface, 'csrf'),
    ],
  };
}

function state(surface: Surface): Posture {
  const exposed = cookieWrites(surface);
  const routes = endpoints(surface);
  const guards = [
    ...appGuards(surface, 'csrf'),
    ...routes.flatMap((route) => guardsOf(route, 'csrf')),
  ];
  if (exposed.length === 0 && guards.length === 0) {
    if (!carriesCookie(surface)) {
      return posture('csrf', title, 'not needed', true, 'no cookie carries a credential', []);
    }
    return posture(
      'csrf',
      title,
      'not needed',
      true,
      'no route writes with a cookie',
      [],
      'medium',
    );
  }
  const open = exposed.filter((route) => !isGuarded(route, 'csrf'));
  if (guards.length === 0) {
    const evidence = `${count(exposed.length, 'route')} ${exposed.length === 1 ? 'writes' : 'write'} with a cookie, ${open[0]!.id} first`;
    return posture(
      'csrf',
      title,
      'None',
      false,
      evidence,
      open.map(({ place }) => place),
      weakest(open),
    );
  }
  const places = guards.map(({ place }) => place);
  const kind = kindOf(guards);
  if (open.length > 0) {
    const evidence = `${namesOf(guards)}, but not before ${open[0]!.id}`;
    return posture(
      'csrf',
      title,
      kind,
      false,
      evidence,
      [open[0]!.place, ...places],
      weakest(guards),
    );
  }
  return posture(
    'csrf',
    title,
    kind,
    true,
    `${namesOf(guards)} before every cookie write`,
    places,
    weakest(guards),
  );
}

function kindOf(guards: readonly Guard[]): string {
  const text = guards
    .map((guard) => `${guard.library ?? ''} ${guard.name}`.toLowerCase())
    .join(' ');
  const detail = guards.map((guard) => guard.detail.kind).find((kind) => typeof kind === 'string');
  if (typeof detail === 'string') return detail;
  if (/fetch-?metadata|sec-?fetch|cross-?origin-?protection|same-?origin/.test(text)) {
    return 'Fetch-Metadata';
  }
  return /csrf-csrf|double/.test(text) ? 'Double-submit' : 'Token';
}

function carriesCookie(surface: Surface): boolean {
  return (
    appFacts(surface, 'session').length > 0 ||
    endpoints(surface).some((route) => route.credentials.includes('cookie'))
  );
}

/** Writes that a browser authenticates by itself. Sign-in is among them: login CSRF (OWASP CSRF cheat sheet). */
function cookieWrites(surface: Surface): Route[] {
  return endpoints(surface).filter(
    (route) => writes(route) && route.credentials.includes('cookie') && !hasTrait(route, 'webhook'),
  );
}

function bare(surface: Surface): Judgement[] {
  const open = cookieWrites(surface).filter((route) => !isGuarded(route, 'csrf'));
  if (open[0] === undefined) return [];
  const strict = appFacts(surface, 'cookie').some(
    ({ detail }) => detail.purpose === 'session' && /^(?:strict|lax)$/i.test(detail.sameSite ?? ''),
  );
  const message = `${open[0].id}${open.length > 1 ? ` and ${open.length - 1} more` : ''} can be sent by a foreign site with the visitor’s cookie`;
  const severity = strict ? 'low' : undefined;
  return [judge('csrf/unprotected', open[0].place, message, weakest(open), { severity })];
}

function switchedOff(surface: Surface): Judgement[] {
  return appFacts(surface, 'csrf-off').map(({ detail, place, confidence }) =>
    judge(
      isOauth(detail.library) ? 'csrf/oauth-state' : 'csrf/off',
      place,
      detail.what,
      confidence,
    ),
  );
}

/** A browser sends cookies with the upgrade of any site, and no CORS holds there. */
function sockets(surface: Surface): Judgement[] {
  return appFacts(surface, 'websocket').flatMap(({ detail, place, confidence }) =>
    detail.origin || detail.credential !== 'cookie'
      ? []
      : [
          judge(
            'csrf/websocket-origin',
            place,
            `websockets of ${detail.library} are opened from any site with the visitor’s cookie`,
            confidence,
          ),
        ],
  );
}

/** A client of an OAuth provider, whose CSRF protection is its state. */
function isOauth(library: string | undefined): boolean {
  return /^passport-|oauth|authlib|openid/i.test(library ?? '');
}
