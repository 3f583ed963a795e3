import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { FrameworkId, Project } from '../src/project/project.ts';
import type { Route } from '../src/surface/surface.ts';

function project(framework: FrameworkId, text: string): Project {
  return {
    root: '/project',
    tree: memoryTree({ 'app.py': text }),
    language: 'python',
    framework,
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'requirements.txt',
    modules: undefined,
    typescript: false,
    packageManager: 'pip',
    entry: 'app.py',
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  };
}

async function flaskRoute(text: string): Promise<Route | undefined> {
  const head = 'from flask import Flask, abort, request, session\napp = Flask(__name__)\n';
  const { routes } = await readFlask(project('flask', head + text));
  return routes.find((route) => route.kind !== 'static');
}

async function fastapiRoute(text: string): Promise<Route | undefined> {
  const head = 'from fastapi import Depends, FastAPI, HTTPException, Request\napp = FastAPI()\n';
  const { routes } = await readFastapi(project('fastapi', head + text));
  return routes.find((route) => !route.traits.includes('docs'));
}

const kinds = (route: Route | undefined): string[] =>
  route?.guards.flatMap((guard) => guard.kinds) ?? [];

test('a database session is no cookie', async () => {
  const text = '@app.put("/me")\ndef me(current_user: User):\n    return session.get(User, 1)\n';
  expect((await fastapiRoute(text))?.credentials).not.toContain('cookie');
});

test('the session of a request is a cookie', async () => {
  const text = '@app.put("/me")\ndef me(request: Request):\n    return request.session["id"]\n';
  expect((await fastapiRoute(text))?.credentials).toContain('cookie');
});

test('the session of Flask is a cookie', async () => {
  const text = '@app.put("/me")\ndef me():\n    return session["id"]\n';
  expect((await flaskRoute(text))?.credentials).toContain('cookie');
});

test('the user of a token is no cookie', async () => {
  const text =
    'from flask_jwt_extended import current_user\n@app.put("/me")\ndef me():\n    return current_user.name\n';
  const route = await flaskRoute(text);
  expect(route?.credentials).toContain('bearer');
  expect(route?.credentials).not.toContain('cookie');
});

test('a handler that refuses everybody but the owner is an authorization', async () => {
  const text =
    '@app.put("/users/<int:id>")\ndef change(id):\n    if current_user.id != id:\n        abort(403)\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toContain('authz');
});

test('a query for the rows of the caller is an authorization', async () => {
  const text =
    '@app.put("/notes/<id>")\ndef change(id):\n    return Note.query.filter_by(id=id, author_id=current_user.id).first()\n';
  expect(kinds(await flaskRoute(text))).toContain('authz');
});

test('a handler that only knows the caller is no authorization', async () => {
  const text =
    '@app.put("/notes/<id>")\ndef change(id):\n    log(current_user.name)\n    return Note.query.get(id)\n';
  expect(kinds(await flaskRoute(text))).not.toContain('authz');
});

test('a form of Flask-WTF that is validated holds its token', async () => {
  const text =
    '@app.route("/post", methods=["POST"])\ndef post():\n    form = PostForm()\n    if form.validate_on_submit():\n        save(form)\n    return ""\n';
  expect(kinds(await flaskRoute(text))).toContain('csrf');
});

test('a token of flask-httpauth is no cookie', async () => {
  const text =
    'from flask_httpauth import HTTPTokenAuth\ntoken_auth = HTTPTokenAuth()\n@app.put("/me")\n@token_auth.login_required\ndef me():\n    return {}\n';
  expect((await flaskRoute(text))?.credentials).toEqual(['bearer']);
});

test('who writes as himself compares no owner', async () => {
  const text =
    '@app.post("/notes/<id>")\ndef add(id):\n    user = current_user\n    return Note(author=current_user)\n';
  expect(kinds(await flaskRoute(text))).not.toContain('authz');
});
