import type { Judgement } from '../../findings/finding.ts';
import {
  appFacts,
  endpoints,
  hasTrait,
  hasUnknownGuard,
  isAuthenticated,
  isEntrance,
  isOpenByNature,
  writes,
} from '../../surface/queries.ts';
import type { Route, Surface } from '../../surface/surface.ts';
import type { Judged } from '../control.ts';
import { count, judge, judgeLibraries } from '../judging.ts';
import { judgeCookies } from './cookies.ts';
import { judgeCredentials } from './credentials.ts';
import { authPosture } from './posture.ts';
import { judgeTokens } from './tokens.ts';

/** None, Basic, Token, Session or OAuth, and everything that lets a caller be somebody else. */
export function audit(surface: Surface): Judged {
  return {
    posture: authPosture(surface),
    findings: [
      ...openRoutes(surface),
      ...deadGuards(surface),
      ...openSockets(surface),
      ...judgeTokens(surface),
      ...judgeCookies(surface),
      ...judgeCredentials(surface),
      ...judgeLibraries(surface, 'auth'),
    ],
  };
}

function openRoutes(surface: Surface): Judgement[] {
  const routes = endpoints(surface);
  const open = routes.filter(
    (route) =>
      (writes(route) || hasTrait(route, 'admin')) &&
      !isAuthenticated(route) &&
      !isOpenByNature(route),
  );
  const admin = open.filter((route) => hasTrait(route, 'admin') && !isEntrance(route));
  const asked = routes.some((route) => isAuthenticated(route));
  const found = admin.map((route) =>
    judge('auth/admin-open', route.place, `${route.id} asks for no credential`, sure(route), {
      route: route.id,
    }),
  );
  const writing = open.filter((route) => !admin.includes(route));
  if (writing[0] === undefined) return found;
  if (!asked) {
    const message = `no route asks for a credential; ${count(writing.length, 'route')} ${writing.length === 1 ? 'writes' : 'write'}, ${writing[0].id} first`;
    const confidence = routes.some(hasUnknownGuard) ? 'low' : 'medium';
    return [...found, judge('auth/none', writing[0].place, message, confidence)];
  }
  return [...found, ...writing.map(openWrite)];
}

function openSockets(surface: Surface): Judgement[] {
  return appFacts(surface, 'websocket').flatMap(({ detail, place, confidence }) =>
    detail.credential === 'none'
      ? [
          judge(
            'auth/websocket-open',
            place,
            `websockets of ${detail.library} ask nobody who they are`,
            confidence,
          ),
        ]
      : [],
  );
}

function openWrite(route: Route): Judgement {
  const message = `${route.id} writes and asks for no credential, other routes ask`;
  // Pages of a visitor and forms of a shop may be meant for everybody.
  const confidence = sure(route) === 'high' ? 'medium' : 'low';
  return judge('auth/write-open', route.place, message, confidence, { route: route.id });
}

function sure(route: Route): 'high' | 'medium' | 'low' {
  if (hasUnknownGuard(route)) return 'low';
  return hasTrait(route, 'anonymous-in-tests', 'anonymous-in-pages') ? 'low' : route.confidence;
}

function deadGuards(surface: Surface): Judgement[] {
  return appFacts(surface, 'dead-guard').map(({ detail, place, confidence }) =>
    judge('auth/dead-guard', place, `${detail.name} never runs: ${detail.why}`, confidence),
  );
}
