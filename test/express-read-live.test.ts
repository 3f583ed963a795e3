import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparison } from '../src/frameworks/express/live/table.ts';
import { readExpress } from '../src/frameworks/express/reader.ts';
import { type LiveRow, liveRows, reconcile } from '../src/frameworks/reconcile.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';

const root = resolve(import.meta.dirname, '..');
const preload = join(root, 'src/frameworks/express/live/table.cjs');
const versions = { 4: '4.22.3', 5: '5.3.0' } as const;

const esm = `import express, { Router } from 'express';
const app = express();
const notes = Router();
notes.get('/', function listNotes(req, res) { res.json([]); });
app.use('/notes', notes);
app.get('setting');
app.all('/any', (req, res) => res.json({}));
const server = app.listen(80, '0.0.0.0', () => {
  console.log(server.address().address);
  app.get('/late', (req, res) => res.json({}));
});
`;

const installedAt = (major: number): string => join(root, '.cache/express', String(major));
/** Below the packages, and of this run alone. */
const folderOf = (major: number): string => join(installedAt(major), `run-${process.pid}`);

/** What the process of a case prints, with the real Express of a major. */
function run(major: number, name: string, entry: string): string {
  const cwd = join(folderOf(major), name);
  return execFileSync(process.execPath, ['--require', preload, entry], { cwd, encoding: 'utf8' });
}

function table(output: string): readonly LiveRow[] {
  const rows = liveRows('express', output);
  if ('why' in rows) throw new Error(rows.why);
  return rows;
}

function projectIn(folder: string, major: number): Project {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.m?js$/.test(name));
  return {
    root: folder,
    tree: memoryTree(
      Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
    ),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: undefined,
    frameworkMajor: major,
    manifest: 'package.json',
    modules: 'cjs',
    typescript: false,
    packageManager: 'npm',
    entry: undefined,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  };
}

describe.each(Object.entries(versions))('Express %s', (name, version) => {
  const major = Number(name);
  const folder = folderOf(major);

  beforeAll(() => {
    const installed = installedAt(major);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{"private":true}');
    if (!existsSync(join(installed, 'node_modules/express'))) {
      const args = ['install', '--no-audit', '--no-fund', `express@${version}`];
      execFileSync('npm', args, { cwd: installed, stdio: 'ignore' });
    }
    for (const one of ['mounts', 'loader']) {
      cpSync(join(root, 'fixtures/express/read', one), join(folder, one), { recursive: true });
    }
    mkdirSync(join(folder, 'esm'), { recursive: true });
    writeFileSync(join(folder, 'esm/server.mjs'), esm);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['mounts', 'loader'])('what is read of %s is what the router holds', async (one) => {
    const live = table(run(major, one, 'app.js'));
    const { routes } = await readExpress(projectIn(join(folder, one), major));
    expect(live.length).toBe(routes.length);
    expect(reconcile(routes, live, comparison)).toMatchObject({ missing: [], extra: [] });
    const places = live.map((row) => `${row.place?.file}:${row.place?.line}`).sort();
    expect(places).toEqual(routes.map(({ place }) => `${place.file}:${place.line}`).sort());
  });

  test('an ES module listens on the loopback interface alone and ends', () => {
    const output = run(major, 'esm', 'server.mjs');
    expect(output).toMatch(/^127\.0\.0\.1\n/);
    expect(output).toContain('"listened":true');
    expect(table(output)).toEqual([
      {
        method: 'GET',
        path: '/notes',
        place: { file: 'server.mjs', line: 4 },
        handler: { name: 'listNotes', place: { file: 'server.mjs', line: 4 } },
      },
      expect.objectContaining({ method: 'ALL', path: '/any' }),
      expect.objectContaining({ method: 'GET', path: '/late' }),
    ]);
  });
});

test('a route that only one side has is named', async () => {
  const files = { 'app.js': "const app = require('express')();\napp.get('/read', f);\n" };
  const project = {
    ...projectIn(join(root, 'fixtures/express/read/loader'), 5),
    tree: memoryTree(files),
  };
  const { routes } = await readExpress(project);
  expect(reconcile(routes, [{ method: 'POST', path: '/served/' }], comparison)).toEqual({
    compared: 0,
    missing: ['POST /served/'],
    extra: ['GET /read'],
    unguarded: [],
  });
});

test('other output and a torn line give no table', () => {
  expect(liveRows('express', 'listening\n')).toEqual({ why: 'the application printed no table' });
  expect(liveRows('express', '{"live":"express","routes":[')).toEqual({
    why: 'the table was cut off',
  });
});
