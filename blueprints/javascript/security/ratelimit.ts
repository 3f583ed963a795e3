import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Response } from 'express';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClientType } from 'redis';
import type { Emit } from './events.js';
import { exceeded, failures, marksInMemory, marksInRedis } from './failures.js';
import { type Call, Problem, unavailable } from './messages.js';
import type { Limit } from './policy-types.js';
import type { Settings } from './settings.js';
import { isSentBack } from './sign-in.js';

/** Counters per client address and principal: in Redis when it is configured, else in memory. */
export interface Limits {
  /** Counts one request, tells the caller what is left, and refuses it over the limit. */
  count: (call: Call, res: Response, name: string, key: string, own?: Limit) => Promise<void>;
  /** For the application's own sign-in: refuses an account that has to wait, and counts an answer that says no. */
  watchSignIn: (call: Call, res: Response, account: string | undefined) => Promise<void>;
}

type Counter = RateLimiterMemory | RateLimiterRedis;

// A test suite asks more in a second than a client in a minute; NODE_ENV=production shows the real numbers.
export const testFactor = 1000;

export function limits(settings: Settings, emit: Emit, redis: RedisClientType | undefined): Limits {
  const values = settings.values.ratelimit;
  const signsIn = settings.on('auth') && settings.policy.auth !== 'kept';
  const factor = settings.environment === 'test' ? testFactor : 1;
  const shared = new Map<string, Counter>();
  const local = new Map<string, Counter>();
  const named = {
    general: values.general,
    auth: values.auth,
    api: values.api,
  };
  // Instances that share counts must give an account one name; they have no common secret here.
  const secret = redis === undefined ? randomBytes(16).toString('hex') : '';
  const signIns = failures({
    marks: redis === undefined ? marksInMemory() : marksInRedis(redis),
    values,
    secret: async () => secret,
    factor,
    stops: false,
  });

  function counter(name: string, { limit, windowSeconds }: Limit, inMemory: boolean): Counter {
    const all = inMemory ? local : shared;
    const known = all.get(name);
    if (known !== undefined) return known;
    const options = { keyPrefix: `limit:${name}`, points: limit * factor, duration: windowSeconds };
    const made =
      redis === undefined || inMemory
        ? new RateLimiterMemory(options)
        : new RateLimiterRedis({ ...options, storeClient: redis, useRedisPackage: true });
    all.set(name, made);
    return made;
  }

  /** Redis is away: sign-in is refused, the rest follows the policy. */
  function away(call: Call, name: string): void {
    emit('store.down', 'failure', call, { reason: 'redis' });
    const closed = name === 'auth' || name === 'account' || values.redisDown === 'refuse';
    if (closed) throw unavailable();
  }

  async function consume(
    call: Call,
    name: string,
    key: string,
    limit: Limit,
  ): Promise<RateLimiterRes> {
    try {
      return await counter(name, limit, false).consume(key);
    } catch (result) {
      if (result instanceof RateLimiterRes) return result;
      away(call, name);
      return counter(name, limit, true)
        .consume(key)
        .catch((refused: RateLimiterRes) => refused);
    }
  }

  async function count(
    call: Call,
    res: Response,
    name: string,
    key: string,
    own?: Limit,
  ): Promise<void> {
    // Sign-in is limited wherever we sign callers in, also when the application limits the rest itself.
    if (!settings.on('ratelimit') && !(signsIn && name === 'auth')) return;
    const limit = own ?? named[name as keyof typeof named];
    const label = own === undefined ? name : 'route';
    const result = await consume(call, own === undefined ? name : `route:${name}`, key, limit);
    const wait = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
    const quota = limit.limit * factor;
    res.setHeader('RateLimit', `"${label}";r=${result.remainingPoints};t=${wait}`);
    res.setHeader('RateLimit-Policy', `"${label}";q=${quota};w=${limit.windowSeconds}`);
    if (result.consumedPoints > quota) throw exceeded(label, wait);
  }

  async function watchSignIn(
    call: Call,
    res: Response,
    account: string | undefined,
  ): Promise<void> {
    if (account === undefined || !settings.on('ratelimit')) return;
    const name = account.trim().toLowerCase();
    await signIns.refuse(name).catch((error: unknown) => {
      if (error instanceof Problem) throw error;
      away(call, 'account');
    });
    res.once('finish', () => {
      const said = [400, 401, 403, 422].includes(res.statusCode);
      if (said || isSentBack(call.path, res.statusCode, String(res.getHeader('location') ?? '')))
        signIns.add(name).catch(() => undefined);
    });
  }

  return { count, watchSignIn };
}

/** What one client is: an IPv4 address, or the IPv6 prefix that one customer usually holds. */
export function clientKey(ip: string, prefix: number): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(ip)) return ip;
  const [head = '', tail = ''] = (ip.split('%')[0] ?? '').split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const bits = [...first, ...zeros, ...last]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
  return `${bits.slice(0, prefix)}/${prefix}`;
}
