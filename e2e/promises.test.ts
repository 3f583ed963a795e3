import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bytesOf, clean, copyOf, secure } from './run.ts';

afterEach(clean);

const examples = ['express', 'nestjs', 'fastapi', 'flask'];
const apply = (folder: string, level: string, auth = 'jwt') =>
  secure(folder, 'apply', '.', '--yes', '--no-install', '--level', level, '--auth', auth);

/** Without the journal, which is allowed to differ. */
function sources(folder: string): Record<string, string> {
  const all = bytesOf(folder);
  return Object.fromEntries(Object.entries(all).filter(([file]) => !file.startsWith('.secure')));
}

test.each(examples)('%s: audit and plan write nothing', (name) => {
  const folder = copyOf(`examples/${name}`);
  const before = bytesOf(folder);
  secure(folder, 'audit', '.');
  secure(folder, 'plan', '.');
  expect(bytesOf(folder)).toEqual(before);
});

test.each(examples)('%s: a second run is an empty plan, undo gives the same bytes', (name) => {
  const folder = copyOf(`examples/${name}`);
  const before = bytesOf(folder);
  const applied = apply(folder, 'standard');
  expect(applied.code, applied.stderr).toBe(0);
  const once = sources(folder);
  expect(once).not.toEqual(before);
  expect(apply(folder, 'standard').code).toBe(0);
  expect(sources(folder)).toEqual(once);
  const undone = secure(folder, 'undo', '--yes');
  expect(undone.code, undone.stderr).toBe(0);
  expect(bytesOf(folder)).toEqual(before);
});

test.each(examples)('%s: strict to basic to strict is the same bytes, an edit kept', (name) => {
  const folder = copyOf(`examples/${name}`);
  expect(apply(folder, 'strict').code).toBe(0);
  const file = Object.keys(sources(folder)).find((each) => /security\/headers\.\w+$/.test(each));
  const edited = path.join(folder, file ?? 'no headers file');
  const mark =
    name === 'express' || name === 'nestjs'
      ? '\n// the owner was here\n'
      : '\n# the owner was here\n';
  writeFileSync(edited, readFileSync(edited, 'utf8') + mark);
  const strict = sources(folder);
  expect(apply(folder, 'basic').code).toBe(0);
  expect(sources(folder)).not.toEqual(strict);
  expect(readFileSync(edited, 'utf8')).toContain(mark.trim());
  expect(apply(folder, 'strict').code).toBe(0);
  expect(sources(folder)).toEqual(strict);
});
