// The applications that cost.mjs compares, each made anew from the example in .cache/bench.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePython } from '../scripts/python.mjs';
import { installed, must, root } from '../scripts/steps.mjs';
import { writePrototype } from './prototype.mjs';

export const base = join(root, '.cache', 'bench');

const made = ['src', 'app', 'public', 'test', 'tests', '.secure', 'secure.yaml', 'accounts.sqlite'];

/** A fresh copy of an example in .cache/bench. */
function copied(name, example = 'express') {
  const folder = join(base, name);
  for (const part of made) rmSync(join(folder, part), { recursive: true, force: true });
  cpSync(join(root, 'examples', example), folder, {
    recursive: true,
    filter: (path) => !/node_modules|__pycache__/.test(path),
  });
  return folder;
}

/** The example as it is, on another version of a package when `versions` says so. */
export function bare(name, versions) {
  const folder = copied(name);
  if (Object.keys(versions).length > 0) {
    const file = join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    Object.assign(manifest.dependencies, versions);
    writeFileSync(file, JSON.stringify(manifest));
    rmSync(join(folder, 'package-lock.json'), { force: true });
  }
  installed(folder);
  return { name, folder, main: 'src/app.js', headers: {} };
}

/** The Express example with every control applied. */
export function hardened() {
  const folder = copied('hardened');
  harden(folder);
  // The lock file of the example does not hold the packages that the controls need.
  rmSync(join(folder, 'package-lock.json'), { force: true });
  installed(folder);
  return { name: 'hardened', folder, main: 'src/app.js', headers: {}, signIn: signInHardened };
}

/** A Python example, bare and with every control applied, each with one process of its usual server. */
export async function pythonPair(id) {
  const python = await ensurePython();
  const servers = {
    fastapi: ['uvicorn', 'app.main:app', '--port', '{port}', '--no-access-log'],
    flask: ['gunicorn', '--bind', '127.0.0.1:{port}', '--threads', '4', 'wsgi:app'],
  };
  const argv = [python, '-m', ...servers[id]];
  const all = { argv, headers: {}, list: '/api/notes/' };
  const plain = { ...all, name: 'bare', folder: copied(`${id}-bare`, id) };
  const folder = copied(`${id}-hardened`, id);
  harden(folder);
  return [plain, { ...all, name: 'hardened', folder, signIn: signInHardened }];
}

/** Every control at level standard; its limiters count and never refuse. */
function harden(folder) {
  const apply = (...more) =>
    must(
      [
        process.execPath,
        join(root, 'dist/cli.js'),
        ...['apply', '.', '--yes', '--force', '--level', 'standard', '--auth', 'jwt', '--no-test'],
        ...more,
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
  apply('--no-install');
  const file = join(folder, 'secure.yaml');
  const text = readFileSync(file, 'utf8');
  // The limiter counts every request and never refuses; windows of a second hold as many marks as real limits do.
  const raised = text.replace(
    /^( {2}(?:general|auth|api|account): \{ limit: )\d+, windowSeconds: \d+/gm,
    '$11000000000, windowSeconds: 1',
  );
  if (raised === text) throw new Error('secure.yaml has no limits to raise');
  writeFileSync(file, raised);
  apply('--no-install');
}

async function signInHardened(url) {
  const body = JSON.stringify({ email: 'bench@example.com', password: 'Milk and bread, twice 47' });
  const post = (path) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  await post('/auth/register');
  const answer = await (await post('/auth/login')).json();
  if (!answer.accessToken) throw new Error(`hardened: login answered ${JSON.stringify(answer)}`);
  return { authorization: `Bearer ${answer.accessToken}` };
}

/** The requirement's own sample code in front of the example's routes. */
export function prototype(spec) {
  const folder = copied('prototype');
  const main = writePrototype(readFileSync(spec, 'utf8'), folder);
  installed(folder);
  return { name: 'prototype', folder, main, headers: {}, signIn: signInPrototype };
}

async function signInPrototype(url, ready) {
  const answer = await fetch(`${url}/api/csrf-token`);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0];
  const { csrfToken } = await answer.json();
  return { authorization: `Bearer ${ready.token}`, cookie, 'x-csrf-token': csrfToken };
}
