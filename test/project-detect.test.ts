import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { detect } from '../src/project/detect.ts';
import { detected, repository } from './project-input.ts';

test('Express in TypeScript: the lock file gives the version, the started file leads to the application', async () => {
  const { project } = await detected('express-ts');
  expect(project).toMatchObject({
    language: 'javascript',
    framework: 'express',
    frameworkVersion: '5.1.0',
    frameworkMajor: 5,
    manifest: 'package.json',
    modules: 'esm',
    typescript: true,
    packageManager: 'npm',
    entry: 'src/app.ts',
    member: '',
    notes: [],
  });
});

test('a start that would run an earlier build gives way to the sources, without their watcher', async () => {
  const { project } = await detected('express-ts');
  expect(project.start).toEqual({
    argv: ['tsx', 'src/server.ts'],
    from: 'package.json scripts.dev',
    cwd: '',
  });
  expect(project.test?.argv).toEqual(['npm', 'run', 'test']);
});

test('Express in CommonJS: an import under another name behind bin/www, and no test in npm’s default script', async () => {
  const { project } = await detected('express-cjs');
  expect(project).toMatchObject({
    frameworkVersion: '4.18.3',
    modules: 'cjs',
    typescript: false,
    packageManager: 'yarn',
    packageManagerMajor: 1,
    entry: 'lib/application.js',
    test: undefined,
  });
});

test('NestJS wins over Express, nest-cli.json names the entry, and a watching test is run once', async () => {
  const { project } = await detected('nestjs');
  expect(project).toMatchObject({
    framework: 'nestjs',
    frameworkMajor: 11,
    entry: 'src/bootstrap.ts',
  });
  expect(project.test?.argv).toEqual([
    'npm',
    'run',
    'test',
    '--',
    '--watch=false',
    '--watchAll=false',
  ]);
});

test('of two Nest applications the target’s is taken', async () => {
  expect((await detected('nest-two-apps')).project.entry).toBe('apps/store/src/main.ts');
  const admin = await detected('nest-two-apps', 'apps/admin');
  expect(admin.project.entry).toBe('apps/admin/src/main.ts');
  expect(admin.target).toEqual({ kind: 'folder', path: 'apps/admin' });
});

test('FastAPI with uv', async () => {
  const { project } = await detected('fastapi-uv');
  expect(project).toMatchObject({
    language: 'python',
    framework: 'fastapi',
    frameworkVersion: '0.116.1',
    manifest: 'pyproject.toml',
    packageManager: 'uv',
    entry: 'app/main.py',
    modules: undefined,
    notes: [],
  });
  expect(project.test?.argv).toEqual(['python3', '-m', 'pytest', '-q']);
});

test('Flask: requirements are included, and the server’s target leads over imports to the factory', async () => {
  const { project } = await detected('flask-factory');
  expect(project).toMatchObject({
    framework: 'flask',
    frameworkVersion: '3.0.3',
    manifest: 'requirements.txt',
    packageManager: 'pip',
    entry: 'server/factory.py',
  });
  expect(project.dependencies).toMatchObject({ flask: '==3.0.3', pytest: '==8.3.3' });
  expect(project.start?.argv).toEqual([
    'gunicorn',
    'wsgi:application',
    '--bind',
    '127.0.0.1:{port}',
  ]);
});

test('Gin', async () => {
  const { project } = await detected('gin');
  expect(project).toMatchObject({
    language: 'go',
    framework: 'gin',
    frameworkVersion: '1.10.0',
    entry: 'cmd/shop/main.go',
  });
});

describe('monorepos', () => {
  test('the one member that is an API is taken, with its version and manager from the root', async () => {
    const root = repository('monorepo-one-api');
    const { project, target } = await detect('.', { cwd: root });
    expect(project).toMatchObject({
      member: 'apps/api',
      framework: 'express',
      frameworkVersion: '4.21.2',
      packageManager: 'pnpm',
      entry: 'src/main.ts',
      lockFolder: root,
    });
    expect(project.notes).toEqual(['found in apps/api']);
    expect(target).toEqual({ kind: 'project' });
  });

  test('a member works as the target', async () => {
    const { project } = await detected('monorepo-two-apis', 'services/users');
    expect(project).toMatchObject({ member: 'services/users', entry: 'index.js' });
  });

  test('a back end beside a front end is found below', async () => {
    const { project } = await detected('backend-below');
    expect(project).toMatchObject({ member: 'backend', framework: 'fastapi', entry: 'main.py' });
  });
});

describe('without a full manifest', () => {
  test('sources alone are enough', async () => {
    const { project, target } = await detected('no-manifest', 'server/routes');
    expect(project).toMatchObject({ framework: 'express', entry: 'main.mjs', modules: 'esm' });
    expect(project.notes).toEqual(['package.json does not declare express: found by its imports']);
    expect(target).toEqual({ kind: 'folder', path: 'routes' });
  });

  test('a project without an application is read all the same, with a note', async () => {
    const { project } = await detected('no-entry');
    expect(project.entry).toBeUndefined();
    expect(project.notes.join()).toMatch(/no file was found that makes the application/);
  });
});

test('the installed version counts when no lock file does', async () => {
  const root = repository('no-entry');
  const installed = path.join(root, 'node_modules', 'express');
  mkdirSync(installed, { recursive: true });
  writeFileSync(path.join(installed, 'package.json'), '{ "name": "express", "version": "5.2.1" }');
  const { project } = await detect('.', { cwd: root });
  expect(project.frameworkVersion).toBe('5.2.1');
});

test('what git ignores, binaries, built output and packages are not read; marks and line ends are', async () => {
  const root = repository('express-ts');
  const put = (file: string, text: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  put('.gitignore', 'secret/\n*.local.ts\n!kept.local.ts\n');
  put('secret/key.ts', 'export {};\n');
  put('src/mine.local.ts', 'export {};\n');
  put('src/kept.local.ts', 'export {};\n');
  put('src/crlf.ts', '\ufeffexport {};\r\n');
  put('src/binary.ts', new Uint8Array([1, 0, 2]));
  put('src/large.ts', `// ${'x'.repeat(1_000_001)}`);
  put('node_modules/a/index.js', '');
  put('dist/server.js', '');
  const { tree, notes } = (await detect('.', { cwd: root })).project;
  expect(notes).toEqual([
    'not read, so nothing is said of it: src/binary.ts (no UTF-8 text), src/large.ts (over 1 MB)',
  ]);
  const seen = ['secret/key.ts', 'src/mine.local.ts', 'src/kept.local.ts', 'src/crlf.ts'];
  expect(seen.filter((file) => tree.has(file))).toEqual(['src/kept.local.ts', 'src/crlf.ts']);
  expect(tree.read('src/crlf.ts')).toBe('\ufeffexport {};\r\n');
  const others = ['src/binary.ts', 'src/large.ts', 'node_modules/a/index.js', 'dist/server.js'];
  expect(others.filter((file) => tree.has(file))).toEqual([]);
});

test('a start that hands over to a daemon or a container is not ours to run', async () => {
  const root = repository('express-cjs');
  const manifest = { dependencies: { express: '^4.0.0' }, main: 'bin/www' };
  for (const start of ['pm2 start bin/www', 'npm run up', 'docker compose up']) {
    const scripts = { start, up: 'docker-compose up -d' };
    writeFileSync(path.join(root, 'package.json'), JSON.stringify({ ...manifest, scripts }));
    const { project } = await detect('.', { cwd: root });
    expect(project.start?.argv, start).toEqual(['node', 'bin/www']);
  }
});

test('a script that serves another application is not the start of the target', async () => {
  const root = repository('two-applications');
  const manifest = { dependencies: { express: '^5.0.0' }, scripts: { start: 'node admin.js' } };
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest));
  const of = async (target: string) => (await detect(target, { cwd: root })).project.start?.argv;
  expect(await of('.')).toEqual(['npm', 'run', '--silent', 'start']);
  expect(await of('admin.js')).toEqual(['npm', 'run', '--silent', 'start']);
  expect(await of('public.js')).toEqual(['node', 'public.js']);
});

test('the repository’s .gitignore counts for its members, unless it leaves out the member itself', async () => {
  const root = repository('monorepo-one-api');
  writeFileSync(path.join(root, 'apps', 'api', 'src', 'generated.ts'), 'export {};\n');
  const has = async () =>
    (await detect('apps/api', { cwd: root })).project.tree.has('src/generated.ts');
  expect(await has()).toBe(true);
  writeFileSync(path.join(root, '.gitignore'), 'apps/*/src/generated.ts\n');
  expect(await has()).toBe(false);
  writeFileSync(path.join(root, '.gitignore'), 'apps/\n');
  expect(await has()).toBe(true);
});

test('a source that is a link out of the project is told, and one to another place of it is read', async () => {
  const root = repository('express-ts');
  symlinkSync(path.join(repository('express-cjs'), 'lib'), path.join(root, 'src', 'shared'));
  symlinkSync('users.ts', path.join(root, 'src', 'routes', 'people.ts'));
  const { tree, notes } = (await detect('.', { cwd: root })).project;
  expect(tree.has('src/routes/people.ts')).toBe(true);
  expect(notes.join()).toContain('src/shared (a link out of the project, or to nothing)');
});
