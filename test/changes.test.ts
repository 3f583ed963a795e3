import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, expect, test } from 'vitest';
import { applyChanges, settle } from '../src/changes/apply.ts';
import { type Change, changeSet } from '../src/changes/change.ts';
import { diffOf, summaryOf } from '../src/changes/diff.ts';
import { undo } from '../src/changes/undo.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { isDirty } from '../src/proof/git.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const what = { what: 'test' };

test('apply writes, and undo gives every byte, mode and folder back', async () => {
  const bom = '\uFEFFprint("é")\r\nlast line without end';
  const root = project({ 'app.js': 'let a;\n', 'bin/run.py': bom });
  chmodSync(path.join(root, 'bin/run.py'), 0o755);
  const before = everything(root);
  await applyChanges(
    root,
    [
      { file: 'bin/run.py', before: bom, after: `${bom}\r\nmore` },
      { file: 'src/security/deep/index.js', before: undefined, after: 'new\n' },
      { file: 'app.js', before: 'let a;\n', after: undefined },
    ],
    what,
  );
  expect(readFileSync(path.join(root, 'bin/run.py'), 'utf8')).toBe(`${bom}\r\nmore`);
  expect(statSync(path.join(root, 'bin/run.py')).mode & 0o777).toBe(0o755);
  expect(existsSync(path.join(root, 'app.js'))).toBe(false);
  expect(readFileSync(path.join(root, '.secure/.gitignore'), 'utf8')).toBe('*\n');
  const undone = await undo(root);
  expect(undone).toMatchObject({ left: 0, what: 'test' });
  expect(everything(root)).toEqual(before);
});

test('several applies are undone one after the other', async () => {
  const root = project({ a: '1\n' });
  await applyChanges(root, [{ file: 'a', before: '1\n', after: '2\n' }], { what: 'first' });
  await applyChanges(root, [{ file: 'a', before: '2\n', after: '3\n' }], { what: 'second' });
  expect(await undo(root)).toMatchObject({ what: 'second', left: 1 });
  expect(readFileSync(path.join(root, 'a'), 'utf8')).toBe('2\n');
  expect(await undo(root)).toMatchObject({ what: 'first', left: 0 });
  expect(everything(root)).toEqual({ a: '100644 1\n' });
  await expect(undo(root)).rejects.toThrow('nothing to undo');
});

test('an apply without changes is nothing that undo counts', async () => {
  const root = project({ a: '1\n' });
  await applyChanges(root, [{ file: 'a', before: '1\n', after: '2\n' }], what);
  await applyChanges(root, [], { ...what, watched: ['package-lock.json'] });
  await undo(root);
  expect(everything(root)).toEqual({ a: '100644 1\n' });
});

test('undo names files that were edited since and changes nothing, unless forced', async () => {
  const root = project({ a: '1\n', b: '1\n' });
  await applyChanges(
    root,
    [
      { file: 'a', before: '1\n', after: '2\n' },
      { file: 'b', before: '1\n', after: '2\n' },
    ],
    what,
  );
  writeFileSync(path.join(root, 'b'), 'mine\n');
  const edited = everything(root);
  await expect(undo(root)).rejects.toThrow(/edited since the apply.*: b$/);
  expect(everything(root)).toEqual(edited);
  await undo(root, { force: true });
  expect(everything(root)).toEqual({ a: '100644 1\n', b: '100644 1\n' });
});

test('undo takes compiled Python with the folders that apply made, and leaves a file of the owner', async () => {
  const root = project({ a: '1\n' });
  await applyChanges(
    root,
    [
      { file: 'app/security/x.py', before: undefined, after: '1\n' },
      { file: 'app/other/y.py', before: undefined, after: '1\n' },
    ],
    what,
  );
  mkdirSync(path.join(root, 'app/security/__pycache__'));
  writeFileSync(path.join(root, 'app/security/__pycache__/x.cpython-311.pyc'), '');
  writeFileSync(path.join(root, 'app/other/mine.py'), 'mine\n');
  await undo(root);
  expect(Object.keys(everything(root))).toEqual(['a', 'app/', 'app/other/', 'app/other/mine.py']);
});

test('lock files that the package manager writes are given back too', async () => {
  const root = project({ a: '1\n', 'package-lock.json': 'old' });
  const watched = ['package-lock.json', 'yarn.lock'];
  await applyChanges(root, [{ file: 'a', before: '1\n', after: '2\n' }], { ...what, watched });
  writeFileSync(path.join(root, 'package-lock.json'), 'new');
  writeFileSync(path.join(root, 'yarn.lock'), 'new');
  await settle(root);
  writeFileSync(path.join(root, 'yarn.lock'), 'edited later');
  await expect(undo(root)).rejects.toThrow('yarn.lock');
  writeFileSync(path.join(root, 'yarn.lock'), 'new');
  await undo(root);
  expect(everything(root)).toEqual({ a: '100644 1\n', 'package-lock.json': '100644 old' });
});

test('of what lies above the project only the lock file of a workspace is ever given back', async () => {
  const whole = project({ 'yarn.lock': 'old', 'other.txt': 'old', 'member/a': '1\n' });
  const root = path.join(whole, 'member');
  const change = { file: 'a', before: '1\n', after: '2\n' };
  const outside = applyChanges(root, [change], { ...what, watched: ['../other.txt'] });
  await expect(outside).rejects.toThrow('no path inside the project');
  const written = applyChanges(root, [{ file: '../yarn.lock', before: 'old', after: 'x' }], what);
  await expect(written).rejects.toThrow('no path inside the project');
  await applyChanges(root, [change], { ...what, watched: ['../yarn.lock'] });
  writeFileSync(path.join(whole, 'yarn.lock'), 'new');
  await settle(root);
  await undo(root);
  expect(readFileSync(path.join(whole, 'yarn.lock'), 'utf8')).toBe('old');
});

test.each<[string, (root: string) => Change, RegExp]>([
  [
    'changed since it was read',
    () => ({ file: 'a', before: '0\n', after: '2\n' }),
    /changed since/,
  ],
  ['there, but not read', () => ({ file: 'a', before: undefined, after: '2\n' }), /not read/],
  ['removed since', () => ({ file: 'gone', before: '1', after: '2' }), /removed since/],
  ['above the root', () => ({ file: '../x', before: undefined, after: '' }), /no path inside/],
  ['absolute', () => ({ file: '/tmp/x', before: undefined, after: '' }), /no path inside/],
  ['inside .git', () => ({ file: '.git/hooks/x', before: undefined, after: '' }), /bookkeeping/],
  ['a file as folder', () => ({ file: 'a/b', before: undefined, after: '' }), /not a folder/],
  [
    'a symbolic link',
    (root) => {
      symlinkSync(path.join(outside(), 'target'), path.join(root, 'link'));
      return { file: 'link', before: undefined, after: '' };
    },
    /symbolic link/,
  ],
  [
    'below a linked folder',
    (root) => {
      symlinkSync(outside(), path.join(root, 'folder'));
      return { file: 'folder/new/x', before: undefined, after: '' };
    },
    /leads out of the project/,
  ],
  [
    'read-only',
    (root) => {
      chmodSync(path.join(root, 'a'), 0o444);
      return { file: 'a', before: '1\n', after: '2\n' };
    },
    /read-only/,
  ],
  [
    'in a read-only folder',
    (root) => {
      mkdirSync(path.join(root, 'fixed'));
      chmodSync(path.join(root, 'fixed'), 0o555);
      return { file: 'fixed/x', before: undefined, after: '' };
    },
    /fixed is read-only/,
  ],
  [
    'not UTF-8',
    (root) => {
      writeFileSync(path.join(root, 'latin'), Buffer.from([0x61, 0xe9]));
      return { file: 'latin', before: 'a\uFFFD', after: 'x' };
    },
    /not UTF-8/,
  ],
])('a file that is %s is refused, with nothing written', async (_name, make, reason) => {
  const root = project({ a: '1\n', z: '1\n' });
  const change = make(root);
  const before = everything(root);
  const good = { file: 'z', before: '1\n', after: '2\n' };
  await expect(applyChanges(root, [good, change], what)).rejects.toThrow(reason);
  expect(everything(root)).toEqual(before);
});

test('a write that fails in the middle leaves the tree as it was', async () => {
  const root = project({ a: '1\n' });
  // The name of the waiting file is a folder: nothing can be written there.
  mkdirSync(path.join(root, '.b.secure-new'));
  const before = everything(root);
  const changes = [
    { file: 'a', before: '1\n', after: '2\n' },
    { file: 'c/d', before: undefined, after: '1\n' },
    { file: 'b', before: undefined, after: '1\n' },
  ];
  await expect(applyChanges(root, changes, what)).rejects.toThrow(/could not be written/);
  expect(everything(root)).toEqual(before);
});

test('a journal that somebody else made gives nothing to places outside the project', async () => {
  const root = project({ a: '1\n' });
  await applyChanges(root, [{ file: 'a', before: '1\n', after: '2\n' }], what);
  const file = path.join(root, '.secure/journal/0001.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"file":"a"', '"file":"../evil"'));
  await expect(undo(root, { force: true })).rejects.toThrow('no path inside');
  rmSync(path.join(root, '.secure'), { recursive: true });
  symlinkSync(outside(), path.join(root, '.secure'));
  await expect(undo(root)).rejects.toThrow('not a folder');
});

test('killed in the middle: a new apply says so, and undo gives the same bytes', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [`d${n % 9}/f${n}`, `${n}\n`]),
  );
  const root = project(files);
  const before = everything(root);
  const child = await applying(root, Object.keys(files));
  await untilChanged(path.join(root, 'd4/f40'), '40\n');
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const done = Object.keys(files).filter(
    (file) => readFileSync(path.join(root, file), 'utf8') !== files[file],
  );
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(400);
  await expect(applyChanges(root, [], what)).rejects.toThrow(/did not finish/);
  await undo(root);
  expect(everything(root)).toEqual(before);
});

test('Ctrl-C in the middle waits for the last file', async () => {
  const files = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, `${n}\n`]));
  const root = project(files);
  const before = everything(root);
  const child = await applying(root, Object.keys(files));
  await untilChanged(path.join(root, 'f40'), '40\n');
  child.kill('SIGINT');
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGINT');
  for (const file of Object.keys(files))
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(`${files[file]}more\n`);
  await undo(root);
  expect(everything(root)).toEqual(before);
});

test('what a run left that was killed before its journal was whole goes away', async () => {
  const root = project({ a: '1\n' });
  const before = everything(root);
  mkdirSync(path.join(root, '.secure/journal'), { recursive: true });
  for (const name of ['lock', 'lock.1', '.gitignore', '..gitignore.secure-new'])
    writeFileSync(path.join(root, '.secure', name), '0');
  writeFileSync(path.join(root, '.secure/journal/.0001.open.json.secure-new'), '{"half');
  await expect(undo(root)).rejects.toThrow('nothing to undo');
  expect(everything(root)).toEqual(before);
});

test('while an apply is in progress, another one is refused', async () => {
  const root = project({ a: '1\n' });
  mkdirSync(path.join(root, '.secure'));
  writeFileSync(path.join(root, '.secure/lock'), String(process.ppid));
  const change = { file: 'a', before: '1\n', after: '2\n' };
  await expect(applyChanges(root, [change], what)).rejects.toThrow(/another apply/);
  const ended = spawn('true');
  await new Promise((resolve) => ended.once('exit', resolve));
  writeFileSync(path.join(root, '.secure/lock'), String(ended.pid));
  await applyChanges(root, [change], what);
  expect(existsSync(path.join(root, '.secure/lock'))).toBe(false);
});

test('git applies the diff, and the journal is nothing that git sees', async () => {
  const texts = {
    'crlf.js': ['a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n'],
    'no-end.js': ['a\nb', 'a\nb\nc'],
    'gains-end.js': ['a', 'a\n'],
    'with space é.js': ['a\n', 'b\n'],
    'new/file.js': [undefined, 'x\n'],
    'gone.js': ['x\n', undefined],
    'empty.js': [undefined, ''],
  } as const;
  const changes = Object.entries(texts).map(([file, [before, after]]) => ({ file, before, after }));
  const root = project(
    Object.fromEntries(
      changes.flatMap(({ file, before }) => (before === undefined ? [] : [[file, before]])),
    ),
  );
  expect(await isDirty(root)).toBeUndefined();
  git(root, 'init', '-q');
  git(root, 'add', '.');
  git(root, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'a');
  expect(await isDirty(root)).toBe(false);
  writeFileSync(path.join(root, '.git/p'), diffOf(changes));
  git(root, 'apply', '.git/p');
  const applied = everything(root);
  git(root, 'checkout', '-q', '.');
  git(root, 'clean', '-fdq');
  await applyChanges(root, changes, what);
  const { '.secure/': _folder, ...own } = everything(root);
  const rest = Object.fromEntries(
    Object.entries(own).filter(([file]) => !file.startsWith('.secure')),
  );
  expect(rest).toEqual(applied);
  expect(git(root, 'status', '--porcelain')).not.toContain('.secure');
  expect(await isDirty(root)).toBe(true);
});

test('a change set leaves out what stands there already, and counts lines', () => {
  const tree = memoryTree({ 'b.js': '1\n2\n3\n', 'a.js': 'same\n' });
  const changes = changeSet(
    { 'b.js': '1\ntwo\n3\n4\n', 'a.js': 'same\n', 'new.js': 'x\ny\n' },
    tree,
  );
  expect(summaryOf(changes)).toEqual([
    { file: 'b.js', kind: 'edited', added: 2, removed: 1 },
    { file: 'new.js', kind: 'new', added: 2, removed: 0 },
  ]);
});

function project(files: Readonly<Record<string, string>>): string {
  const root = outside();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
    chmodSync(path.join(root, file), 0o644);
  }
  return root;
}

function outside(): string {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'secure-changes-')));
  made.push(root);
  return root;
}

/** Every name with its mode and text. */
function everything(root: string, below = ''): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path.join(root, below))
      .sort()
      .flatMap((name): [string, string][] => {
        const file = below === '' ? name : `${below}/${name}`;
        const stats = lstatSync(path.join(root, file));
        if (file === '.git') return [];
        if (stats.isDirectory())
          return [[`${file}/`, ''], ...Object.entries(everything(root, file))];
        const text = stats.isSymbolicLink()
          ? 'link'
          : readFileSync(path.join(root, file), 'latin1');
        const shown = stats.isSymbolicLink() ? text : Buffer.from(text, 'latin1').toString();
        return [[file, `${stats.mode.toString(8)} ${shown}`]];
      }),
  );
}

function git(cwd: string, ...argv: string[]): string {
  return execFileSync('git', argv, { cwd, encoding: 'utf8' });
}

/** A process of its own that appends a line to every file. */
async function applying(root: string, files: readonly string[]) {
  const script = path.join(outside(), 'apply.mjs');
  const door = path.resolve(import.meta.dirname, '../src/changes/apply.ts');
  await build({
    stdin: {
      contents: `
        import { readFileSync } from 'node:fs';
        import { applyChanges } from ${JSON.stringify(door)};
        const [root, list] = process.argv.slice(2);
        const changes = JSON.parse(list).map((file) => {
          const before = readFileSync(root + '/' + file, 'utf8');
          return { file, before, after: before + 'more\\n' };
        });
        await applyChanges(root, changes, { what: 'in the middle' });
        setTimeout(() => {}, 10000);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
  return spawn('node', [script, root, JSON.stringify(files)], { stdio: 'inherit' });
}

async function untilChanged(file: string, text: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (readFileSync(file, 'utf8') === text) {
    if (Date.now() > end) throw new Error('the other process wrote nothing');
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
