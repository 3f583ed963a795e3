import type { RedisClientType } from 'redis';
import { type Failures, failures, marksInRedis } from './failures.js';
import { invalid, Problem } from './messages.js';
import { passwords as hasher, type Passwords } from './passwords.js';
import { testFactor } from './ratelimit.js';
import { type Context, text, type Visit } from './scheme.js';
import type { Settings } from './settings.js';
import {
  type Account,
  type Accounts,
  accountsIn,
  canonical,
  marksIn,
  ownSecret,
  type Rows,
} from './store.js';

/** What `jwt` and `session` share: registration, the check of a password and its change. */
export interface Credentials {
  accounts: Accounts;
  register: (visit: Visit) => Promise<void>;
  /** @throws Problem 401, the same for an unknown address and a wrong password */
  login: (visit: Visit) => Promise<Account>;
  /** The account whose password was changed. */
  changePassword: (visit: Visit) => Promise<Account>;
  me: (visit: Visit) => Promise<void>;
}

const address = /^[^@\s]{1,64}@[^@\s]{1,189}$/;

export function credentials(context: Context, rows: Rows): Credentials {
  const { settings, emit } = context;
  const accounts = accountsIn(rows);
  const passwords = hasher(settings.values.auth);
  const guesses = failuresIn(settings, rows, context.redis);
  const first = firstAdministrator(context, accounts, passwords);
  // Every sign-in waits for it, and answers 503 when it failed.
  first.catch(() => undefined);

  async function register({ res, call, body }: Visit): Promise<void> {
    const [email, password] = [text(body, 'email'), text(body, 'password')];
    if (!address.test(email)) throw invalid('an e-mail address is needed', 'email');
    passwords.accept(password, email);
    const added = await accounts.add(email, await passwords.hash(password));
    emit('auth.register', added ? 'success' : 'failure', call);
    // The same answer, in the same time, for a known and an unknown address.
    res.status(202).json({ status: 'accepted' });
  }

  async function login({ call, body }: Visit): Promise<Account> {
    await first;
    const [email, password] = [text(body, 'email'), text(body, 'password')];
    const name = canonical(email);
    await guesses.admit(name);
    const account = await accounts.byEmail(email);
    const right = await passwords.verify(account?.password, password);
    if (account === undefined || !right) {
      throw new Problem(401, { event: 'auth.login', reason: 'wrong credentials' });
    }
    await guesses.clear(name);
    emit('auth.login', 'success', call, { userId: account.id });
    return account;
  }

  async function changePassword({ call, body }: Visit): Promise<Account> {
    const [current, fresh] = [text(body, 'currentPassword'), text(body, 'newPassword')];
    const account = await accounts.byId(call.principal?.id ?? '');
    if (account === undefined)
      throw new Problem(401, { event: 'auth.password', reason: 'no account' });
    await guesses.admit(account.email);
    if (!(await passwords.verify(account.password, current))) {
      throw new Problem(401, { event: 'auth.password', reason: 'wrong credentials' });
    }
    await guesses.clear(account.email);
    passwords.accept(fresh, account.email, 'newPassword');
    await accounts.setPassword(account.id, await passwords.hash(fresh));
    emit('auth.password', 'success', call);
    return account;
  }

  async function me({ res, call }: Visit): Promise<void> {
    const { id, name, roles } = call.principal ?? { id: '', name: '', roles: [] };
    res.json({ id, email: name, roles });
  }

  return { accounts, register, login, changePassword, me };
}

/** Counts of the accounts that we hold; they outlast a restart. */
export function failuresIn(
  settings: Settings,
  rows: Rows,
  redis: RedisClientType | undefined,
): Failures {
  let secret: Promise<string> | undefined;
  return failures({
    marks: redis === undefined ? marksIn(rows) : marksInRedis(redis),
    values: settings.values.ratelimit,
    secret: () => {
      secret ??= ownSecret(rows, 'failures');
      return secret;
    },
    factor: settings.environment === 'test' ? testFactor : 1,
    stops: true,
  });
}

async function firstAdministrator(
  { settings }: Context,
  accounts: Accounts,
  passwords: Passwords,
): Promise<void> {
  const { adminEmail, adminPassword } = settings;
  if (adminEmail === '' || (await accounts.byEmail(adminEmail)) !== undefined) return;
  await accounts.add(adminEmail, await passwords.hash(adminPassword), ['user', 'admin']);
}

/** @throws Error that names the variable, before anything is listened to */
export function refuseWeakAdministrator({ settings }: Context): void {
  const { adminEmail, adminPassword } = settings;
  if (adminEmail === '') return;
  try {
    hasher(settings.values.auth).accept(adminPassword, adminEmail);
  } catch {
    throw new Error('SECURITY_ADMIN_PASSWORD is missing or weak');
  }
}
