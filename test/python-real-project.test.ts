import { expect, test } from 'vitest';
import { boot } from '../src/frameworks/flask/boot.ts';
import { recipes } from '../src/frameworks/python/recipes.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { needsInline, pageThatNeedsInline } from '../src/policy/pages.ts';
import { pythonFacts } from '../src/project/python.ts';
import { withOneWorker, workersNote } from '../src/project/workers.ts';
import { idleIn } from '../src/proof/idle.ts';
import { pythonProject } from './surfaces-python.ts';

const app = 'from flask import Flask\napp = Flask(__name__)\n';
const facts = (files: Record<string, string>) =>
  pythonFacts({ tree: memoryTree(files), above: memoryTree({}), within: '', wanted: undefined })[0];

test('tests run in the folder that the Makefile enters for them', () => {
  const files = { 'svc/app.py': app, 'svc/tests/test_a.py': 'import pytest\n' };
  expect(facts(files)?.test?.cwd).toBe('');
  const makefile = 'test:\n\tcd svc && uv run pytest -vv && cd ..\n';
  expect(facts({ ...files, makefile })?.test?.cwd).toBe('svc');
});

test.each([
  ['Procfile', 'web: gunicorn app:app -b 0.0.0.0:$PORT -w 3\n', 3],
  ['Dockerfile', 'FROM python\nCMD ["uvicorn", "app:app", "--workers", "4"]\n', 4],
  ['Dockerfile', 'FROM python\nCMD fastapi run --workers=2 app.py\n', 2],
  ['gunicorn.conf.py', 'bind = "0.0.0.0:80"\nworkers = 5\n', 5],
] as const)('%s that starts several workers is said to need REDIS_URL', (file, text, count) => {
  const tree = memoryTree({ [file]: text, 'app.py': app });
  expect(workersNote(tree)).toContain(`${file} starts ${count} workers`);
  expect(workersNote(tree)).toContain('REDIS_URL');
  const { ratelimit } = recipes;
  if ('notApplicable' in ratelimit) throw new Error('limits are applicable');
  const project = { ...pythonProject('flask'), tree };
  const needs = ratelimit.environment({ project } as Parameters<typeof ratelimit.environment>[0]);
  expect(needs.find(({ name }) => name === 'REDIS_URL')).toMatchObject({ required: true });
});

test('one worker needs no shared state', () => {
  const tree = memoryTree({ Procfile: 'web: gunicorn app:app -w 1\n', 'app.py': app });
  expect(workersNote(tree)).toBeUndefined();
});

test('the proof starts one worker, however their number is written', () => {
  const argv = ['gunicorn', 'app:app', '-w', '3'];
  const start = { argv, from: 'Procfile', cwd: '' };
  const tree = memoryTree({ 'app.py': app });
  const started = boot({ ...pythonProject('flask'), tree, start });
  expect(started?.argv).toEqual(['gunicorn', '--preload', 'app:app', '-w', '1']);
  expect(withOneWorker(['uvicorn', 'a:b', '--workers=8'])).toEqual([
    'uvicorn',
    'a:b',
    '--workers=1',
  ]);
  expect(withOneWorker(['gunicorn', 'a:b', '-w4'])).toEqual(['gunicorn', 'a:b', '-w1']);
});

test('a page that stands in a source as text keeps its inline script', () => {
  const page = 'html = """<html><script>var a = 1</script></html>"""\n';
  expect(pageThatNeedsInline(memoryTree({ 'main.py': page }))).toEqual({
    file: 'main.py',
    line: 1,
  });
  const test = memoryTree({
    'tests/test_page.py': page,
    'main.py': 'a = "<script src=\'x.js\'>"\n',
  });
  expect(pageThatNeedsInline(test)).toBeUndefined();
});

test('a front end whose pages are built elsewhere keeps what they hold inline', () => {
  const served = { prefix: '', directory: 'app/frontend', listing: false };
  const place = { file: 'app/main.py', line: 9 };
  const fact = { kind: 'static', detail: served, place, confidence: 'high' } as const;
  const bare = { ...pythonProject('fastapi'), tree: memoryTree({ 'app/main.py': '' }) };
  expect(needsInline(bare, [fact])).toBe(true);
  const seen = memoryTree({ 'app/main.py': '', 'app/frontend/index.html': '<p>hello</p>' });
  expect(needsInline({ ...bare, tree: seen }, [fact])).toBe(false);
  expect(needsInline({ ...bare, dependencies: { 'flask-restx': '*' } }, [])).toBe(true);
});

test('a control that has nothing to do is not called unproven', () => {
  const surface = { errorHandlers: [], apps: [] } as unknown as Parameters<
    typeof idleIn
  >[0]['surface'];
  const policy = (access: string) =>
    ({ auth: 'jwt', decisions: [{ access }] }) as unknown as Parameters<typeof idleIn>[0]['policy'];
  const project = pythonProject('flask');
  expect(idleIn({ project, surface, policy: policy('public') })).toHaveProperty('authz');
  expect(idleIn({ project, surface, policy: policy('user') })).toEqual({});
  const answers = { ...project, dependencies: { apiflask: '*' } };
  expect(idleIn({ project: answers, surface, policy: policy('user') })).toHaveProperty('errors');
});
