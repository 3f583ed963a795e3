import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bytesOf, clean, copyOf, emptyFolder, secure } from './run.ts';

afterAll(clean);

test('without a virtual environment nothing is installed into the system’s Python', () => {
  const active = process.env.VIRTUAL_ENV;
  delete process.env.VIRTUAL_ENV;
  const ran = secure(copyOf('examples/flask'), 'apply', '.', '--yes');
  if (active !== undefined) process.env.VIRTUAL_ENV = active;
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).not.toMatch(/^ {2}python3 -m pip install/m);
  expect(ran.stderr).toContain(
    'no virtual environment: python3 -m venv .venv && .venv/bin/pip install -r requirements.txt',
  );
});

test('the project’s own virtual environment is installed into', () => {
  const folder = copyOf('examples/flask');
  const python = path.join(folder, '.venv', 'bin', 'python3');
  mkdirSync(path.dirname(python), { recursive: true });
  writeFileSync(python, '#!/bin/sh\necho "$@" > "$(dirname "$0")/asked"\nexit 3\n');
  chmodSync(python, 0o755);
  const ran = secure(folder, 'apply', '.', '--yes');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/^secure: python3 -m pip install .*-r requirements\.txt failed/m);
});

const project = '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask>=3"]\n';

/** A project of one manager, and a program of its name that writes the lock file and ends with a code. */
function managed(manager: string, lock: string, code: number): string {
  const folder = copyOf('examples/flask');
  rmSync(path.join(folder, 'requirements.txt'));
  if (manager === 'pipenv')
    writeFileSync(path.join(folder, 'Pipfile'), '[packages]\nflask = "*"\n');
  else writeFileSync(path.join(folder, 'pyproject.toml'), `${project}\n[tool.${manager}]\n`);
  writeFileSync(path.join(folder, lock), '# as it was\n');
  const program = path.join(folder, 'bin', manager);
  mkdirSync(path.dirname(program));
  writeFileSync(program, `#!/bin/sh\necho "# asked: $@" >> ${lock}\nexit ${code}\n`);
  chmodSync(program, 0o755);
  return folder;
}

/** With the programs of a folder in front of those of the machine. */
function withPrograms<T>(folder: string, work: () => T): T {
  const before = process.env.PATH;
  process.env.PATH = `${path.join(folder, 'bin')}:${before}`;
  try {
    return work();
  } finally {
    process.env.PATH = before;
  }
}

const managers = [
  ['uv', 'uv.lock', 'sync'],
  ['poetry', 'poetry.lock', 'update --no-interaction '],
  ['pdm', 'pdm.lock', 'install'],
  ['pipenv', 'Pipfile.lock', 'install'],
] as const;

test.each(managers)('%s writes its lock file, and undo gives it back', (manager, lock, asked) => {
  const folder = managed(manager, lock, 0);
  const before = bytesOf(folder);
  const ran = withPrograms(folder, () => secure(folder, 'apply', '.', '--yes'));
  expect(ran.code, ran.stderr).toBe(0);
  expect(readFileSync(path.join(folder, lock), 'utf8')).toContain(`# as it was\n# asked: ${asked}`);
  expect(secure(folder, 'undo').code).toBe(0);
  expect(bytesOf(folder)).toEqual(before);
});

test.each(managers)('%s that fails leaves nothing, its lock file neither', (manager, lock) => {
  const folder = managed(manager, lock, 1);
  const before = bytesOf(folder);
  const ran = withPrograms(folder, () => secure(folder, 'apply', '.', '--yes'));
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(
    new RegExp(`^secure: ${manager} .* failed, and everything was given`, 'm'),
  );
  expect(bytesOf(folder)).toEqual(before);
});

test.each(managers)('without installing, the line for %s is told', (manager, lock, asked) => {
  const folder = managed(manager, lock, 0);
  const ran = secure(folder, 'apply', '.', '--yes', '--no-install');
  expect(ran.stderr).toContain(`packages are not installed: ${manager} ${asked}`);
});

test('the lock file of a uv workspace above the project is left to its owner, with the line to run', () => {
  const workspace = emptyFolder();
  const project = path.join(workspace, 'api');
  cpSync(managed('uv', 'uv.lock', 0), project, { recursive: true });
  rmSync(path.join(project, 'uv.lock'));
  const members = '[tool.uv.workspace]\nmembers = ["api"]\n';
  writeFileSync(path.join(workspace, 'pyproject.toml'), members);
  writeFileSync(path.join(workspace, 'uv.lock'), '# as it was\n');
  const before = bytesOf(workspace);
  const ran = withPrograms(project, () => secure(workspace, 'apply', 'api', '--yes'));
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).toContain('../uv.lock belongs to the whole workspace: uv sync');
  expect(bytesOf(workspace)['uv.lock']).toBe(before['uv.lock']);
  expect(secure(project, 'undo').code).toBe(0);
  expect(bytesOf(workspace)).toEqual(before);
});

test('packages that contradict each other without ours are installed as their owner did', () => {
  const folder = copyOf('examples/express');
  const bin = emptyFolder();
  const npm = path.join(bin, 'npm');
  const script =
    'case "$*" in *legacy-peer-deps*) exit 0;; esac\necho "npm error code ERESOLVE"\nexit 1\n';
  writeFileSync(npm, `#!/bin/sh\necho "$@" >> "${bin}/asked"\n${script}`);
  chmodSync(npm, 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${bin}:${before}`;
  const ran = secure(folder, 'apply', '.', '--yes');
  process.env.PATH = before;
  expect(ran.code, ran.stderr).toBe(0);
  const asked = readFileSync(path.join(bin, 'asked'), 'utf8').trim().split('\n');
  expect(asked.map((line) => line.includes('--legacy-peer-deps'))).toEqual([false, true]);
});
