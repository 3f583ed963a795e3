// Makes or reuses .venv under the project with everything that the tests of the Python blueprints need.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = join(root, 'scripts', 'requirements-dev.txt');
const folder = join(root, '.venv');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const stamp = join(folder, '.requirements');
const digest = createHash('sha256').update(readFileSync(wanted)).digest('hex');

if (existsSync(stamp) && existsSync(python) && readFileSync(stamp, 'utf8') === digest) {
  console.log('python: .venv is up to date');
} else {
  if (!existsSync(python)) run('python: making .venv', 'python3', ['-m', 'venv', folder]);
  run('python: installing scripts/requirements-dev.txt', python, [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', wanted],
  ]);
  writeFileSync(stamp, digest);
}

/** Says what is done, does it, and ends with its failure. */
function run(title, command, args) {
  console.log(title);
  const done = spawnSync(command, args, { stdio: 'inherit', cwd: root });
  if (done.status === 0) return;
  console.error(`python: ${command} failed; Python 3.10 or newer with venv is needed`);
  process.exit(1);
}
