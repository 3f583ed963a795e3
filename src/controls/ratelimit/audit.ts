import type { Judgement } from '../../findings/finding.ts';
import {
  appFacts,
  appGuards,
  endpoints,
  guardsOf,
  hasTrait,
  hasUnknownGuard,
  isGuarded,
} from '../../surface/queries.ts';
import type { Route, Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { count, judge, judgeLibraries, namesOf, posture, weakest } from '../judging.ts';

const title = 'Rate limiting';

/** None, Basic or Advanced: Advanced has a limit of its own where passwords are taken. */
export function audit(surface: Surface): Judged {
  return {
    posture: state(surface),
    findings: [
      ...entrances(surface),
      ...application(surface),
      ...keys(surface),
      ...proxies(surface),
      ...judgeLibraries(surface, 'ratelimit'),
    ],
  };
}

function state(surface: Surface): Posture {
  const routes = endpoints(surface);
  const limiters = [
    ...appGuards(surface, 'ratelimit'),
    ...routes.flatMap((route) => guardsOf(route, 'ratelimit')),
  ];
  const logins = routes.filter((route) => hasTrait(route, 'login') && route.method !== 'GET');
  const open = logins.filter((route) => !isGuarded(route, 'ratelimit'));
  if (limiters.length === 0) {
    const evidence =
      open[0] === undefined
        ? 'no limiter before any route'
        : `${open[0].id} can be guessed without end`;
    const place = open[0]?.place ?? routes[0]?.place ?? surface.apps[0]?.place;
    return posture('ratelimit', title, 'None', false, evidence, place === undefined ? [] : [place]);
  }
  const places = limiters.map(({ place }) => place);
  const name = namesOf(limiters);
  if (open[0] !== undefined) {
    const evidence = `${name}, but ${open[0].id} has no limit`;
    return posture('ratelimit', title, 'Basic', false, evidence, [open[0].place, ...places]);
  }
  const limited = routes.filter((route) => isGuarded(route, 'ratelimit'));
  const own = logins.length > 0 && logins.every(hasOwnLimit);
  const all = limited.length === routes.length;
  if (own && all) {
    const evidence = `${name} before every route, and one of its own before sign-in`;
    return posture('ratelimit', title, 'Advanced', true, evidence, places, weakest(limiters));
  }
  const evidence = all
    ? `${name} before every route`
    : `${name} before ${limited.length} of ${count(routes.length, 'route')}`;
  const good = all && logins.length === 0;
  return posture('ratelimit', title, 'Basic', good, evidence, places, weakest(limiters));
}

function hasOwnLimit(route: Route): boolean {
  return guardsOf(route, 'ratelimit').some((guard) => guard.scope !== 'app');
}

function entrances(surface: Surface): Judgement[] {
  return endpoints(surface).flatMap((route) => {
    if (isGuarded(route, 'ratelimit') || /^(?:GET|HEAD|DELETE|WS)$/.test(route.method)) return [];
    const confidence = hasUnknownGuard(route) ? 'low' : route.confidence;
    const more = { route: route.id };
    if (hasTrait(route, 'login')) {
      const message = `${route.id} can be guessed without end`;
      return [judge('ratelimit/login-unlimited', route.place, message, confidence, more)];
    }
    if (!hasTrait(route, 'register', 'reset')) return [];
    const message = `${route.id} has no limit`;
    return [judge('ratelimit/reset-unlimited', route.place, message, confidence, more)];
  });
}

function application(surface: Surface): Judgement[] {
  const routes = endpoints(surface);
  const bare = routes.filter(
    (route) => !isGuarded(route, 'ratelimit') && !hasTrait(route, 'health'),
  );
  if (bare[0] === undefined) return [];
  const limiters = appGuards(surface, 'ratelimit').filter((guard) => guard.prefix === undefined);
  if (limiters.length > 0) {
    const message = `${namesOf(limiters)} does not run before ${bare[0].id}${bare.length > 1 ? ` and ${bare.length - 1} more` : ''}`;
    return [judge('ratelimit/late', bare[0].place, message, 'medium')];
  }
  if (bare.length < routes.length || routes.some(hasUnknownGuard)) return [];
  const message = `no limiter before any of ${count(routes.length, 'route')}`;
  return [judge('ratelimit/none', bare[0].place, message, 'medium')];
}

function keys(surface: Surface): Judgement[] {
  return appFacts(surface, 'limit-key').map(({ detail, place, confidence }) => {
    if (/\bip\b|remoteAddress/i.test(detail.key) && !/forwarded|header/i.test(detail.key)) {
      return judge(
        'ratelimit/ipv6-key',
        place,
        `${detail.library} counts by ${detail.key}`,
        confidence,
      );
    }
    return judge(
      'ratelimit/spoofable-key',
      place,
      `${detail.library} counts by ${detail.key}`,
      confidence,
    );
  });
}

function proxies(surface: Surface): Judgement[] {
  return appFacts(surface, 'trust-proxy').flatMap(({ detail, place, confidence }) =>
    detail.value === 'true' || detail.value === '*'
      ? [judge('ratelimit/trust-proxy-any', place, 'every proxy is trusted', confidence)]
      : [],
  );
}
