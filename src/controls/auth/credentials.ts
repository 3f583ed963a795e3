import type { FindingId } from '../../findings/catalogue.ts';
import type { Judgement } from '../../findings/finding.ts';
import type { FactDetails } from '../../surface/facts.ts';
import { appFacts, endpoints } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import { judge } from '../judging.ts';

/** Findings about secrets, passwords and the primitives below them. */
export function judgeCredentials(surface: Surface): Judgement[] {
  return [...secrets(surface), ...passwords(surface), ...primitives(surface), ...basic(surface)];
}

type Use = FactDetails['secret']['use'];
const signsInSomewhere: ReadonlySet<Use> = new Set(['password', 'connection', 'other', 'apikey']);

function secrets(surface: Surface): Judgement[] {
  const facts = appFacts(surface, 'secret');
  const at = (file: string, line: number): string => `${file}:${line}`;
  const stated = new Set(facts.map(({ place }) => at(place.file, place.line)));
  const uses = facts.filter(
    ({ detail, place }) =>
      detail.statedAt !== undefined &&
      detail.statedAt !== place.line &&
      stated.has(at(place.file, detail.statedAt)),
  );
  // One secret, one finding: where it stands, with the places that use it.
  const seen = new Set<string>();
  const once = facts.filter((fact) => {
    const key = at(fact.place.file, fact.place.line);
    if (uses.includes(fact) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return once.map(({ detail, place, confidence }) => {
    const { name, use, fallback } = detail;
    const lines = uses
      .filter((one) => one.place.file === place.file && one.detail.statedAt === place.line)
      .map((one) => one.place.line);
    const used = lines.length === 0 ? '' : `, used in line ${[...new Set(lines)].join(', line ')}`;
    if (fallback) {
      const message = `${name} has a text in the source as its fallback${used}`;
      const id: FindingId = signsInSomewhere.has(use)
        ? 'auth/password-in-source'
        : 'auth/secret-fallback';
      return judge(id, place, message, confidence, {
        severity: signsInSomewhere.has(use) ? 'medium' : undefined,
      });
    }
    const id = signsInSomewhere.has(use) ? 'auth/password-in-source' : 'auth/secret-in-source';
    return judge(id, place, `${name} is a text in the source${used}`, confidence);
  });
}

/** OWASP Password Storage cheat sheet: bcrypt with a work factor of 10 or more. */
const bcryptRounds = 10;
/** The same sheet: PBKDF2-HMAC-SHA1, the weakest form that it still admits with a number. */
const pbkdf2Rounds = 100_000;

function passwords(surface: Surface): Judgement[] {
  const hashes = appFacts(surface, 'password-hash').flatMap(({ detail, place, confidence }) => {
    const algorithm = detail.algorithm.toLowerCase();
    const { rounds } = detail;
    if (/^(?:md[245]|sha-?\d.*|sha1|ripemd.*|plain.*|des.*|crc.*)$/.test(algorithm)) {
      const message = `${detail.library} hashes passwords with ${detail.algorithm}`;
      return [judge('auth/password-weak-hash', place, message, confidence)];
    }
    const floor = algorithm === 'bcrypt' ? bcryptRounds : algorithm === 'pbkdf2' ? pbkdf2Rounds : 0;
    if (rounds === undefined || rounds >= floor) return [];
    const message = `${detail.algorithm} with ${rounds} rounds`;
    return [judge('auth/password-low-cost', place, message, confidence)];
  });
  const plain = appFacts(surface, 'password-plain').map(({ detail, place, confidence }) =>
    judge('auth/password-plain', place, `a password is ${detail.what} in plain text`, confidence),
  );
  return [...hashes, ...plain];
}

function primitives(surface: Surface): Judgement[] {
  return [
    ...appFacts(surface, 'timing-compare').map(({ detail, place, confidence }) =>
      judge(
        'auth/timing-compare',
        place,
        `${detail.what} is not compared in constant time`,
        confidence,
      ),
    ),
    ...appFacts(surface, 'weak-random').map(({ detail, place, confidence }) =>
      judge(
        'auth/weak-random',
        place,
        `${detail.use} comes from a predictable generator`,
        confidence,
      ),
    ),
    ...appFacts(surface, 'weak-crypto').map(({ detail, place, confidence }) =>
      judge('auth/weak-crypto', place, `${detail.algorithm} is used for ${detail.use}`, confidence),
    ),
    ...appFacts(surface, 'tls-verify-off').map(({ detail, place, confidence }) =>
      judge(
        'auth/tls-verify-off',
        place,
        `${detail.library} accepts every certificate`,
        confidence,
      ),
    ),
  ];
}

function basic(surface: Surface): Judgement[] {
  const first = endpoints(surface).find(
    (route) => route.credentials.length === 1 && route.credentials[0] === 'basic',
  );
  if (first === undefined) return [];
  return [judge('auth/basic', first.place, `${first.id} takes HTTP Basic`, 'medium')];
}
