import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diffArrays } from 'diff';
import { parseSync } from 'oxc-parser';
import { afterAll, expect, test } from 'vitest';
import { shapes } from './bytes-shapes.ts';
import { bytesOf, clean, command, copyOf, emptyFolder, secure } from './run.ts';

afterAll(clean);

/** Apply, a second plan, and undo, with what each has to leave of the owner's file. */
function roundTrip(folder: string, entry: string): string {
  const file = path.join(folder, entry);
  const before = bytesOf(folder);
  const owners = readFileSync(file, 'utf8');
  const applied = secure(folder, 'apply', '.', '--yes', '--no-install', '--level', 'standard');
  expect(applied.code, applied.stdout + applied.stderr).toBe(0);
  const ours = readFileSync(file, 'utf8');
  expectOnlyOurLines(owners, ours);
  expectParses(entry, ours, folder);
  expectOrder(ours);
  const again = secure(folder, 'plan', '.', '--json');
  expect(JSON.parse(again.stdout).plan.changes, 'a second plan').toEqual([]);
  const undone = secure(folder, 'undo');
  expect(undone.code, undone.stderr).toBe(0);
  expect(bytesOf(folder)).toEqual(before);
  return ours;
}

const lines = (text: string): string[] => text.split(/(?<=\n)/);
const call = /^secure(?:Errors)?\((?:app|this\.app)\);?$/;
const imported =
  /^(?:import \{ secure, secureErrors \} from |const \{ secure, secureErrors \} = require\(|from \S*security import secure$)/;

/** Every line of the owner stands there as it was; every other line is one of ours, with the file's own ending. */
function expectOnlyOurLines(owners: string, ours: string): void {
  const parts = diffArrays(lines(owners), lines(ours));
  const removed = parts.filter((part) => part.removed).flatMap((part) => part.value);
  const added = parts.filter((part) => part.added).flatMap((part) => part.value);
  // A last line without an ending gets one when ours comes behind it.
  expect(removed.length).toBeLessThanOrEqual(owners.endsWith('\n') ? 0 : 1);
  for (const line of removed) expect(added.map((one) => one.trimEnd())).toContain(line);
  for (const line of added) {
    if (removed.includes(line.trimEnd())) continue;
    expect(line.trim()).toMatch(new RegExp(`${call.source}|${imported.source}|^$`));
  }
  expect(ours.endsWith('\n')).toBe(owners.endsWith('\n'));
  if (owners.includes('\r\n')) expect(ours.replaceAll('\r\n', '')).not.toContain('\n');
  else expect(ours).not.toContain('\r');
  expect(ours.startsWith('\uFEFF')).toBe(owners.startsWith('\uFEFF'));
}

function expectParses(entry: string, text: string, folder: string): void {
  if (!entry.endsWith('.py')) {
    expect(parseSync(entry, text).errors).toEqual([]);
    return;
  }
  const program = `import ast; ast.parse(open(${JSON.stringify(entry)}, 'rb').read())`;
  const ran = command(folder, 'python3', '-c', program);
  expect(ran.code, ran.stderr).toBe(0);
}

/** By the marks in the shapes: `first` and `last` of what sets the application up, `listen`. */
function expectOrder(text: string): void {
  if (!text.includes('mark: first')) return;
  const at = (what: RegExp): number => text.search(what);
  const opens = at(/^\s*secure\(/m);
  const closes = at(/^\s*secureErrors\(/m);
  expect(opens, text).toBeGreaterThan(-1);
  expect(opens, text).toBeLessThan(at(/mark: first/));
  expect(closes, text).toBeGreaterThan(at(/mark: last/));
  if (at(/mark: listen/) >= 0) expect(closes, text).toBeLessThan(at(/mark: listen/));
}

const crlf = (text: string): string => text.replace(/\r?\n/g, '\r\n');
const tabs = (text: string, width: number): string =>
  text.replace(new RegExp(`^( {${width}})+`, 'gm'), (all) => '\t'.repeat(all.length / width));

const variants: readonly [string, (text: string, comment: string) => string][] = [
  ['no change', (text) => text],
  ['CRLF', crlf],
  ['no final newline', (text) => text.replace(/\n$/, '')],
  ['CRLF and no final newline', (text) => crlf(text.replace(/\n$/, ''))],
  ['a byte order mark', (text) => `\uFEFF${text}`],
  ['a byte order mark and CRLF', (text) => `\uFEFF${crlf(text)}`],
  [
    'letters beyond ASCII',
    (text, comment) => `${comment} Größe, 東京, 🙂\n${text}\n${comment} 終わり\n`,
  ],
  ['many comments', commented],
];

function commented(text: string, comment: string): string {
  const body = text.replace(/^(?=(?:const )?app(?:\.| =))/gm, `${comment} app = express()\n`);
  return `${comment} Licence: do what you like.\n${comment}\n\n${body}\n${comment} the end\n`;
}

test.each(variants)('Express with %s', (_name, change) => {
  const folder = copyOf('examples/express');
  for (const name of ['src/app.js', 'src/server.js', 'src/routes/users.js', 'package.json']) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    if (name.endsWith('.js')) writeFileSync(file, change(text, '//'));
    else if (change === crlf) writeFileSync(file, crlf(text));
  }
  roundTrip(folder, 'src/app.js');
});

test.each(variants)('Flask with %s', (_name, change) => {
  const folder = copyOf('examples/flask');
  const views = readdirSync(path.join(folder, 'app/views')).map((name) => `app/views/${name}`);
  for (const name of ['app/__init__.py', 'wsgi.py', 'requirements.txt', ...views]) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    if (name.endsWith('.py')) writeFileSync(file, change(text, '#'));
    else if (change === crlf) writeFileSync(file, crlf(text));
  }
  roundTrip(folder, 'app/__init__.py');
});

test('FastAPI with a byte order mark, CRLF, tabs, comments and no final newline at once', () => {
  const folder = copyOf('examples/fastapi');
  const routers = readdirSync(path.join(folder, 'app/routers')).map(
    (name) => `app/routers/${name}`,
  );
  for (const name of ['app/main.py', 'requirements.txt', ...routers]) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    if (!name.endsWith('.py')) writeFileSync(file, crlf(text));
    else writeFileSync(file, `\uFEFF${crlf(tabs(commented(text, '#').trimEnd(), 4))}`);
  }
  roundTrip(folder, 'app/main.py');
});

test.each([
  ['express', 'src/app.js', 2],
  ['flask', 'app/__init__.py', 4],
] as const)('%s with tabs', (example, entry, width) => {
  const folder = copyOf(`examples/${example}`);
  const file = path.join(folder, entry);
  writeFileSync(file, tabs(readFileSync(file, 'utf8'), width));
  const added = roundTrip(folder, entry).match(/^\s*secure\(app\)/m)?.[0];
  expect(added).toMatch(example === 'flask' ? /^\s*\tsecure/ : /secure/);
});

test.each(shapes)('Express as $name', ({ entry, text, more, imports }) => {
  const folder = emptyFolder();
  const manifest = { name: 'one', main: entry, dependencies: { express: '^5.1.0' } };
  const files = {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    [entry]: text,
    ...more,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  expect(roundTrip(folder, entry)).toContain(imports ?? 'secure');
});
