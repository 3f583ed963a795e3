import type { ByLevel } from '../level.ts';

/** Passwords, tokens, sessions and keys. Times in seconds, memory in KiB. */
export interface AuthValues {
  /** NIST 800-63B-4 and ASVS 6.2.1 (8, 15 recommended); the requirement asks for 12. No composition rules (ASVS 6.2.5). */
  passwordMin: number;
  passwordMax: number;
  /** argon2id; OWASP Password Storage cheat sheet, ASVS 11.4.2. */
  argon2: { memory: number; time: number; parallelism: number };
  /** Access token; RFC 8725, OWASP JWT cheat sheet. */
  accessSeconds: number;
  clockSkewSeconds: number;
  /** Refresh token; RFC 9700 §4.14.2, ASVS 10.4.8. */
  refreshIdleSeconds: number;
  refreshAbsoluteSeconds: number;
  /** Session; ASVS 7.3.1, 7.3.2. */
  sessionIdleSeconds: number;
  sessionAbsoluteSeconds: number;
  sameSite: 'lax' | 'strict';
  /** Longest life of an API key. */
  keyDays: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

export const authLevels: ByLevel<AuthValues> = {
  basic: {
    passwordMin: 12,
    passwordMax: 128,
    argon2: { memory: 19_456, time: 2, parallelism: 1 },
    accessSeconds: 15 * minute,
    clockSkewSeconds: 60,
    refreshIdleSeconds: 30 * day,
    refreshAbsoluteSeconds: 90 * day,
    sessionIdleSeconds: day,
    sessionAbsoluteSeconds: 30 * day,
    sameSite: 'lax',
    keyDays: 365,
  },
  standard: {
    passwordMin: 12,
    passwordMax: 128,
    argon2: { memory: 19_456, time: 2, parallelism: 1 },
    accessSeconds: 10 * minute,
    clockSkewSeconds: 30,
    refreshIdleSeconds: 7 * day,
    refreshAbsoluteSeconds: 30 * day,
    sessionIdleSeconds: 30 * minute,
    sessionAbsoluteSeconds: 12 * hour,
    sameSite: 'lax',
    keyDays: 180,
  },
  strict: {
    passwordMin: 15,
    passwordMax: 128,
    argon2: { memory: 65_536, time: 3, parallelism: 1 },
    accessSeconds: 5 * minute,
    clockSkewSeconds: 5,
    refreshIdleSeconds: day,
    refreshAbsoluteSeconds: 7 * day,
    sessionIdleSeconds: 15 * minute,
    sessionAbsoluteSeconds: 8 * hour,
    sameSite: 'strict',
    keyDays: 90,
  },
};
