import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';

const root = fileURLToPath(new URL('../fixtures/fastapi/read/shop', import.meta.url));
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
  framework: 'fastapi',
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
const surface = await readFastapi(project);
const kinds = (id: string) =>
  surface.routes.find((one) => one.id === id)?.guards.flatMap((one) => one.kinds);

const ids = async (frameworkVersion: string) => {
  const { routes } = await readFastapi({ ...project, frameworkVersion });
  return routes.filter((one) => !one.traits.includes('docs')).map((one) => one.id);
};
const always = [
  'DELETE /admin/items/{item_id}',
  'GET /api/items/{item_id}',
  'GET /health',
  'POST /api/items',
];

test('up to 0.136 routers are read as they stood when they were included', async () => {
  expect((await ids('0.136.3')).sort()).toEqual(always);
});

test('since 0.137 a route that is added after the inclusion is served', async () => {
  expect((await ids('0.142.2')).sort()).toEqual([...always, 'GET /admin/too-late'].sort());
});

test('a dependency behind an alias and one of include_router guard their routes', () => {
  expect(kinds('POST /api/items')).toContain('auth');
  expect(kinds('DELETE /admin/items/{item_id}')).toContain('auth');
  expect(kinds('GET /health')).not.toContain('auth');
});

test('fields of a model are parameters of the body', () => {
  const params = surface.routes.find((one) => one.id === 'POST /api/items')?.params ?? [];
  expect(params.map((one) => [one.name, one.in, one.type, one.optional])).toEqual([
    ['title', 'body', 'string', false],
    ['price', 'body', 'number', true],
  ]);
});

test('a scheme that lets anonymous callers pass is no guard', async () => {
  const text = `from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
app = FastAPI()
@app.get("/open")
def read(token=Depends(HTTPBearer(auto_error=False))):
    return {}
@app.get("/closed")
def closed(token=Depends(HTTPBearer())):
    return {}
`;
  const { routes } = await readFastapi({ ...project, tree: memoryTree({ 'main.py': text }) });
  const auth = routes.filter((one) => one.guards.some((each) => each.kinds.includes('auth')));
  expect(auth.map((one) => one.id)).toEqual(['GET /closed']);
});
