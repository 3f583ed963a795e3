import { createHash } from 'node:crypto';
import type { RedisClientType } from 'redis';
import type { Row, Rows } from './store.js';

/** A refresh family or a session: what a login starts and a logout ends. */
export interface Credential {
  id: string;
  account: string;
  /** Hash of the refresh token that is good now; '' for a session. */
  current: string;
  /** Milliseconds since 1970. */
  idleUntil: number;
  absoluteUntil: number;
}

/** Where families and sessions live: Redis when instances share it, else the database. */
export interface CredentialState {
  start: (credential: Credential) => Promise<void>;
  /** `undefined` when it ended or ran out. */
  read: (id: string) => Promise<Credential | undefined>;
  touch: (id: string, idleUntil: number) => Promise<void>;
  byToken: (hash: string) => Promise<Credential | undefined>;
  /** False when another request was faster. */
  rotate: (id: string, from: string, to: string, idleUntil: number) => Promise<boolean>;
  /** The family that a spent token belonged to. */
  spentBy: (hash: string) => Promise<string | undefined>;
  end: (id: string) => Promise<void>;
  endOthers: (account: string, except: string) => Promise<void>;
}

/** For random credentials of 128 bits and more; passwords take argon2. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function stateIn(rows: Rows, redis: RedisClientType | undefined): CredentialState {
  return redis === undefined ? inDatabase(rows) : inRedis(redis);
}

function inDatabase(rows: Rows): CredentialState {
  const read = (row: Row | undefined): Credential | undefined => {
    if (row === undefined) return undefined;
    const [idleUntil, absoluteUntil] = [Number(row.idle_until), Number(row.absolute_until)];
    if (Math.min(idleUntil, absoluteUntil) <= Date.now()) return undefined;
    const { id, account, current } = row as Record<string, string>;
    return {
      id: id ?? '',
      account: account ?? '',
      current: current ?? '',
      idleUntil,
      absoluteUntil,
    };
  };
  return {
    start: async ({ id, account, current, idleUntil, absoluteUntil }) => {
      await rows.change('DELETE FROM credentials WHERE absolute_until <= ?', Date.now());
      await rows.change('DELETE FROM spent WHERE credential NOT IN (SELECT id FROM credentials)');
      const sql = 'INSERT INTO credentials VALUES (?, ?, ?, ?, ?)';
      await rows.change(sql, id, account, current, idleUntil, absoluteUntil);
    },
    read: async (id) => read(await rows.one('SELECT * FROM credentials WHERE id = ?', id)),
    touch: async (id, idleUntil) => {
      await rows.change('UPDATE credentials SET idle_until = ? WHERE id = ?', idleUntil, id);
    },
    byToken: async (hash) =>
      read(await rows.one('SELECT * FROM credentials WHERE current = ?', hash)),
    rotate: async (id, from, to, idleUntil) => {
      await rows.change('INSERT OR IGNORE INTO spent VALUES (?, ?)', from, id);
      const sql = 'UPDATE credentials SET current = ?, idle_until = ? WHERE id = ? AND current = ?';
      return (await rows.change(sql, to, idleUntil, id, from)) === 1;
    },
    spentBy: async (hash) => {
      const row = await rows.one('SELECT credential FROM spent WHERE token = ?', hash);
      return row === undefined ? undefined : String(row.credential);
    },
    end: async (id) => {
      await rows.change('DELETE FROM credentials WHERE id = ?', id);
    },
    endOthers: async (account, except) => {
      await rows.change('DELETE FROM credentials WHERE account = ? AND id <> ?', account, except);
    },
  };
}

/**
 * The list of an account's credentials lives as long as the last of them, also where a level was raised and new
 * ones end sooner; those that ran out leave it.
 */
const startScript = `
redis.call('HSET', KEYS[1], 'account', ARGV[2], 'current', ARGV[3], 'idleUntil', ARGV[4],
  'absoluteUntil', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], ARGV[5])
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[2], ARGV[1])
  redis.call('PEXPIREAT', KEYS[2], ARGV[5])
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[6])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
redis.call('PEXPIREAT', KEYS[3], redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')[2])`;

/** One step for Redis: of two parallel refreshes one finds its token, the other does not. */
const rotateScript = `
if redis.call('HGET', KEYS[1], 'current') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'current', ARGV[2], 'idleUntil', ARGV[3])
local left = redis.call('PTTL', KEYS[1])
redis.call('SET', KEYS[3], ARGV[4], 'PX', left)
redis.call('SET', KEYS[2], ARGV[4], 'PX', left)
return 1`;

function inRedis(redis: RedisClientType): CredentialState {
  const key = (kind: string, name: string): string => `credential:${kind}:${name}`;
  const read = async (id: string): Promise<Credential | undefined> => {
    const { account, current = '', ...found } = await redis.hGetAll(key('row', id));
    if (account === undefined) return undefined;
    const { idleUntil: idle, absoluteUntil: absolute } = found;
    const [idleUntil, absoluteUntil] = [Number(idle), Number(absolute)];
    if (Math.min(idleUntil, absoluteUntil) <= Date.now()) return undefined;
    return { id, account, current, idleUntil, absoluteUntil };
  };
  const end = async (id: string): Promise<void> => {
    const row = await read(id);
    await redis.del(key('row', id));
    if (row !== undefined) await redis.zRem(key('account', row.account), id);
  };
  return {
    read,
    end,
    start: async ({ id, account, current, idleUntil, absoluteUntil }) => {
      const keys = [key('row', id), key('token', current), key('account', account)];
      const times = [idleUntil, absoluteUntil, Date.now()].map(String);
      await redis.eval(startScript, { keys, arguments: [id, account, current, ...times] });
    },
    touch: async (id, idleUntil) => {
      // XX is not known to HSET: a session that ended meanwhile must not come back.
      const script = `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'idleUntil', ARGV[1]) end`;
      await redis.eval(script, { keys: [key('row', id)], arguments: [String(idleUntil)] });
    },
    byToken: async (hash) => {
      const id = await redis.get(key('token', hash));
      const row = id === null ? undefined : await read(String(id));
      return row?.current === hash ? row : undefined;
    },
    rotate: async (id, from, to, idleUntil) => {
      const keys = [key('row', id), key('token', to), key('spent', from)];
      const done = await redis.eval(rotateScript, {
        keys,
        arguments: [from, to, String(idleUntil), id],
      });
      return done === 1;
    },
    spentBy: async (hash) => {
      const id = await redis.get(key('spent', hash));
      return id === null ? undefined : String(id);
    },
    endOthers: async (account, except) => {
      const ids = await redis.zRange(key('account', account), 0, -1);
      for (const id of ids) if (String(id) !== except) await end(String(id));
    },
  };
}
