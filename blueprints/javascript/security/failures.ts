import { createHmac } from 'node:crypto';
import type { RedisClientType } from 'redis';
import { Problem } from './messages.js';
import type { Values } from './policy-types.js';

/**
 * Wrong passwords of one account, whatever the address (NIST SP 800-63B-4 §3.2.2). A level's number of them is
 * free within its window. Behind it each one makes the next wait, doubled each time. After `accountStop` in a
 * row no password is taken any more until an administrator sets a new one.
 */
export interface Failures {
  /** Counts an attempt before its password is looked at: many at once do not slip through. @throws Problem 429 */
  admit: (account: string) => Promise<void>;
  /** Refuses while the account waits; counts nothing. @throws Problem 429 */
  refuse: (account: string) => Promise<void>;
  /** Counts a failure that was seen afterwards. */
  add: (account: string) => Promise<void>;
  /** A right password, or a new one by an administrator. */
  clear: (account: string) => Promise<void>;
}

/** A short text for each account. Swapping it against the known one makes counting exact. */
export interface Marks {
  /** '' when there is none. */
  get: (key: string) => Promise<string>;
  swap: (key: string, before: string, after: string, seconds: number) => Promise<boolean>;
  clear: (key: string) => Promise<void>;
}

export interface FailuresInput {
  marks: Marks;
  values: Values['ratelimit'];
  /** Keys the names of accounts, so that what stores them does not tell whose they are. */
  secret: () => Promise<string>;
  factor: number;
  /** Whose password we do not hold, we cannot reset: those wait, and are never stopped. */
  stops: boolean;
}

interface Count {
  /** Failures since the last right password. */
  row: number;
  /** Failures since it was quiet for a window. */
  recent: number;
  /** When the next one may be tried, in milliseconds since 1970. */
  until: number;
}

const day = 86_400;
// Without a failure for so long an account starts anew; one that is stopped does not.
const remembered = 30 * day;
const forEver = 36_500 * day;
// How often a count is tried again when others change it at the same time.
const tries = 20;
const prunedAt = 10_000;

export function failures({ marks, values, secret, factor, stops }: FailuresInput): Failures {
  const { firstSeconds, longestSeconds } = values.accountWait;
  const { limit, windowSeconds } = values.account;
  const free = limit * factor;
  const stop = stops ? values.accountStop * factor : Number.POSITIVE_INFINITY;

  async function keyOf(account: string): Promise<string> {
    return createHmac('sha256', await secret())
      .update(account)
      .digest('base64url');
  }

  function refuseNow({ row, recent, until }: Count, now: number): void {
    if (row >= stop) throw exceeded('account stopped', longestSeconds);
    // Clocks of instances differ: where nothing has to wait, `until` is another one's present.
    if (recent >= free && now < until) throw exceeded('account', Math.ceil((until - now) / 1000));
  }

  function waitBehind(recent: number): number {
    return recent < free ? 0 : Math.min(firstSeconds * 2 ** (recent - free), longestSeconds);
  }

  function keptFor(row: number, wait: number): number {
    if (row >= stop) return forEver;
    return stops ? remembered : windowSeconds + wait;
  }

  async function count(account: string, late: boolean): Promise<void> {
    const key = await keyOf(account);
    for (let turn = 0; turn < tries; turn += 1) {
      const before = await marks.get(key);
      const [seen, now] = [countIn(before), Date.now()];
      if (!late) refuseNow(seen, now);
      const quiet = now > seen.until + windowSeconds * 1000;
      const [row, recent] = [seen.row + 1, quiet ? 1 : seen.recent + 1];
      const wait = waitBehind(recent);
      const after = `${row} ${recent} ${now + wait * 1000}`;
      if (await marks.swap(key, before, after, keptFor(row, wait))) return;
    }
    if (!late) throw exceeded('account', firstSeconds);
  }

  return {
    admit: (account) => count(account, false),
    add: (account) => count(account, true),
    refuse: async (account) =>
      refuseNow(countIn(await marks.get(await keyOf(account))), Date.now()),
    clear: async (account) => marks.clear(await keyOf(account)),
  };
}

export function exceeded(name: string, seconds: number): Problem {
  const headers = { 'Retry-After': String(seconds) };
  return new Problem(429, { event: 'ratelimit.exceeded', reason: name, headers });
}

export function marksInMemory(): Marks {
  let kept = new Map<string, { text: string; ends: number }>();
  let most = prunedAt;
  const read = (key: string): string => {
    const mark = kept.get(key);
    return mark !== undefined && mark.ends > Date.now() ? mark.text : '';
  };
  return {
    get: async (key) => read(key),
    swap: async (key, before, after, seconds) => {
      if (read(key) !== before) return false;
      kept.set(key, { text: after, ends: Date.now() + seconds * 1000 });
      if (kept.size > most) {
        kept = new Map([...kept].filter(([, { ends }]) => ends > Date.now()));
        most = 2 * kept.size + prunedAt;
      }
      return true;
    },
    clear: async (key) => {
      kept.delete(key);
    },
  };
}

const swapScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`;

export function marksInRedis(redis: RedisClientType): Marks {
  return {
    get: async (key) => String((await redis.get(`failures:${key}`)) ?? ''),
    swap: async (key, before, after, seconds) => {
      const keys = [`failures:${key}`];
      const given = { keys, arguments: [before, after, String(seconds)] };
      return (await redis.eval(swapScript, given)) === 1;
    },
    clear: async (key) => {
      await redis.del(`failures:${key}`);
    },
  };
}

function countIn(mark: string): Count {
  const [row = 0, recent = 0, until = 0] = mark.split(' ').map(Number);
  return { row, recent, until };
}
