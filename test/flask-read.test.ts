import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';

const root = fileURLToPath(new URL('../fixtures/flask/read/notes', import.meta.url));
const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((one) =>
  one.endsWith('.py'),
);
const tree = memoryTree(
  Object.fromEntries(names.map((one) => [one, readFileSync(`${root}/${one}`, 'utf8')])),
);
const project: Project = {
  root,
  tree,
  language: 'python',
  framework: 'flask',
  frameworkVersion: undefined,
  frameworkMajor: undefined,
  manifest: 'requirements.txt',
  modules: undefined,
  typescript: false,
  packageManager: 'pip',
  entry: undefined,
  start: undefined,
  test: undefined,
  member: '',
  dependencies: {},
  notes: [],
};
const surface = await readFlask(project);
const kinds = (id: string) =>
  surface.routes.find((one) => one.id === id)?.guards.flatMap((one) => one.kinds);

test('the prefix of the registration replaces that of the blueprint, in a factory nobody calls', () => {
  const ids = surface.routes.map((one) => one.id).sort();
  expect(ids).toEqual([
    'GET /api/open',
    'GET /static/<path:filename>',
    'PUT /api/notes/<int:note_id>',
  ]);
});

test('a guard above the route decorator guards nothing and is told', () => {
  expect(kinds('GET /api/open')).not.toContain('auth');
  expect(kinds('PUT /api/notes/<int:note_id>')).toContain('auth');
  expect(surface.facts.filter((one) => one.kind === 'dead-guard')).toHaveLength(1);
});

test('what the handler takes from request.json is a parameter', () => {
  const params = surface.routes.find((one) => one.method === 'PUT')?.params ?? [];
  expect(params.map((one) => [one.name, one.in])).toEqual([
    ['note_id', 'path'],
    ['title', 'body'],
  ]);
});
