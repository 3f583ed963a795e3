import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { invalid, type Principal, Problem, single, unauthorized, valuesOf } from './messages.js';
import { type Context, type Scheme, text, type Visit } from './scheme.js';
import type { Settings } from './settings.js';
import { openRows, type Rows } from './store.js';

const challenge = 'ApiKey realm="api"';
const shape = /^sk_([0-9a-f]{16})\.([\w-]{43})$/;
const day = 86_400_000;

/** Keys `sk_<id>.<secret>`: looked up by id, compared in constant time, with scopes, roles and an end. */
export function make(context: Context): Scheme {
  const { settings, emit } = context;
  const rows = openRows(settings.database);
  const first = firstKey(settings, rows);

  async function identify(req: Request): Promise<Principal | undefined> {
    if (valuesOf(req, 'x-api-key').length === 0) return undefined;
    await first;
    const [, id = '', secret = ''] = shape.exec(single(req, 'x-api-key')) ?? [];
    const row = await rows.one('SELECT * FROM keys WHERE id = ? AND expires > ?', id, Date.now());
    // An unknown id costs a comparison too.
    const right = same(String(row?.secret ?? ''), hashOf(secret));
    if (row === undefined || !right) throw unauthorized(challenge, 'auth.denied', 'bad key');
    const [roles, scopes] = [listOf(row.roles), listOf(row.scopes)];
    return { id, name: String(row.name), roles, scopes, credential: id };
  }

  async function create({ res, call, body }: Visit): Promise<void> {
    const { expiresInDays } = body;
    const days = expiresInDays ?? settings.values.auth.keyDays;
    if (!Number.isInteger(days) || Number(days) < 1 || Number(days) > 3650) {
      throw invalid('a number of days is needed', 'expiresInDays');
    }
    const name = text(body, 'name').slice(0, 100);
    const key = await addKey(rows, name, texts(body, 'scopes'), texts(body, 'roles'), Number(days));
    emit('auth.key_created', 'success', call, { reason: key.id });
    res.setHeader('Cache-Control', 'no-store');
    res.status(201).json(key);
  }

  async function rotate({ res, call, id }: Visit): Promise<void> {
    const row = await rows.one('SELECT * FROM keys WHERE id = ?', id);
    if (row === undefined) throw new Problem(404);
    const days = settings.values.auth.keyDays;
    // The old key lives until it is deleted, so that its callers can change over.
    const key = await addKey(rows, String(row.name), listOf(row.scopes), listOf(row.roles), days);
    emit('auth.key_rotated', 'success', call, { reason: id });
    res.setHeader('Cache-Control', 'no-store');
    res.status(201).json(key);
  }

  async function revoke({ res, call, id }: Visit): Promise<void> {
    if ((await rows.change('DELETE FROM keys WHERE id = ?', id)) === 0) throw new Problem(404);
    emit('auth.key_revoked', 'success', call, { reason: id });
    res.status(204).end();
  }

  async function list({ res }: Visit): Promise<void> {
    const all = await rows.all('SELECT id, name, scopes, roles, expires FROM keys ORDER BY name');
    const shown = all.map((row) => ({
      ...row,
      scopes: listOf(row.scopes),
      roles: listOf(row.roles),
      expires: new Date(Number(row.expires)).toISOString(),
    }));
    res.json(shown);
  }

  async function me({ res, call }: Visit): Promise<void> {
    const { id, name, scopes, roles } = call.principal ?? {
      id: '',
      name: '',
      scopes: [],
      roles: [],
    };
    res.json({ id, name, scopes, roles });
  }

  return {
    challenge,
    identify,
    endpoints: {
      'GET me': { answer: me },
      'GET keys': { role: 'admin', answer: list },
      'POST keys': { role: 'admin', answer: create },
      'POST keys/:id/rotate': { role: 'admin', answer: rotate },
      'DELETE keys/:id': { role: 'admin', answer: revoke },
    },
  };
}

/** Makes a key; the secret is shown this once and stored as a hash. */
export async function addKey(
  rows: Rows,
  name: string,
  scopes: readonly string[],
  roles: readonly string[],
  days: number,
): Promise<{ id: string; key: string }> {
  const [id, secret] = [randomBytes(8).toString('hex'), randomBytes(32).toString('base64url')];
  await insert(rows, id, secret, name, scopes, roles, days);
  return { id, key: `sk_${id}.${secret}` };
}

async function insert(
  rows: Rows,
  id: string,
  secret: string,
  name: string,
  scopes: readonly string[],
  roles: readonly string[],
  days: number,
): Promise<void> {
  const values = [id, hashOf(secret), name, JSON.stringify(scopes), JSON.stringify(roles)];
  const sql = 'INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
  await rows.change(sql, ...values, Date.now() + days * day);
}

/** The administrator's key of the environment. @throws Error that names the variable */
function firstKey(settings: Settings, rows: Rows): Promise<void> {
  if (settings.adminKey === '') return Promise.resolve();
  const [, id, secret] = shape.exec(settings.adminKey) ?? [];
  if (id === undefined || secret === undefined) {
    throw new Error('SECURITY_ADMIN_KEY must be sk_<16 hex digits>.<43 characters of base64url>');
  }
  return insert(rows, id, secret, 'administrator', [], ['admin'], settings.values.auth.keyDays);
}

/** SHA-256 is enough for 256 random bits. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a.padEnd(64)), Buffer.from(b.padEnd(64))];
  return left.length === right.length && timingSafeEqual(left, right);
}

function listOf(json: unknown): string[] {
  return JSON.parse(String(json));
}

function texts(body: Visit['body'], key: string): string[] {
  const value = body[key] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw invalid('a list of texts is needed', key);
  }
  return value;
}
