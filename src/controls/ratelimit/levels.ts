import type { ByLevel } from '../level.ts';

export interface Limit {
  /** Requests, or failures for `account`, admitted in one window. */
  limit: number;
  windowSeconds: number;
}

/** The requirement's numbers (`../spec`, rate limits); keys and scopes after the OWASP Authentication cheat sheet and ASVS 6.3.1. */
export interface RatelimitValues {
  /** Every request, per client address, before authentication. */
  general: Limit;
  /** Login, register, reset, refresh: per client address. */
  auth: Limit;
  /** Everything behind authentication: per principal. */
  api: Limit;
  /** Failed logins per account, whatever the address. NIST 800-63B: at most 100 in a row. */
  account: Limit;
  /** IPv6 addresses are counted by this prefix: one customer usually holds a /56. */
  ipv6Prefix: number;
  /** What happens to general traffic while Redis is away; auth routes answer 503 at every level. */
  redisDown: 'memory' | 'refuse';
}

const minute = 60;

export const ratelimitLevels: ByLevel<RatelimitValues> = {
  basic: {
    general: { limit: 100, windowSeconds: minute },
    auth: { limit: 10, windowSeconds: 15 * minute },
    api: { limit: 60, windowSeconds: minute },
    account: { limit: 10, windowSeconds: 15 * minute },
    ipv6Prefix: 56,
    redisDown: 'memory',
  },
  standard: {
    general: { limit: 60, windowSeconds: minute },
    auth: { limit: 5, windowSeconds: 15 * minute },
    api: { limit: 30, windowSeconds: minute },
    account: { limit: 10, windowSeconds: 15 * minute },
    ipv6Prefix: 56,
    redisDown: 'memory',
  },
  strict: {
    general: { limit: 30, windowSeconds: minute },
    auth: { limit: 3, windowSeconds: 60 * minute },
    api: { limit: 10, windowSeconds: minute },
    account: { limit: 5, windowSeconds: 15 * minute },
    ipv6Prefix: 56,
    redisDown: 'memory',
  },
};
