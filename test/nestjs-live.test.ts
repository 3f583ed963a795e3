import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/proof/process.ts';
import { copyWith, liveIn, removeCopies, secure } from './live-input.ts';

afterAll(removeCopies);

const same = { missing: [], extra: [], unguarded: [] };
const start = { argv: ['node', 'dist/main.js'], from: 'test', cwd: '' };

/** With the packages that the blueprint is tested with; types of others may be missing, and tsc emits all the same. */
function copyOf(folder: string): string {
  return copyWith(folder, 'node_modules', 'blueprints/nestjs/node_modules');
}

/** Nest behind a server that the bootstrap makes, and asks. */
const ownServer = `
const http = require('node:http');
const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('./app.module');
NestFactory.create(AppModule).then(async (app) => {
  app.setGlobalPrefix('api');
  await app.init();
  const server = http.createServer(app.getHttpAdapter().getInstance());
  server.listen(49150, () => {
    http.get('http://127.0.0.1:49150/', () => require('node:fs').writeFileSync('answered', ''));
  });
});
`;

async function compile(folder: string): Promise<void> {
  await run(['tsc', '-p', '.', '--noEmitOnError', 'false', '--outDir', 'dist'], { cwd: folder });
}

test('the example holds what was read, bare and hardened', async () => {
  const folder = copyOf('examples/nestjs');
  await compile(folder);
  expect(await liveIn(folder, { start })).toEqual({ compared: 15, ...same });
  await secure(folder, 'apply', '.', '--yes', '--no-install', '--auth', 'session');
  await compile(folder);
  const policyFile = 'dist/security/policy.js';
  expect(existsSync(path.join(folder, policyFile))).toBe(true);
  expect(await liveIn(folder, { start, policyFile })).toEqual({ compared: 15, ...same });
  // Its own endpoints are in the table, and are told by the folder that they come from.
  expect((await liveIn(folder, { start, policyFile: undefined }))?.missing).toContain(
    'ALL /auth/:endpoint',
  );
});

test('a controller that no source names is found, a guard that is not bound as well, and nothing is made', async () => {
  const folder = copyOf('fixtures/nestjs/live');
  await secure(folder, 'audit', '.');
  expect(existsSync(path.join(folder, 'imported'))).toBe(false);
  await compile(folder);
  const expected = {
    compared: 2,
    missing: ['POST /api/backup/:name'],
    extra: [],
    unguarded: ['GET /api/admin/stats: TokenGuard'],
  };
  expect(await liveIn(folder, { start })).toEqual(expected);
  // The script that the manifest names builds and starts; its last command is asked.
  expect(await liveIn(folder)).toEqual(expected);
  writeFileSync(path.join(folder, 'dist/main.js'), ownServer);
  expect(await liveIn(folder, { start })).toEqual(expected);
  expect(existsSync(path.join(folder, 'answered'))).toBe(false);
});

test.each([
  ["throw new Error('no DATABASE_URL');", 'no DATABASE_URL'],
  ['process.exit(3);', 'it ended with 3'],
  ['', 'it ended with 0'],
])('an application that cannot be loaded is not compared: %j', async (text, why) => {
  const folder = copyOf('fixtures/nestjs/live');
  mkdirSync(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'dist/main.js'), text);
  expect(await liveIn(folder, { start })).toEqual({ compared: 0, ...same, notCompared: why });
});

test('a start that is no node of its own is not compared', async () => {
  const shell = { argv: ['sh', 'run.sh'], from: 'test', cwd: '' };
  const live = await liveIn(copyOf('fixtures/nestjs/live'), { start: shell });
  expect(live?.notCompared).toBe('sh run.sh does not start node itself');
});
