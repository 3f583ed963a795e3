import { failuresIn } from './credentials.js';
import { passwords } from './passwords.js';
import { policy } from './policy.js';
import { connect } from './redis.js';
import { readSettings, type Settings } from './settings.js';
import { stateIn } from './state.js';
import { accountsIn, openRows } from './store.js';

// `<run this file> add <email> [role …]` adds an account. `<run this file> password <email>` sets another password:
// it ends every session of the account and opens one that too many wrong passwords stopped. The password comes on
// standard input.
async function main([action, email, ...roles]: string[]): Promise<number> {
  if ((action !== 'add' && action !== 'password') || email === undefined) {
    console.error('users add <email> [role …] < password\nusers password <email> < password');
    return 2;
  }
  const settings = readSettings(policy, { NODE_ENV: 'development', ...process.env });
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  const password = Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, '');
  const hasher = passwords(settings.values.auth);
  try {
    hasher.accept(password, email);
  } catch (error) {
    console.error(`Password: ${error instanceof Error ? error.message : ''}`);
    return 1;
  }
  const hashed = await hasher.hash(password);
  if (action === 'password') return reset(settings, email, hashed);
  const all = [...new Set(['user', ...roles])];
  const added = await accountsIn(openRows(settings.database)).add(email, hashed, all);
  console.log(added ? 'Added.' : 'This address has an account already.');
  return added ? 0 : 1;
}

async function reset(settings: Settings, email: string, hashed: string): Promise<number> {
  const rows = openRows(settings.database);
  const accounts = accountsIn(rows);
  const account = await accounts.byEmail(email);
  if (account === undefined) {
    console.error('This address has no account.');
    return 1;
  }
  const redis = await connected(settings.redisUrl);
  try {
    await failuresIn(settings, rows, redis).clear(account.email);
    await accounts.setPassword(account.id, hashed);
    await stateIn(rows, redis).endOthers(account.id, '');
  } catch {
    console.error('A store does not answer: run this again when it does.');
    return 1;
  } finally {
    redis?.destroy();
  }
  console.log('Changed.');
  return 0;
}

/** The application never waits for Redis; this command has nothing to do without it. */
async function connected(url: string): Promise<ReturnType<typeof connect>> {
  const redis = connect(url);
  for (let turn = 0; redis !== undefined && !redis.isReady && turn < 50; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return redis;
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
