import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diffArrays } from 'diff';
import { afterEach, expect, test } from 'vitest';
import { type PythonShape, pythonShapes } from './bytes-python-shapes.ts';
import { bytesOf, clean, command, emptyFolder, secure } from './run.ts';

afterEach(clean);

function projectOf({ framework, entry, text, more }: PythonShape): string {
  const folder = emptyFolder();
  const files = { 'requirements.txt': `${framework}\n`, [entry]: text, ...more };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** Apply, a second plan and undo; the text of the entry file in between. */
function roundTrip(folder: string, entry: string, byHand?: RegExp): string {
  const before = bytesOf(folder);
  const applied = secure(folder, 'apply', '.', '--yes', '--no-install');
  expect(applied.code, applied.stdout + applied.stderr).toBe(byHand === undefined ? 0 : 1);
  const ours = readFileSync(path.join(folder, entry), 'utf8');
  if (byHand !== undefined) {
    expect(applied.stdout).toMatch(byHand);
    expect(applied.stdout).toMatch(/paste this:\n +from \S+ import secure\n/);
  }
  const again = secure(folder, 'plan', '.', '--json');
  expect(JSON.parse(again.stdout).plan.changes, 'a second plan').toEqual([]);
  const undone = secure(folder, 'undo');
  expect(undone.code, undone.stderr).toBe(0);
  expect(bytesOf(folder)).toEqual(before);
  return ours;
}

/** What the machine's own Python says of a text: newer syntax than its own is no error of ours. */
function compiles(text: string): boolean {
  const program = 'import sys; compile(sys.argv[1].encode(), "x.py", "exec")';
  return command('.', 'python3', '-c', program, text).code === 0;
}

function changesIn(owners: string, ours: string): { added: string[]; removed: string[] } {
  const lines = (text: string): string[] => text.split(/(?<=\n)/);
  const parts = diffArrays(lines(owners), lines(ours));
  const those = (kind: 'added' | 'removed'): string[] =>
    parts
      .filter((part) => part[kind])
      .flatMap((part) => part.value.map((line) => line.trim()))
      .filter((line) => line !== '');
  return { added: those('added'), removed: those('removed') };
}

/** By the marks in the shapes: the last call stands behind the one, the first in front of the other. */
function expectOrder(text: string): void {
  const calls = [...text.matchAll(/^.*\bsecure(?:_app)?\((?:self\.)?app\w*\)/gm)];
  const last = calls.at(-1)?.index ?? -1;
  if (text.includes('mark: complete')) expect(last).toBeGreaterThan(text.indexOf('mark: complete'));
  if (text.includes('mark: served')) expect(last).toBeLessThan(text.indexOf('mark: served'));
  for (const call of calls) expect(text.indexOf('import secure')).toBeLessThan(call.index);
}

test.each(pythonShapes)('$framework as $name', (shape) => {
  const { entry, text, added, removed } = shape;
  const byHand = added === undefined ? /has no name in the place/ : shape.byHand;
  const ours = roundTrip(projectOf(shape), entry, byHand);
  expect(changesIn(text, ours)).toEqual({ added: added ?? [], removed: removed ?? [] });
  if (!compiles(ours)) expect(compiles(text)).toBe(false);
  if (added !== undefined) expectOrder(ours);
});

const plain = pythonShapes[0];
if (plain === undefined) throw new Error('no shape');

test('modes of files stay, also after undo', () => {
  const folder = projectOf(plain);
  chmodSync(path.join(folder, plain.entry), 0o750);
  chmodSync(path.join(folder, 'requirements.txt'), 0o640);
  roundTrip(folder, plain.entry);
});

test('a latin-1 coding line over ASCII bytes is edited, over others it is named', () => {
  const text = `# -*- coding: latin-1 -*-\n${plain.text}`;
  expect(roundTrip(projectOf({ ...plain, text }), plain.entry)).toContain('secure(app)');
  const folder = projectOf({ ...plain, text });
  writeFileSync(path.join(folder, plain.entry), Buffer.from(`${text}# größe\n`, 'latin1'));
  const before = bytesOf(folder);
  for (const verb of [
    ['audit', '.'],
    ['apply', '.', '--yes', '--no-install'],
  ]) {
    const ran = secure(folder, ...verb);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/main\.py \(no UTF-8 text\)/);
  }
  expect(bytesOf(folder)).toEqual(before);
});

test('a linked entry file is not replaced by a copy of it', () => {
  const folder = projectOf({ ...plain, entry: 'src/main.py' });
  symlinkSync('src/main.py', path.join(folder, 'main.py'));
  const before = bytesOf(folder);
  const ran = secure(folder, 'apply', '.', '--yes', '--no-install');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/main\.py is not written: it is a symbolic link/);
  expect(bytesOf(folder)).toEqual(before);
});

test('a linked package is edited where it stands', () => {
  const folder = projectOf({
    ...plain,
    entry: 'code/shop/main.py',
    more: { 'code/shop/__init__.py': '' },
  });
  symlinkSync('code/shop', path.join(folder, 'shop'));
  expect(roundTrip(folder, 'code/shop/main.py')).toContain('secure(app)');
});
