import type { Judgement } from '../../findings/finding.ts';
import { appFacts } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import { judge } from '../judging.ts';
import { allowsNone } from './posture.ts';

/** Findings about how tokens are made and read. RFC 8725. */
export function judgeTokens(surface: Surface): Judgement[] {
  return [...verifications(surface), ...decodings(surface), ...signatures(surface)];
}

function verifications(surface: Surface): Judgement[] {
  return appFacts(surface, 'jwt-verify').flatMap(({ detail, place, confidence }) => {
    const { library, algorithms, verified, ignoresExpiration, revocable } = detail;
    const found: Judgement[] = [];
    if (allowsNone(algorithms)) {
      found.push(
        judge('auth/jwt-none', place, `${library} accepts the algorithm none`, confidence),
      );
    } else if (!verified) {
      const message = `${library} reads a token without checking its signature`;
      found.push(judge('auth/jwt-unverified', place, message, confidence));
    } else if (algorithms === undefined && leavesOpen.has(library)) {
      const message = `${library} verifies without a list of algorithms`;
      found.push(judge('auth/jwt-any-algorithm', place, message, confidence));
    }
    if (ignoresExpiration) {
      const message = `${library} is told to ignore the expiry`;
      found.push(judge('auth/jwt-expiry-ignored', place, message, confidence));
    }
    if (revocable === false) {
      const message = `${library} asks no list of revoked tokens`;
      found.push(judge('auth/jwt-not-revocable', place, message, confidence));
    }
    return found;
  });
}

/** Libraries that go by the key or by the token's own header when no algorithm is named. */
const leavesOpen: ReadonlySet<string> = new Set([
  'jsonwebtoken',
  'express-jwt',
  'jwt-simple',
  'koa-jwt',
  'PyJWT',
  'python-jose',
]);

function decodings(surface: Surface): Judgement[] {
  const verified = new Set(appFacts(surface, 'jwt-verify').map(({ place }) => place.file));
  return appFacts(surface, 'jwt-decode').map(({ detail, place, confidence }) => {
    // Reading the key id or the expiry of a token that is verified next to it is usual.
    const beside = verified.has(place.file);
    const message = `${detail.library} decodes a token, which checks no signature`;
    const sure = beside ? 'low' : confidence;
    return judge('auth/jwt-unverified', place, message, sure, {
      severity: beside ? 'info' : undefined,
    });
  });
}

function signatures(surface: Surface): Judgement[] {
  return appFacts(surface, 'jwt-sign').flatMap(({ detail, place, confidence }) => {
    const found: Judgement[] = [];
    if (detail.algorithm?.toLowerCase() === 'none') {
      found.push(judge('auth/jwt-none', place, `${detail.library} signs with none`, confidence));
    }
    if (detail.record === true) {
      const message = `${detail.library} signs a whole record, or a password`;
      found.push(judge('auth/jwt-record', place, message, confidence));
    }
    if (!detail.expires && detail.record !== true) {
      const message = `${detail.library} signs a token without an expiry`;
      found.push(judge('auth/jwt-no-expiry', place, message, confidence));
    }
    return found;
  });
}
