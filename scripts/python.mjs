// Makes or reuses .venv under the project with everything that the tests of the Python blueprints need.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, root } from './steps.mjs';

const wanted = join(root, 'scripts', 'requirements-dev.txt');
const folder = join(root, '.venv');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const stamp = join(folder, '.requirements');

/** The interpreter of .venv, with everything installed; system packages stay as they are. */
export async function ensurePython() {
  const digest = createHash('sha256').update(readFileSync(wanted)).digest('hex');
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
    return python;
  }
  if (!existsSync(python)) {
    console.log('python: making .venv (Python 3.10 or newer with venv is needed)');
    must(['python3', '-m', 'venv', folder]);
  }
  console.log('python: installing scripts/requirements-dev.txt');
  const quiet = ['--quiet', '--disable-pip-version-check'];
  must([python, '-m', 'pip', 'install', ...quiet, '-r', wanted]);
  writeFileSync(stamp, digest);
  return python;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await ensurePython());
