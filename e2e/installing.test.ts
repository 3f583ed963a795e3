import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clean, copyOf, secure } from './run.ts';

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
