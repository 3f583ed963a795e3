import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { project } from './surfaces.ts';

const python = (files: Record<string, string>) =>
  project(files, { language: 'python', framework: 'flask', frameworkVersion: undefined });

test('a FastAPI prefix that cannot be read is unresolved, and its routes are not sure', async () => {
  const surface = await readFastapi(
    python({
      'main.py': [
        'import os',
        'from fastapi import APIRouter, FastAPI',
        'router = APIRouter(prefix=os.environ["PREFIX"])',
        '@router.get("/items")',
        'def items(): ...',
        'app = FastAPI()',
        'app.include_router(router)',
      ].join('\n'),
    }),
  );
  const items = surface.routes.find((route) => route.path.endsWith('/items'));
  expect([items?.id, items?.confidence]).toEqual(['GET /{unknown}/items', 'low']);
  expect(surface.unresolved).toEqual([
    { what: 'a prefix that is not a literal', place: { file: 'main.py', line: 3 } },
  ]);
});

test('a Flask path that is only partly known is unresolved, and never claimed without the gap', async () => {
  const surface = await readFlask(
    python({
      'app.py': [
        'import os',
        'from flask import Flask',
        'app = Flask(__name__, static_folder=None)',
        'VERSION = os.environ["VERSION"]',
        '@app.get(f"/api/{VERSION}/items")',
        'def items(): ...',
      ].join('\n'),
    }),
  );
  expect(surface.routes.map((route) => [route.id, route.confidence])).toEqual([
    ['GET /api/{unknown}/items', 'low'],
  ]);
  expect(surface.unresolved).toHaveLength(1);
});

test('methods that cannot be read stand for every method', async () => {
  const surface = await readFlask(
    python({
      'app.py': [
        'from flask import Flask',
        'from elsewhere import METHODS',
        'app = Flask(__name__, static_folder=None)',
        '@app.route("/items", methods=METHODS)',
        'def items(): ...',
      ].join('\n'),
    }),
  );
  expect(surface.routes.map((route) => route.id)).toEqual(['ALL /items']);
  expect(surface.unresolved.map(({ what }) => what)).toEqual(['methods that are no literals']);
});

test('error handlers that are registered by a call are seen', async () => {
  const surface = await readFlask(
    python({
      'app.py': [
        'from flask import Flask',
        'def missing(error): return {}, 404',
        'def broken(error): return str(error), 500',
        'app = Flask(__name__)',
        'app.errorhandler(404)(missing)',
        'app.register_error_handler(500, broken)',
      ].join('\n'),
    }),
  );
  expect(surface.errorHandlers.map(({ name, leaks }) => [name, leaks])).toEqual([
    ['missing', 'none'],
    ['broken', 'message'],
  ]);
});

test('a session that is read before every request is the credential of the routes that use it', async () => {
  const surface = await readFlask(
    python({
      'app.py': [
        'from flask import Flask, g, session',
        'app = Flask(__name__, static_folder=None)',
        '@app.before_request',
        'def load(): g.user = session.get("user")',
        '@app.post("/notes")',
        'def add(): return save(g.user)',
        '@app.get("/")',
        'def home(): ...',
      ].join('\n'),
    }),
  );
  expect(surface.routes.map((route) => route.credentials)).toEqual([['cookie'], []]);
});

test('a front end that FastAPI serves is a folder of public files', async () => {
  const surface = await readFastapi(
    python({
      'main.py': [
        'from fastapi import FastAPI',
        'app = FastAPI()',
        'app.frontend("/", directory="dist")',
      ].join('\n'),
    }),
  );
  const files = surface.facts.filter((fact) => fact.kind === 'static');
  expect(files.map(({ detail }) => detail)).toEqual([
    { prefix: '', directory: 'dist', listing: false },
  ]);
});

test('a route that a test calls as a stranger says so, and one that signs in first does not', async () => {
  const surface = await readFlask(
    python({
      'app.py': [
        'from flask import Flask',
        'app = Flask(__name__, static_folder=None)',
        '@app.post("/add")',
        'def add(): ...',
        '@app.get("/mine")',
        'def mine(): ...',
        '@app.get("/secret")',
        'def secret(): ...',
        '@app.post("/login")',
        'def login(): ...',
      ].join('\n'),
      'tests/test_app.py': [
        'def test_add(client):',
        '    assert client.post("/add", data={"a": 1}).status_code == 200',
        'def test_mine(client, auth):',
        '    auth.login()',
        '    assert client.get("/mine").status_code == 200',
        'def test_secret(client):',
        '    assert client.get("/secret").status_code == 401',
      ].join('\n'),
    }),
  );
  const open = surface.routes.filter((route) => route.traits.includes('anonymous-in-tests'));
  expect(open.map((route) => route.id)).toEqual(['POST /add']);
});

test('views of Flask-AppBuilder are routes, and what it makes of a model is unresolved', async () => {
  const surface = await readFlask(
    python({
      'views.py': [
        'from flask_appbuilder import BaseView, ModelView, expose, has_access',
        'class Layer(BaseView):',
        '    route_base = "/layer"',
        '    @expose("/<int:pk>/notes", methods=["GET", "POST"])',
        '    @has_access',
        '    def notes(self, pk): ...',
        'class People(ModelView):',
        '    datamodel = None',
      ].join('\n'),
    }),
  );
  expect(surface.routes.map((route) => route.id)).toEqual([
    'GET /layer/<int:pk>/notes',
    'POST /layer/<int:pk>/notes',
  ]);
  expect(surface.routes[0]?.guards.flatMap(({ kinds }) => kinds)).toContain('auth');
  expect(surface.unresolved.map(({ what }) => what)).toEqual(['routes of the model behind People']);
});
