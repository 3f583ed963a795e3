import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { detect } from '../src/project/detect.ts';
import { detected, refusal, repository } from './project-input.ts';

test('no known framework', async () => {
  const error = await refusal(detected('backend-below', 'frontend'));
  expect(error.message).toBe(
    'no Express, NestJS, FastAPI, Flask or Gin application was found at frontend',
  );
  expect(error.wayOut).toContain('package.json');
});

test('a framework that is asked for and is not there', async () => {
  const error = await refusal(detected('express-ts', '.', 'nestjs'));
  expect(error.message).toBe('no nestjs application was found at .');
});

test('two members of a monorepo, each with the command that takes it', async () => {
  const error = await refusal(detected('monorepo-two-apis'));
  expect(error.message).toBe(
    'there are 2 applications: services/orders (express), services/users (express)',
  );
  expect(error.wayOut).toBe('Name one: secure services/orders  |  secure services/users');
});

test('an endpoint in a monorepo of two: where to ask for it', async () => {
  const error = await refusal(detected('monorepo-two-apis', '/users/*'));
  expect(error.wayOut).toContain("cd services/users && secure '/users/*'");
});

test('two languages in one folder', async () => {
  const error = await refusal(detected('two-languages'));
  expect(error.wayOut).toBe(
    'Name one: secure . --framework express  |  secure . --framework flask',
  );
  expect((await detected('two-languages', '.', 'flask')).project.entry).toBe('app.py');
});

test('two files of one project that make an application with equal right', async () => {
  const error = await refusal(detected('two-applications'));
  expect(error.message).toContain('admin.js, public.js');
  expect(error.wayOut).toBe('Name one: secure admin.js  |  secure public.js');
  expect((await detected('two-applications', 'public.js')).project.entry).toBe('public.js');
});

test('a version that is too old', async () => {
  const error = await refusal(detected('express-3'));
  expect(error.message).toBe('express 3.21.0 is not supported');
  expect(error.wayOut).toBe('Supported: express 4 and 5. Upgrade the project first.');
});

test('a syntax error in package.json, with its line', async () => {
  const error = await refusal(detected('broken-manifest'));
  expect(error.message).toMatch(/^package\.json cannot be read: .+ in line 4$/);
});

test('a manifest that is no text', async () => {
  const root = repository('no-entry');
  writeFileSync(path.join(root, 'package.json'), new Uint8Array([0xff, 0xfe, 0]));
  const error = await refusal(detect('.', { cwd: root }));
  expect(error.message).toContain('package.json cannot be read');
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be read', async () => {
  const root = repository('express-ts');
  chmodSync(path.join(root, 'src'), 0);
  const error = await refusal(detect('src', { cwd: root }));
  chmodSync(path.join(root, 'src'), 0o755);
  expect(error.message).toBe('src cannot be read (EACCES)');
});

test('a path that does not exist, and a glob below none', async () => {
  expect((await refusal(detected('express-ts', 'src/rotes'))).message).toBe(
    'src/rotes does not exist',
  );
  expect((await refusal(detected('express-ts', 'rotes/*.ts'))).message).toContain(
    'rotes/*.ts matches nothing',
  );
});

test('a file that is left out says why', async () => {
  const root = repository('express-ts');
  writeFileSync(path.join(root, 'src', 'image.ts'), new Uint8Array([0, 1]));
  const error = await refusal(detect('src/image.ts', { cwd: root }));
  expect(error.message).toMatch(/is left out: ignored by \.gitignore, binary/);
});

test('a relative path and a link that leave the repository', async () => {
  const root = repository('express-ts');
  const other = repository('express-cjs');
  const relative = path.relative(root, other);
  expect((await refusal(detect(relative, { cwd: root }))).message).toContain(
    'is outside of this project',
  );
  symlinkSync(other, path.join(root, 'linked'));
  expect((await refusal(detect('linked', { cwd: root }))).message).toContain(
    'is outside of this project',
  );
  expect((await detect(other, { cwd: root })).project.entry).toBe('lib/application.js');
});

test('a link to nothing', async () => {
  const root = repository('express-ts');
  symlinkSync('nowhere', path.join(root, 'gone'));
  expect((await refusal(detect('gone', { cwd: root }))).message).toBe('gone is a link to nothing');
});

test('a project above the repository is somebody else’s', async () => {
  const root = repository('express-ts');
  const inner = path.join(root, 'vendor', 'site');
  mkdirSync(path.join(inner, '.git'), { recursive: true });
  await refusal(detect('.', { cwd: inner }));
});
