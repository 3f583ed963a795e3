import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { FrameworkId, Project } from '../src/project/project.ts';
import type { Route } from '../src/surface/surface.ts';
import { pythonProject } from './surfaces-python.ts';

function project(framework: FrameworkId, text: string): Project {
  return { ...pythonProject(framework), tree: memoryTree({ 'app.py': text }) };
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

test('what is refused to somebody who is signed in leaves the others open', async () => {
  const text =
    '@app.before_request\ndef banned():\n    if authed():\n        if user.banned:\n            abort(403)\n' +
    '@app.before_request\ndef tokens():\n    token = request.headers.get("Authorization")\n    if token and not known(token):\n        abort(401)\n' +
    '@app.get("/")\ndef home():\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toEqual([]);
});

test('a 403 for the state of the application is no authorization', async () => {
  const text =
    '@app.before_request\ndef busy():\n    if import_in_progress():\n        return "later", 403\n' +
    '@app.get("/")\ndef home():\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toEqual(['unknown']);
});

test('a check before every request leaves out the paths that it names', async () => {
  const text =
    'OPEN = ["/health"]\n@app.before_request\ndef signed_in():\n    if request.path in OPEN:\n        return\n    if not session.get("user"):\n        abort(401)\n' +
    '@app.get("/health")\ndef health():\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toEqual([]);
  expect(kinds(await flaskRoute(text.replace('app.get("/health")', 'app.get("/me")')))).toEqual([
    'auth',
  ]);
});

test('decorators of the base class of a view guard its methods', async () => {
  const text =
    'from flask.views import MethodView\nfrom flask_login import login_required\n' +
    'class Base(MethodView):\n    decorators = [login_required]\n' +
    'class Me(Base):\n    def get(self):\n        return {}\n' +
    'app.add_url_rule("/me", view_func=Me.as_view("me"))\n';
  expect(kinds(await flaskRoute(text))).toEqual(['auth']);
});

test('optional=True guards nothing', async () => {
  const text =
    'from flask_jwt_extended import jwt_required\n@app.get("/")\n@jwt_required(optional=True)\ndef home():\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toEqual([]);
});

test('a handler that sends nobody to the sign-in guards itself', async () => {
  const text =
    'def current_user():\n    return session.get("id")\n' +
    '@app.get("/me")\ndef me():\n    user = current_user()\n    if not user:\n        return redirect("/")\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toEqual(['auth']);
});

test('middleware that only looks who calls is no guard', async () => {
  const text =
    'from starlette.middleware.authentication import AuthenticationMiddleware\n' +
    'class Backend:\n    async def authenticate(self, conn):\n        if "Authorization" not in conn.headers:\n            return\n        raise AuthenticationError("bad")\n' +
    'app.add_middleware(AuthenticationMiddleware, backend=Backend())\n' +
    '@app.get("/")\ndef home():\n    return {}\n';
  expect(kinds(await fastapiRoute(text))).toEqual([]);
});

test('a dependency that answers None to a stranger is no guard', async () => {
  const text =
    'def user(request: Request):\n    token = request.headers.get("Authorization")\n    if not token:\n        return None\n    if bad(token):\n        raise HTTPException(401)\n    return token\n' +
    '@app.get("/")\ndef home(who=Depends(user)):\n    return {}\n';
  const route = await fastapiRoute(text);
  expect([kinds(route), route?.credentials]).toEqual([[], []]);
});

test('permissions that a dependency is given say what it refuses', async () => {
  const text =
    'class Refused(Exception):\n    code = 401\n' +
    'class IsAdmin:\n    exception = Refused\n' +
    'class Permissions:\n    def __init__(self, needed):\n        self.needed = needed\n    def __call__(self, request: Request):\n        for one in self.needed:\n            if not one.holds(request):\n                raise one.exception\n' +
    '@app.get("/", dependencies=[Depends(Permissions([IsAdmin]))])\ndef home():\n    return {}\n';
  expect(kinds(await fastapiRoute(text))).toEqual(['auth', 'authz']);
});

test('dependencies of the class of a view guard its methods', async () => {
  const text =
    'from fastapi import APIRouter\nfrom fastapi_utils.cbv import cbv\nrouter = APIRouter()\n' +
    'def user(request: Request):\n    raise HTTPException(401, "sign in")\n' +
    '@cbv(router)\nclass Items:\n    who = Depends(user)\n    @router.get("/items")\n    def items(self):\n        return {}\n' +
    'app.include_router(router)\n';
  expect(kinds(await fastapiRoute(text))).toContain('auth');
});

test('an application that code out of sight is given is an unresolved place', async () => {
  const text =
    'from importlib import import_module\nfor name in app.config["MODULES"]:\n    import_module("." + name).init_app(app)\n';
  const head = 'from flask import Flask\napp = Flask(__name__)\n';
  const { unresolved } = await readFlask(project('flask', head + text));
  expect(unresolved.map(({ what }) => what).join()).toContain('is given the application');
});

test('an application of another framework is told beside', async () => {
  const text =
    'from flask import Flask\nfrom fastapi import FastAPI\napp = Flask(__name__)\napi = FastAPI()\n';
  const { notAnalysed } = await readFlask(project('flask', text));
  expect(notAnalysed[0]?.reason).toContain('--framework fastapi');
});

test('a list of addresses is no sign-in', async () => {
  const text =
    '@app.before_request\ndef ip_whitelist():\n    if request.remote_addr not in app.config["AUTH_IPS"]:\n        abort(403)\n' +
    '@app.get("/")\ndef home():\n    return {}\n';
  expect(kinds(await flaskRoute(text))).toEqual(['unknown']);
});

test('a key of another service and a docstring are no credentials of a route', async () => {
  const text =
    'def service():\n    """Asks for an Authorization header some day."""\n    return Stripe(settings.stripe_api_key)\n' +
    '@app.get("/plans")\ndef plans(s=Depends(service)):\n    return s.plans()\n';
  expect((await fastapiRoute(text))?.credentials).toEqual([]);
});

test('a check that the annotated caller makes is an authorization', async () => {
  const text =
    'class Denied(HTTPException):\n    status_code = 403\n' +
    'class Caller:\n    def authorize(self, right):\n        if right not in self.permissions:\n            raise Denied()\n' +
    'def require(right):\n    def check(caller: Caller = Depends(Caller)):\n        caller.authorize(right)\n        return caller\n    return check\n' +
    '@app.get("/roles")\ndef roles(who=Depends(require("roles"))):\n    return {}\n';
  expect(kinds(await fastapiRoute(text))).toContain('authz');
});
