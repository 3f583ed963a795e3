import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bytesOf, clean, copyOf, emptyFolder, secure } from './run.ts';

afterAll(clean);

test('the lock file of a workspace is given back with the member that was hardened', () => {
  const root = emptyFolder();
  const member = path.join(root, 'apps/api');
  cpSync(copyOf('examples/express'), member, { recursive: true });
  rmSync(path.join(member, 'package-lock.json'));
  mkdirSync(path.join(root, '.git'));
  writeFileSync(path.join(root, 'package.json'), '{ "name": "whole", "private": true }\n');
  writeFileSync(path.join(root, 'pnpm-workspace.yaml'), "packages:\n  - 'apps/*'\n");
  writeFileSync(path.join(root, 'pnpm-lock.yaml'), 'as it was\n');
  const program = path.join(root, 'bin/pnpm');
  mkdirSync(path.dirname(program));
  writeFileSync(program, `#!/bin/sh\necho asked >> ${path.join(root, 'pnpm-lock.yaml')}\n`);
  chmodSync(program, 0o755);
  const before = bytesOf(root);

  const searched = process.env.PATH;
  process.env.PATH = `${path.join(root, 'bin')}:${searched}`;
  const applied = secure(member, 'apply', '.', '--yes', '--no-test');
  process.env.PATH = searched;

  expect(applied.code, applied.stderr).toBe(0);
  expect(bytesOf(root)['pnpm-lock.yaml']).not.toEqual(before['pnpm-lock.yaml']);
  expect(secure(member, 'undo').code).toBe(0);
  expect(bytesOf(root)).toEqual(before);
});
