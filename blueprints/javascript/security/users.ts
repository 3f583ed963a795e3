import { passwords } from './passwords.js';
import { policy } from './policy.js';
import { readSettings } from './settings.js';
import { accountsIn, openRows } from './store.js';

// Adds an account: `<run this file> add <email> [role …]`, the password on standard input.
async function main([action, email, ...roles]: string[]): Promise<number> {
  if (action !== 'add' || email === undefined) {
    console.error('users add <email> [role …] < password');
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
  const all = [...new Set(['user', ...roles])];
  const added = await accountsIn(openRows(settings.database)).add(
    email,
    await hasher.hash(password),
    all,
  );
  console.log(added ? 'Added.' : 'This address has an account already.');
  return added ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
