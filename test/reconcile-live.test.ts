import { expect, test } from 'vitest';
import { liveTable as fastapi } from '../src/frameworks/fastapi/live/table.ts';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { liveTable as flask } from '../src/frameworks/flask/live/table.ts';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { type LiveRow, notCompared, reconcile } from '../src/frameworks/reconcile.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { withoutUnserved } from '../src/proof/unserved.ts';
import type { Verdict } from '../src/proof/verdict.ts';
import { fixtureProject } from './fixtures.ts';

const start = (target: string) => ({ argv: ['server', '-m', 'flask', target], from: '', cwd: '' });

function project(framework: 'fastapi' | 'flask', text: string) {
  const tree = memoryTree({ 'main.py': text });
  return fixtureProject(`${framework}/live`, {
    tree,
    language: 'python',
    framework,
    entry: 'main.py',
  });
}

async function compare(
  framework: 'fastapi' | 'flask',
  text: string,
  rows: LiveRow[],
  own?: string,
) {
  const given = project(framework, text);
  const { routes } = await (framework === 'flask' ? readFlask : readFastapi)(given);
  const table = (framework === 'flask' ? flask : fastapi)(given, start('main:app'));
  if ('why' in table) throw new Error(table.why);
  return reconcile(routes, rows, table.how, own === undefined ? [] : [own]);
}

const library = { name: 'page', place: { file: '.venv/lib/site-packages/x/y.py', line: 1 } };

test('what frameworks and libraries serve on their own is no difference', async () => {
  const text =
    "from flask import Flask\napp = Flask(__name__)\n\n@app.get('/a/<int:id>')\ndef a(id): ...\n";
  const rows: LiveRow[] = [
    { method: 'GET', path: '/a/<int:id>' },
    { method: 'HEAD', path: '/a/<int:id>' },
    { method: 'GET', path: '/static/<path:filename>', kind: 'static' },
    { method: 'GET', path: '/apispec.json', handler: library },
    { method: 'GET', path: '/swaggerui/index', handler: library },
  ];
  expect(await compare('flask', text, rows)).toEqual({
    compared: 1,
    missing: [],
    extra: [],
    unguarded: [],
  });
});

test('what looks like it and is the application’s own is one', async () => {
  const own = { name: 'page', place: { file: 'docs.py', line: 1 } };
  const rows: LiveRow[] = [
    { method: 'GET', path: '/docs/private', handler: own },
    { method: 'POST', path: '/impersonate', handler: library },
    { method: 'HEAD', path: '/probe', handler: own },
    { method: 'OPTIONS', path: '/probe', handler: own },
  ];
  const { missing } = await compare(
    'flask',
    'from flask import Flask\napp = Flask(__name__)\n',
    rows,
  );
  expect(missing).toEqual([
    'GET /docs/private',
    'POST /impersonate',
    'HEAD /probe',
    'OPTIONS /probe',
  ]);
});

test('routes of the emitted folder are ours; those beside it are not', async () => {
  const rows = ['app/security/sign_in.py', 'app/security_old/sign_in.py'].map((file, at) => ({
    method: 'POST',
    path: `/auth/${at}`,
    handler: { place: { file, line: 1 } },
  }));
  const text = 'from fastapi import FastAPI\napp = FastAPI()\n';
  expect((await compare('fastapi', text, rows, 'app/security')).missing).toEqual(['POST /auth/1']);
});

test('only dependencies by name are looked for among the guards of a route', async () => {
  const text = `from fastapi import Depends, FastAPI, Header, HTTPException, Security
app = FastAPI()

def signed_in(authorization: str = Header()):
    if authorization != 'Bearer demo':
        raise HTTPException(status_code=401)

class Admin:
    def __init__(self, authorization: str = Header()):
        if authorization != 'Bearer admin':
            raise HTTPException(status_code=403)

@app.get('/me')
def me(user=Security(signed_in, scopes=['me']), admin: Admin = Depends()): ...
`;
  const row = { method: 'GET', path: '/me' };
  const asked = async (guards: readonly string[]) =>
    (await compare('fastapi', text, [{ ...row, guards }])).unguarded;
  expect(await asked(['signed_in', 'Admin'])).toEqual([]);
  expect(await asked(['Guards.<locals>.signed_in'])).toEqual([]);
  expect(await asked(['Admin', 'maybe_signed_in'])).toEqual(['GET /me: signed_in']);
});

test('one registration for every method covers each, and one method does not cover every', async () => {
  const text = `from fastapi import FastAPI
app = FastAPI()
app.mount('/other', other)

@app.get('/one')
def one(): ...
`;
  const found = await compare('fastapi', text, [
    { method: 'GET', path: '/other/{path:path}' },
    { method: 'ALL', path: '/one' },
  ]);
  expect(found).toMatchObject({ compared: 1, missing: ['ALL /one'], extra: [] });
});

test('a failure on a route that is not served is none, and one on a route that answers stays', () => {
  const failed = (route: string, ...answers: string[]): Verdict => ({
    probe: 'J-1',
    control: 'auth',
    title: 'refused',
    route,
    identity: 'anonymous',
    verdict: 'failed',
    evidence: answers.map((answer) => ({ request: 'GET /', answer })),
  });
  const live = { ...notCompared(''), extra: ['GET /gone', 'GET /alive'] };
  const all = [
    failed('GET /gone', '404\ncontent-type: text/plain'),
    failed('GET /gone#2', '404', '405'),
    failed('GET /alive', '404', '200\n\nsecret'),
    failed('GET /other', '404'),
  ];
  const verdicts = withoutUnserved(all, live).map(({ verdict }) => verdict);
  expect(verdicts).toEqual(['not-run', 'not-run', 'failed', 'failed']);
});
