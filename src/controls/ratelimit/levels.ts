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
  /** Failed logins per account, whatever the address, that are free before it has to wait. OWASP Authentication cheat sheet. */
  account: Limit;
  /** The wait behind them, doubled by each further failure: a bounded one, so that nobody is shut out by strangers for long. OWASP Authentication cheat sheet (exponential back-off). */
  accountWait: { firstSeconds: number; longestSeconds: number };
  /** Failures in a row after which no password of the account is taken until an administrator sets a new one. NIST SP 800-63B-4 §3.2.2: at most 100. */
  accountStop: number;
  /** IPv6 addresses are counted by this prefix: one customer usually holds a /56. */
  ipv6Prefix: number;
  /** What happens to general traffic while Redis is away; auth routes answer 503 at every level. */
  redisDown: 'memory' | 'refuse';
}

const minute = 60;
const accountWait = { firstSeconds: 1, longestSeconds: 15 * minute };
const accountStop = 100;

export const ratelimitLevels: ByLevel<RatelimitValues> = {
  basic: {
    general: { limit: 100, windowSeconds: minute },
    auth: { limit: 10, windowSeconds: 15 * minute },
    api: { limit: 60, windowSeconds: minute },
    account: { limit: 10, windowSeconds: 15 * minute },
    accountWait,
    accountStop,
    ipv6Prefix: 56,
    redisDown: 'memory',
  },
  standard: {
    general: { limit: 60, windowSeconds: minute },
    auth: { limit: 5, windowSeconds: 15 * minute },
    api: { limit: 30, windowSeconds: minute },
    account: { limit: 10, windowSeconds: 15 * minute },
    accountWait,
    accountStop,
    ipv6Prefix: 56,
    redisDown: 'memory',
  },
  strict: {
    general: { limit: 30, windowSeconds: minute },
    auth: { limit: 3, windowSeconds: 60 * minute },
    api: { limit: 10, windowSeconds: minute },
    account: { limit: 5, windowSeconds: 15 * minute },
    accountWait,
    accountStop,
    ipv6Prefix: 56,
    redisDown: 'memory',
  },
};
