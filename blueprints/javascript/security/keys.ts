import { addKey } from './auth-apikey.js';
import { policy } from './policy.js';
import { readSettings } from './settings.js';
import { openRows } from './store.js';

// Adds an API key and shows it once: `<run this file> add <name> [role …]`.
async function main([action, name, ...roles]: string[]): Promise<number> {
  if (action !== 'add' || name === undefined) {
    console.error('keys add <name> [role …]');
    return 2;
  }
  const settings = readSettings(policy, { NODE_ENV: 'development', ...process.env });
  const days = settings.values.auth.keyDays;
  const { key } = await addKey(openRows(settings.database), name, [], roles, days);
  console.log(key);
  return 0;
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
