// What the scripts share: running a command with its output shown, and the set-up of a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(root, '.cache');

/** Runs a command; its output goes to the terminal. Returns its exit code. */
export function run(argv, options = {}) {
  const [command, ...rest] = argv;
  const { status, error } = spawnSync(command, rest, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** Runs a command that has to succeed. */
export function must(argv, options = {}) {
  const code = run(argv, options);
  if (code === 0) return;
  console.error(`failed (${code}): ${argv.join(' ')}`);
  process.exit(2);
}

/** Installs a folder's npm packages from its lock file, once for each state of the lock. */
export function installed(folder = root) {
  const lock = join(folder, 'package-lock.json');
  const text = readFileSync(existsSync(lock) ? lock : join(folder, 'package.json'));
  const state = createHash('sha256').update(text).digest('hex');
  const stamp = join(folder, 'node_modules', '.secure-state');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  console.log(
    `installing packages of ${folder === root ? 'secure' : folder.slice(root.length + 1)}`,
  );
  const verb = existsSync(lock) ? 'ci' : 'install';
  must(['npm', verb, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
}
