import { randomBytes } from 'node:crypto';
import Database from 'libsql';
import type { Marks } from './failures.js';

type Column =
  | 'id'
  | 'email'
  | 'password'
  | 'roles'
  | 'account'
  | 'current'
  | 'idle_until'
  | 'absolute_until'
  | 'credential'
  | 'secret'
  | 'name'
  | 'scopes'
  | 'expires'
  | 'mark';

/** A row of one of the tables below. */
export type Row = Readonly<Partial<Record<Column, unknown>>>;

/** What the authentication asks of a database with SQL; point it at your own by writing these three. */
export interface Rows {
  all: (sql: string, ...values: unknown[]) => Promise<Row[]>;
  one: (sql: string, ...values: unknown[]) => Promise<Row | undefined>;
  /** How many rows changed: it tells who won a race. */
  change: (sql: string, ...values: unknown[]) => Promise<number>;
}

const tables = `
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, password TEXT NOT NULL, roles TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS credentials (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, current TEXT NOT NULL,
  idle_until REAL NOT NULL, absolute_until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS credentials_current ON credentials (current);
CREATE TABLE IF NOT EXISTS spent (token TEXT PRIMARY KEY, credential TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, secret TEXT NOT NULL, name TEXT NOT NULL,
  scopes TEXT NOT NULL, roles TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS failures (account TEXT PRIMARY KEY, mark TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL);
`;

/** SQLite in one file, or in memory. Only hashes of credentials are stored. */
export function openRows(file: string): Rows {
  const database = opened(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec(tables);
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string) => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const all: Rows['all'] = async (sql, ...values) => prepared(sql).all(...values) as Row[];
  return {
    all,
    one: async (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    change: async (sql, ...values) => prepared(sql).run(...values).changes,
  };
}

function opened(file: string): Database.Database {
  try {
    return new Database(file);
  } catch {
    throw new Error('SECURITY_DATABASE names no file that can be opened or made');
  }
}

export interface Account {
  id: string;
  email: string;
  password: string;
  roles: readonly string[];
}

/** Accounts by address and id. To use your own user table, give an object with these four instead. */
export interface Accounts {
  byEmail: (email: string) => Promise<Account | undefined>;
  byId: (id: string) => Promise<Account | undefined>;
  /** False when the address is known. */
  add: (email: string, passwordHash: string, roles?: readonly string[]) => Promise<boolean>;
  setPassword: (id: string, passwordHash: string) => Promise<void>;
}

export function accountsIn(rows: Rows): Accounts {
  return {
    byEmail: async (email) =>
      account(await rows.one('SELECT * FROM accounts WHERE email = ?', canonical(email))),
    byId: async (id) => account(await rows.one('SELECT * FROM accounts WHERE id = ?', id)),
    add: async (email, passwordHash, roles = ['user']) => {
      const values = [randomBytes(16).toString('hex'), canonical(email), passwordHash];
      const sql = 'INSERT INTO accounts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
      return (await rows.change(sql, ...values, JSON.stringify(roles))) === 1;
    },
    setPassword: async (id, passwordHash) => {
      await rows.change('UPDATE accounts SET password = ? WHERE id = ?', passwordHash, id);
    },
  };
}

/** A key that the database made for itself: the same for every instance that uses it. */
export async function ownSecret(rows: Rows, name: string): Promise<string> {
  const made = randomBytes(32).toString('base64url');
  await rows.change('INSERT INTO secrets VALUES (?, ?) ON CONFLICT DO NOTHING', name, made);
  const row = await rows.one('SELECT secret FROM secrets WHERE name = ?', name);
  return String(row?.secret ?? '');
}

/** Counts of failed sign-ins that outlast a restart. */
export function marksIn(rows: Rows): Marks {
  return {
    get: async (key) => {
      const sql = 'SELECT mark FROM failures WHERE account = ? AND ends > ?';
      return String((await rows.one(sql, key, Date.now()))?.mark ?? '');
    },
    swap: async (key, before, after, seconds) => {
      const ends = Date.now() + seconds * 1000;
      if (before !== '') {
        const sql = 'UPDATE failures SET mark = ?, ends = ? WHERE account = ? AND mark = ?';
        return (await rows.change(sql, after, ends, key, before)) === 1;
      }
      await rows.change('DELETE FROM failures WHERE ends <= ?', Date.now());
      const sql = 'INSERT INTO failures VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
      return (await rows.change(sql, key, after, ends)) === 1;
    },
    clear: async (key) => {
      await rows.change('DELETE FROM failures WHERE account = ?', key);
    },
  };
}

/** One address, one account: spelling of case and surrounding space does not make another. */
export function canonical(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

function account(row: Row | undefined): Account | undefined {
  if (row === undefined) return undefined;
  const { id, email, password, roles } = row as Record<string, string>;
  return {
    id: id ?? '',
    email: email ?? '',
    password: password ?? '',
    roles: JSON.parse(roles ?? '[]'),
  };
}
