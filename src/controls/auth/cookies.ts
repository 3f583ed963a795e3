import type { Judgement } from '../../findings/finding.ts';
import type { Fact } from '../../surface/facts.ts';
import { appFacts } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import { judge } from '../judging.ts';

type CookieFact = Extract<Fact, { kind: 'cookie' }>;

/** Findings about cookies that carry a credential, and about session set-ups. */
export function judgeCookies(surface: Surface): Judgement[] {
  return [...appFacts(surface, 'cookie').flatMap(flags), ...sessions(surface)];
}

/** Libraries whose session cookie is HttpOnly unless it is switched off. */
const httpOnlyByDefault: ReadonlySet<string> = new Set([
  'express-session',
  'cookie-session',
  'client-sessions',
  'flask',
  'starlette',
  'iron-session',
]);

/** Libraries that set a cookie with no flag at all unless they are told. */
const plainByDefault: ReadonlySet<string> = new Set(['werkzeug', 'net/http']);

function flags(fact: CookieFact): Judgement[] {
  const { detail, place, confidence } = fact;
  const name = detail.name === undefined ? `the ${detail.purpose} cookie` : `cookie ${detail.name}`;
  const found: Judgement[] = [];
  const credential = detail.purpose === 'session' || detail.purpose === 'token';
  const library = detail.library ?? '';
  const plain = plainByDefault.has(library);
  if (detail.secure === false || (detail.secure === undefined && (credential || plain))) {
    const said = detail.secure === false ? 'switches Secure off' : 'is set without Secure';
    found.push(
      judge('auth/cookie-no-secure', place, `${name} ${said}`, confidence, {
        severity: credential ? undefined : 'low',
      }),
    );
  }
  // A script has to read a CSRF cookie of the double-submit kind.
  const scripted =
    detail.httpOnly === false || (detail.httpOnly === undefined && !httpOnlyByDefault.has(library));
  const open = detail.purpose === 'other' && (detail.httpOnly === false || plain);
  if (scripted && (credential || open)) {
    found.push(
      judge('auth/cookie-no-httponly', place, `${name} can be read by scripts`, confidence, {
        severity: credential ? undefined : 'info',
      }),
    );
  }
  const site = detail.sameSite?.toLowerCase();
  if (
    (credential && (site === 'none' || site === 'false')) ||
    (site === undefined && (credential || plain))
  ) {
    const said = site === 'none' ? 'is sent by foreign sites (SameSite=None)' : 'has no SameSite';
    found.push(
      judge('auth/cookie-no-samesite', place, `${name} ${said}`, confidence, {
        severity: credential ? undefined : 'info',
      }),
    );
  }
  if (!credential) return found;
  if (detail.domain !== undefined) {
    const message = `${name} is sent to every host of ${detail.domain}`;
    found.push(judge('auth/cookie-wide-domain', place, message, confidence));
  }
  if (detail.purpose === 'session' && detail.expires === false) {
    found.push(judge('auth/session-no-expiry', place, `${name} has no maximum age`, confidence));
  }
  return found;
}

function sessions(surface: Surface): Judgement[] {
  return appFacts(surface, 'session').flatMap(({ detail, place, confidence }) => {
    const { library } = detail;
    const found: Judgement[] = [];
    const add = (id: Parameters<typeof judge>[0], message: string): void => {
      found.push(judge(id, place, message, confidence));
    };
    if (detail.defaultName) add('auth/session-default-name', `${library} keeps its cookie name`);
    if (detail.store === 'memory') {
      add('auth/session-memory-store', `${library} without a store: sessions live in the process`);
    }
    if (detail.clientSide)
      add('auth/session-client-side', `${library} keeps the session in the cookie`);
    if (detail.saveUninitialized === true) {
      add('auth/session-uninitialized', `${library} stores empty sessions`);
    }
    if (detail.regenerates === false) {
      add('auth/session-fixation', `sign-in keeps the session identifier of ${library}`);
    }
    return found;
  });
}
