import { expect, test } from 'vitest';
import { authLevels } from '../src/controls/auth/levels.ts';
import { corsLevels } from '../src/controls/cors/levels.ts';
import { csrfLevels } from '../src/controls/csrf/levels.ts';
import { headersLevels } from '../src/controls/headers/levels.ts';
import { from, levels } from '../src/controls/level.ts';
import { ratelimitLevels } from '../src/controls/ratelimit/levels.ts';
import { validationLevels } from '../src/controls/validation/levels.ts';

const rise = levels.slice(1).map((level, index) => ({ lower: levels[index]!, level }));
const perSecond = (limit: { limit: number; windowSeconds: number }) =>
  limit.limit / limit.windowSeconds;

/** The directives of a CSP with the sources of each. */
function directives(csp: string): Map<string, string> {
  return new Map(
    csp.split(';').map((part) => {
      const [name, ...sources] = part.trim().split(' ');
      return [name!, sources.join(' ')];
    }),
  );
}

test.each(rise)('$level limits admit no more than $lower', ({ lower, level }) => {
  for (const name of ['general', 'auth', 'api', 'account'] as const) {
    expect(perSecond(ratelimitLevels[level][name])).toBeLessThanOrEqual(
      perSecond(ratelimitLevels[lower][name]),
    );
  }
});

test.each(rise)('$level headers are at least as tight as $lower', ({ lower, level }) => {
  const age = (value: string) => Number(/max-age=(\d+)/.exec(value)?.[1]);
  expect(age(headersLevels[level].hsts)).toBeGreaterThanOrEqual(age(headersLevels[lower].hsts));
  const weaker = directives(headersLevels[lower].htmlCsp);
  const tighter = directives(headersLevels[level].htmlCsp);
  for (const name of weaker.keys()) expect([...tighter.keys()]).toContain(name);
  expect(headersLevels[level].jsonCsp).toBe(headersLevels[lower].jsonCsp);
});

test.each(rise)(
  '$level bodies, tokens and sessions are no looser than $lower',
  ({ lower, level }) => {
    const less = ['bodyBytes', 'depth', 'keys'] as const;
    for (const name of less)
      expect(validationLevels[level][name]).toBeLessThanOrEqual(validationLevels[lower][name]);
    const shorter = [
      'accessSeconds',
      'clockSkewSeconds',
      'refreshIdleSeconds',
      'refreshAbsoluteSeconds',
      'sessionIdleSeconds',
      'sessionAbsoluteSeconds',
      'keyDays',
    ] as const;
    for (const name of shorter)
      expect(authLevels[level][name]).toBeLessThanOrEqual(authLevels[lower][name]);
    expect(authLevels[level].passwordMin).toBeGreaterThanOrEqual(authLevels[lower].passwordMin);
    expect(authLevels[level].argon2.memory).toBeGreaterThanOrEqual(authLevels[lower].argon2.memory);
    expect(corsLevels[level].maxOrigins).toBeLessThanOrEqual(corsLevels[lower].maxOrigins);
    expect(Number(csrfLevels[level].token)).toBeGreaterThanOrEqual(Number(csrfLevels[lower].token));
  },
);

test('the numbers of the requirement stand', () => {
  expect(levels.map((level) => ratelimitLevels[level].general.limit)).toEqual([100, 60, 30]);
  expect(levels.map((level) => ratelimitLevels[level].api.limit)).toEqual([60, 30, 10]);
  expect(
    levels.map((level) => [
      ratelimitLevels[level].auth.limit,
      ratelimitLevels[level].auth.windowSeconds,
    ]),
  ).toEqual([
    [10, 900],
    [5, 900],
    [3, 3600],
  ]);
});

test('the values of the standards stand', () => {
  // OWASP Password Storage cheat sheet: argon2id with 19 MiB, 2 passes, 1 lane, or more.
  expect(authLevels.basic.argon2).toEqual({ memory: 19 * 1024, time: 2, parallelism: 1 });
  // ASVS 3.4.1: a year at least; no preload without an explicit flag.
  for (const level of levels) expect(headersLevels[level].hsts).not.toContain('preload');
  expect(headersLevels.basic.hsts).toBe('max-age=31536000');
  // ASVS 6.2.9: 64 characters and more are accepted.
  for (const level of levels) expect(authLevels[level].passwordMax).toBeGreaterThanOrEqual(64);
});

test('a deployment is raised, never lowered', () => {
  expect(from('standard')).toEqual(['standard', 'strict']);
  expect(from('strict')).toEqual(['strict']);
});
