import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Options } from '../src/commands/options.ts';
import { survey } from '../src/commands/survey.ts';
import { liveTable } from '../src/frameworks/flask/live/table.ts';
import { askLiveTable } from '../src/proof/live.ts';
import { run } from '../src/proof/process.ts';
import { copyWith, liveIn, removeCopies, root, secure } from './live-input.ts';

beforeAll(async () => {
  const made = await run([process.execPath, 'scripts/python.mjs'], { cwd: root, timeout: 300_000 });
  if (made.code !== 0) throw new Error(made.stdout + made.stderr);
}, 300_000);
afterAll(removeCopies);

const copyOf = (folder: string): string => copyWith(folder, '.venv', '.venv');
const same = { missing: [], extra: [], unguarded: [] };
const started = (...argv: string[]) => ({ start: { argv, from: 'test', cwd: '' } });

describe.each(['fastapi', 'flask'])('the %s example', (id) => {
  test('holds what was read, bare and hardened', async () => {
    const folder = copyOf(`examples/${id}`);
    expect(await liveIn(folder)).toEqual({ compared: 15, ...same });
    const applied = await secure(
      folder,
      'apply',
      '.',
      '--yes',
      '--no-install',
      '--auth',
      'session',
    );
    expect(applied.stdout).toContain('applied');
    expect(await liveIn(folder)).toEqual({ compared: 15, ...same });
  });
});

test('FastAPI holds a plugin and a late route, and lacks a guard that the source shows', async () => {
  const folder = copyOf('fixtures/fastapi/live');
  expect(await liveIn(folder)).toEqual({
    compared: 3,
    missing: ['POST /backup/{name}', 'GET /late'],
    extra: ['GET /export'],
    unguarded: ['GET /admin/stats: require_admin', 'GET /admin/me: require_admin'],
  });
  expect(existsSync(path.join(folder, 'stopped'))).toBe(false);
});

test('Flask holds a plugin that the source does not name, and ends though a thread of it goes on', async () => {
  expect(await liveIn(copyOf('fixtures/flask/live'))).toEqual({
    compared: 2,
    missing: ['POST /backup/<name>'],
    extra: ['GET /export'],
    unguarded: [],
  });
});

test('an audit imports nothing of the application', async () => {
  const folder = copyOf('fixtures/flask/live');
  await secure(folder, 'audit', '.');
  expect(existsSync(path.join(folder, 'imported'))).toBe(false);
  await liveIn(folder);
  expect(existsSync(path.join(folder, 'imported'))).toBe(true);
});

test.each([
  'flask --app notes:create_app() run',
  'gunicorn -w 2 -b 0.0.0.0:8000 wsgi',
  '.venv/bin/gunicorn --bind=127.0.0.1:{port} notes:create_app()',
  'waitress-serve --port {port} --call notes:create_app',
  'python3 wsgi.py',
  'env DEBUG=0 python3 -m flask run',
])('the application is found behind %s', async (line) => {
  const live = await liveIn(copyOf('fixtures/flask/live'), started(...line.split(' ')));
  expect(live).toMatchObject({ compared: 2, missing: ['POST /backup/<name>'] });
});

test.each([
  ['app = CORSMiddleware(inner, allow_origins=[])', 'app.main:app'],
  ['def create():\n    return CORSMiddleware(inner)', 'app.main:create'],
  ['async def create():\n    return inner', 'app.main:create'],
])('FastAPI is found behind %j', async (lines, target) => {
  const folder = copyOf('fixtures/fastapi/live');
  const own = path.join(folder, 'app/main.py');
  renameSync(own, path.join(folder, 'app/inner.py'));
  const head =
    'from fastapi.middleware.cors import CORSMiddleware\nfrom app.inner import app as inner\n';
  writeFileSync(own, `${head}\n\n${lines}\n`);
  const live = await liveIn(folder, started('uvicorn', target, '--factory', '--port', '{port}'));
  expect(live?.missing).toContain('POST /backup/{name}');
});

test('the sources may lie below the root, and the environment is found there', async () => {
  const folder = copyOf('fixtures/flask/live');
  mkdirSync(path.join(folder, 'src'));
  for (const one of ['notes', 'plugins', 'plugins.txt', 'wsgi.py'])
    renameSync(path.join(folder, one), path.join(folder, 'src', one));
  rmSync(path.join(folder, '.venv'));
  symlinkSync(path.join(root, '.venv'), path.join(folder, 'src/.venv'));
  const start = { argv: ['flask', '--app', 'wsgi', 'run'], from: 'test', cwd: 'src' };
  expect(await liveIn(folder, { start })).toMatchObject({ missing: ['POST /backup/<name>'] });
});

test.each([
  ['plugins.txt', 'absent', "ModuleNotFoundError: No module named 'absent'"],
  ['wsgi.py', 'raise SystemExit("no DATABASE_URL")', 'SystemExit: no DATABASE_URL'],
  [
    'wsgi.py',
    'raise OSError("postgres://app:hunter2@db/app is away")',
    'OSError: postgres://•••@db/app is away',
  ],
  ['wsgi.py', 'app = 1', 'LookupError: wsgi:app is no application of this framework'],
])('an application that cannot be loaded is not compared: %s with %j', async (file, text, why) => {
  const folder = copyOf('fixtures/flask/live');
  writeFileSync(path.join(folder, file), `${text}\n`);
  const live = await liveIn(folder, started('flask', '--app', 'wsgi:app', 'run'));
  expect(live).toEqual({ compared: 0, ...same, notCompared: why });
});

test('an application that never comes to an end is ended', async () => {
  const folder = copyOf('fixtures/flask/live');
  writeFileSync(path.join(folder, 'wsgi.py'), 'while True:\n    pass\n');
  const { bare } = await survey(folder, {} as Options, folder);
  const table = liveTable(bare, started('flask', '--app', 'wsgi:app', 'run').start);
  if ('why' in table) throw new Error(table.why);
  const script = path.join(root, 'src/frameworks/flask/live/table.py');
  const rows = await askLiveTable({
    root: folder,
    framework: 'flask',
    table,
    script,
    timeout: 2000,
  });
  expect(rows).toEqual({ why: 'it gave no route table within 2 s' });
});

test('a program that is not there is said', async () => {
  const live = await liveIn(copyOf('fixtures/flask/live'), started('/nowhere/flask', 'run'));
  expect(live?.notCompared).toBe('the program that starts it was not found');
});

test('verify says the differences, and they alone are no failure', async () => {
  const folder = copyOf('fixtures/flask/live');
  await secure(folder, 'apply', '.', '--yes', '--no-install', '--auth', 'apikey');
  const ran = await secure(folder, 'verify', '.', '--no-test', '--report', 'proof.md');
  expect(ran.stdout).toContain('live route table: served, but not read POST /backup/<name>');
  expect(ran.stdout).toContain('live route table: read, but not served GET /export');
  expect(ran.stdout).toMatch(/Proof: \d+ proved · 0 failed/);
  expect(ran.code).toBe(0);
  const report = readFileSync(path.join(folder, 'proof.md'), 'utf8');
  expect(report).toContain('not run: the running application does not have this route');
  expect(report).toContain('live route table: read, but not served: `GET /export`');
});
