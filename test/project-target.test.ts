import { describe, expect, test } from 'vitest';

import { frameworks } from '../src/frameworks/index.ts';
import { detect } from '../src/project/detect.ts';
import type { Project } from '../src/project/project.ts';
import { selectRoutes } from '../src/project/target.ts';
import { detected, refusal, repository } from './project-input.ts';

/** Routes that a target means, as the reader of its framework found them. */
async function selected(fixture: string, target: string, wanted?: Parameters<typeof detected>[2]) {
  const found = await detected(fixture, target, wanted);
  const { routes } = await surfaceOf(found.project);
  return selectRoutes(found.target, routes).map(({ id }) => id);
}

async function surfaceOf(project: Project) {
  return (await frameworks[project.framework]()).read(project);
}

const all = [
  'GET /api/notes',
  'GET /api/notes/:id',
  'GET /api/users',
  'GET /api/users/:id',
  'GET /health',
];

describe('the lines of the requirement', () => {
  test('src/routes/api.ts --framework express means what that router mounts', async () => {
    const ids = await selected('express-ts', 'src/routes/api.ts', 'express');
    expect(ids.sort()).toEqual(all.slice(0, 4));
  });

  test('app/api/ --framework fastapi is a folder of the project above it', async () => {
    const { project, target } = await detected('fastapi-uv', 'app/api/', 'fastapi');
    expect(project.entry).toBe('app/main.py');
    expect(target).toEqual({ kind: 'folder', path: 'app/api' });
    expect(await selected('fastapi-uv', 'app/api/', 'fastapi')).toEqual(['GET /api/items/']);
  });

  test('server/routes/ --framework flask', async () => {
    expect(await selected('flask-factory', 'server/routes/', 'flask')).toEqual(['GET /notes/']);
  });

  test('server/routes/ alone finds the framework', async () => {
    expect((await detected('flask-factory', 'server/routes/')).project.framework).toBe('flask');
  });

  test('src/controllers/ --framework nestjs', async () => {
    expect(await selected('nestjs', 'src/controllers/', 'nestjs')).toEqual(['GET /cats']);
  });
});

test('the project, its entry file and its manifest mean every route', async () => {
  for (const target of ['.', 'src/app.ts', 'package.json']) {
    expect((await selected('express-ts', target)).sort(), target).toEqual(all);
  }
});

test('a glob, literal or as the shell expands it', async () => {
  expect(await selected('express-ts', 'src/routes/n*.ts')).toEqual([
    'GET /api/notes',
    'GET /api/notes/:id',
  ]);
  expect((await selected('express-ts', 'src/*')).sort()).toEqual(all);
  expect(await selected('express-ts', 'src/routes/users.ts')).toEqual([
    'GET /api/users',
    'GET /api/users/:id',
  ]);
});

test('several words are one target, and one without routes among them is no mistake', async () => {
  const words = ['src/routes/notes.ts', 'src/server.ts', 'src/routes/users.ts'];
  const { project, target } = await detect(words, { cwd: repository('express-ts') });
  const { routes } = await surfaceOf(project);
  expect(
    selectRoutes(target, routes)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(all.slice(0, 4));
  const alone = await detect(['src/server.ts', 'test'], { cwd: repository('express-ts') });
  expect(() => selectRoutes(alone.target, routes)).toThrow('no route is registered or handled');
});

test('an endpoint, with a method, with a parameter of any spelling, with a star', async () => {
  expect(await selected('express-ts', '/api/users')).toEqual(['GET /api/users']);
  expect(await selected('express-ts', '/API/users/')).toEqual(['GET /api/users']);
  expect(await selected('express-ts', 'GET /api/users/{key}')).toEqual(['GET /api/users/:id']);
  expect((await selected('express-ts', '/api/*')).sort()).toEqual(all.slice(0, 4));
  expect((await selected('express-ts', '/*')).sort()).toEqual(all);
});

test('an endpoint that fits nothing names the nearest routes', async () => {
  const error = await refusal(selected('express-ts', '/api/user'));
  expect(error.message).toBe('no route fits /api/user');
  expect(error.wayOut).toMatch(/^The nearest are \/api\/(?:users|notes), /);
  expect((await refusal(selected('express-ts', 'DELETE /api/users'))).message).toBe(
    'no route fits DELETE /api/users',
  );
});

test('a file without routes names the files that have some', async () => {
  const error = await refusal(selected('express-ts', 'src/server.ts'));
  expect(error.message).toBe('no route is registered or handled in src/server.ts');
  expect(error.wayOut).toContain('src/app.ts');
});

test('an existing absolute path is a path, not an endpoint', async () => {
  const root = repository('express-ts');
  const { target } = await detect(`${root}/src/routes`, { cwd: '/' });
  expect(target).toEqual({ kind: 'folder', path: 'src/routes' });
});
