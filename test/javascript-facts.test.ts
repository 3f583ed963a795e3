import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { controls } from '../src/controls/index.ts';
import { toFindings } from '../src/findings/judge.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { javascriptFacts } from '../src/languages/javascript/facts/facts.ts';
import { isParsed, parseFile } from '../src/languages/javascript/parse.ts';
import type { Project } from '../src/project/project.ts';
import type { Fact } from '../src/surface/facts.ts';

const folder = resolve(import.meta.dirname, '../fixtures/javascript/facts');
const fixtures = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name));

// A line of a fixture that ends with `// finds: id id` has exactly these findings; every other line has none.
test.each(fixtures)('%s: what is bad is found, what is good is not', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const file = `src/${name}`;
  const expected = text.split('\n').flatMap((line, at) => {
    const ids = /\/\/ finds: (.*)$/.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
    return ids.map((id) => `${at + 1} ${id}`);
  });
  const found = findings({ [file]: text }).map(({ id, place }) => `${place.line} ${id}`);
  expect(found.sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(0);
});

test('no fact keeps the value of a secret', () => {
  const facts = factsOf({
    'src/a.js':
      "const jwt = require('jsonwebtoken');\nexports.s = (id) => jwt.sign({ id }, 'tell-nobody-77');\n",
    'src/b.js':
      "const password = 'tell-nobody-77';\nexports.url = 'postgres://app:tell-nobody-77@db.example.org/x';\n",
  });
  expect(facts.filter(({ kind }) => kind === 'secret').length).toBe(3);
  expect(JSON.stringify(facts)).not.toContain('tell-nobody');
});

test('a key is followed through files of the project', () => {
  const found = findings({
    'src/config.js':
      "module.exports = { jwt: { secret: process.env.JWT_SECRET || 'development' } };\n",
    'src/tokens.js':
      "const jwt = require('jsonwebtoken');\nconst config = require('./config');\nexports.sign = (id) => jwt.sign({ id }, config.jwt.secret, { expiresIn: '5m' });\n",
  });
  expect(found.map(({ id, place }) => `${place.file}:${place.line} ${id}`)).toEqual([
    'src/config.js:1 auth/secret-fallback',
    'src/tokens.js:3 auth/secret-fallback',
  ]);
});

test('options of another file are told where they stand', () => {
  const found = findings({
    'src/options.js': 'exports.headers = {\n  hsts: false,\n};\n',
    'src/app.js':
      "const helmet = require('helmet');\nconst { headers } = require('./options');\napp.use(helmet(headers));\n",
  });
  expect(found.map(({ id, place }) => `${place.file}:${place.line} ${id}`)).toEqual([
    'src/app.js:3 headers/hsts-off',
  ]);
});

test('dependencies have the line of the manifest and the version of the lock file', () => {
  const manifest =
    '{\n  "dependencies": {\n    "express": "^4.17.0",\n    "csurf": "1.11.0"\n  }\n}\n';
  const lock = JSON.stringify({ packages: { 'node_modules/express': { version: '4.17.3' } } });
  const found = findings({ 'package.json': manifest, 'package-lock.json': lock });
  expect(found.map(({ id, place }) => `${place.line} ${id}`)).toEqual([
    '3 validation/vulnerable-library',
    '4 csrf/abandoned-library',
  ]);
  const pnpm =
    'importers:\n  .:\n    dependencies:\n      express:\n        specifier: ^4.17.0\n        version: 4.22.1\n';
  const repaired = findings({ 'package.json': manifest, 'pnpm-lock.yaml': pnpm });
  expect(repaired.map(({ id }) => id)).toEqual(['csrf/abandoned-library']);
});

test('requests of the project’s own tests, with and without a credential', () => {
  const facts = factsOf({
    'test/users.test.js': [
      "const request = require('supertest');",
      "const app = require('../src/app');",
      "test('a', () => request(app).get('/users').expect(401));",
      "test('b', () => request(app).post('/users').set('Authorization', token).send({}).expect(201));",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the fixture's own text
      "test('c', () => fetch(`${base}/health`));",
    ].join('\n'),
    'src/app.js': "app.get('/users', (req, res) => res.json([]));\n",
  });
  expect(facts.flatMap((fact) => (fact.kind === 'test-call' ? [fact.detail] : []))).toEqual([
    { method: 'GET', path: '/users', credentials: false, expects: 401 },
    { method: 'POST', path: '/users', credentials: true, expects: 201 },
    { method: 'GET', path: '/health', credentials: false },
  ]);
});

function findings(files: Record<string, string>) {
  const surface = {
    routes: [],
    guards: [],
    errorHandlers: [],
    facts: factsOf(files),
    unresolved: [],
    notAnalysed: [],
    apps: [],
    read: { files: 1, bytes: 1 },
  };
  const judged = Object.values(controls).flatMap((control) => control.audit(surface).findings);
  return toFindings(judged, memoryTree(files)).sort((a, b) =>
    `${a.place.file} ${a.place.line}`.localeCompare(`${b.place.file} ${b.place.line}`, 'en', {
      numeric: true,
    }),
  );
}

function factsOf(files: Record<string, string>): Fact[] {
  const manifest = JSON.parse(files['package.json'] ?? '{}') as {
    dependencies?: Record<string, string>;
  };
  const project: Project = {
    root: '/project',
    tree: memoryTree(files),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'package.json',
    modules: 'cjs',
    typescript: false,
    packageManager: 'npm',
    entry: undefined,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: manifest.dependencies ?? {},
    notes: [],
  };
  const parsed = Object.entries(files)
    .filter(([name]) => /\.[jt]s$/.test(name))
    .map(([name, text]) => parseFile(name, text));
  expect(parsed.filter((one) => !isParsed(one))).toEqual([]);
  return javascriptFacts(project, parsed.filter(isParsed));
}
