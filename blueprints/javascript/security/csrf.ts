import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { methodsOf, Problem, single, urlOf, valuesOf } from './messages.js';
import type { Settings } from './settings.js';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * First line against cross-site writes, before authentication: Fetch-Metadata, then Origin against Host
 * (OWASP CSRF cheat sheet, ASVS 3.5.1). Callers without an ambient credential are not touched.
 */
export function checkOrigin(settings: Settings, req: Request): void {
  if (isSafe(req) || single(req, 'authorization') || single(req, 'x-api-key')) return;
  const cookie = single(req, 'cookie') !== '';
  if (settings.policy.auth !== 'session' && !cookie) return;
  const [origins, sites] = [valuesOf(req, 'origin'), valuesOf(req, 'sec-fetch-site')];
  const [origin = ''] = origins;
  if (origins.length === 1 && settings.origins.has(origin)) return;
  if (sites.length > 0) {
    if (sites.length === 1 && (sites[0] === 'same-origin' || sites[0] === 'none')) return;
    throw refused('cross-site request');
  }
  if (origins.length === 0) {
    if (cookie && settings.values.csrf.noOrigin === 'refuse') {
      throw refused('neither Sec-Fetch-Site nor Origin');
    }
    return;
  }
  const sameHost = urlOf(origin)?.host === single(req, 'host');
  if (origins.length !== 1 || !sameHost) throw refused('Origin differs from Host');
}

function isSafe(req: Request): boolean {
  return methodsOf(req).every((method) => safe.has(method));
}

/** Bound to the session: its id is the key, so that a token of another session never fits. */
export function tokenFor(session: string): string {
  return createHmac('sha256', session).update('csrf-token').digest('hex');
}

/** Second line, after authentication by cookie. */
export function checkToken(settings: Settings, req: Request, session: string): void {
  if (isSafe(req) || !settings.values.csrf.token) return;
  const given = Buffer.from(single(req, 'x-csrf-token'));
  const right = Buffer.from(tokenFor(session));
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    throw refused('CSRF token missing or wrong');
  }
}

function refused(reason: string): Problem {
  return new Problem(403, { event: 'csrf.refused', reason });
}
