import { expect, test } from 'vitest';
import { controls } from '../src/controls/index.ts';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { keptAuth } from '../src/policy/adopt.ts';
import type { Project } from '../src/project/project.ts';
import type { Surface } from '../src/surface/surface.ts';
import { pythonProject } from './surfaces-python.ts';

type Input = string | Record<string, string>;
type Versions = Readonly<Record<string, string>>;

async function read(
  framework: 'fastapi' | 'flask',
  input: Input,
  dependencies: Versions = {},
): Promise<Surface> {
  const project: Project = {
    ...pythonProject(framework),
    tree: memoryTree(typeof input === 'string' ? { 'app.py': input } : input),
    dependencies: { ...dependencies },
  };
  return framework === 'fastapi' ? readFastapi(project) : readFlask(project);
}

const judged = (surface: Surface) => Object.values(controls).map((one) => one.audit(surface));
const ids = (surface: Surface): string[] =>
  judged(surface).flatMap(({ findings }) => findings.map(({ id }) => id));
const state = (surface: Surface, control: string): string | undefined =>
  judged(surface).find(({ posture }) => posture?.control === control)?.posture?.state;
const kinds = (surface: Surface, id: string): string[] =>
  surface.routes.find((one) => one.id === id)?.guards.flatMap((one) => one.kinds) ?? [];

const flask = 'from flask import Flask, request\napp = Flask(__name__)\n';
const fastapi = 'from fastapi import Depends, FastAPI, Request\napp = FastAPI()\n';

test.each([
  ['python-jose', '3.3.0', 'auth/vulnerable-library'],
  ['python-jose', '3.5.0', 'auth/abandoned-library'],
  ['passlib', '1.7.4', 'auth/abandoned-library'],
  ['bleach', '6.2.0', 'validation/abandoned-library'],
  ['starlette', '0.40.0', 'validation/vulnerable-library'],
  ['Flask', '3.0.3', 'auth/vulnerable-library'],
  ['Flask-Cors', '4.0.1', 'cors/vulnerable-library'],
])('%s %s is told', async (name, version, id) => {
  expect(ids(await read('flask', flask, { [name]: `==${version}` }))).toContain(id);
});

test('libraries at their floor are not told', async () => {
  const versions = { Flask: '==3.1.3', starlette: '==1.3.1', 'Flask-Cors': '==6.0.2' };
  expect(ids(await read('flask', flask, versions)).filter((id) => /library$/.test(id))).toEqual([]);
});

test.each<[string, string]>([
  ['app.run(debug=True)', 'errors/debug'],
  ['app.debug = True', 'errors/debug'],
  ['app.config.update(DEBUG=True)', 'errors/debug'],
  ['app.secret_key = "3f9a7c1d"', 'auth/secret-in-source'],
  ['app.config.from_mapping(SECRET_KEY="3f9a7c1d")', 'auth/secret-in-source'],
  ['import os\napp.secret_key = os.getenv("KEY", "3f9a7c1d")', 'auth/secret-fallback'],
  [
    'import jwt\njwt.decode(t, k, algorithms=["HS256"], options={"verify_signature": False})',
    'auth/jwt-unverified',
  ],
  [
    'import jwt\nhow = {"verify_signature": False}\njwt.decode(t, k, options=how)',
    'auth/jwt-unverified',
  ],
  [
    'from jose import jwt as tokens\ntokens.decode(t, k, options={"verify_signature": False})',
    'auth/jwt-unverified',
  ],
  [
    'from jwt import encode\nencode({"sub": 1}, "3f9a7c1d", algorithm="HS256")',
    'auth/secret-in-source',
  ],
  ['import jwt\njwt.encode({"sub": 1, "password": p}, key)', 'auth/jwt-record'],
  ['import jwt\njwt.decode(t, k, algorithms=["none"])', 'auth/jwt-none'],
  [
    'from flask_cors import CORS\nCORS(app, origins="*", supports_credentials=True)',
    'cors/any-origin-with-credentials',
  ],
  [
    'from flask_cors import CORS\nCORS(app, resources={r"/api/*": {"origins": "*"}})',
    'cors/any-origin',
  ],
  [
    '@app.after_request\ndef open(r):\n    r.headers["Access-Control-Allow-Origin"] = "*"\n    return r',
    'cors/any-origin',
  ],
  ['app.config["SESSION_COOKIE_SECURE"] = False', 'auth/cookie-no-secure'],
  ['app.config["WTF_CSRF_ENABLED"] = False', 'csrf/off'],
  [
    '@app.get("/in")\ndef sign_in():\n    r = make_response()\n    r.set_cookie("session", "1")\n    return r',
    'auth/cookie-no-httponly',
  ],
  [
    'from flask import render_template_string\n@app.get("/hi")\ndef hi():\n    return render_template_string("Hi " + request.args["name"])',
    'validation/template',
  ],
  [
    '@app.get("/hi")\ndef hi():\n    return f"<h1>{request.args[\'name\']}</h1>"',
    'validation/html',
  ],
  [
    'from flask_login import login_required\n@login_required\n@app.get("/me")\ndef me():\n    return {}',
    'auth/dead-guard',
  ],
  [
    '@app.post("/users")\ndef add():\n    data = request.get_json()\n    user = User(**data)\n    return {}',
    'validation/mass-assignment',
  ],
])('Flask: %j is %s', async (text, id) => {
  expect(ids(await read('flask', `${flask}${text}\n`))).toContain(id);
});

test('a debugger that everybody reaches is the worst', async () => {
  const surface = await read('flask', `${flask}app.run(host="0.0.0.0", debug=True)\n`);
  const found = judged(surface).flatMap(({ findings }) => findings);
  expect(found.find(({ id }) => id === 'errors/debug')?.severity).toBe('critical');
  expect(found.map(({ id }) => id)).toContain('authz/bind-all');
});

test.each<[string, string]>([
  [
    'from fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)',
    'cors/any-origin-with-credentials',
  ],
  [
    'from fastapi.middleware.cors import CORSMiddleware\norigins = ["https://a.example", "*"]\napp.add_middleware(CORSMiddleware, allow_origins=origins)',
    'cors/any-origin',
  ],
  [
    'from fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, allow_origin_regex="https://.*example.com", allow_credentials=True)',
    'cors/loose-pattern',
  ],
  [
    'from starlette.middleware.sessions import SessionMiddleware\napp.add_middleware(SessionMiddleware, secret_key="3f9a7c1d")',
    'auth/session-client-side',
  ],
  [
    'from starlette.middleware.sessions import SessionMiddleware\napp.add_middleware(SessionMiddleware, secret_key="3f9a7c1d")',
    'auth/secret-in-source',
  ],
  [
    'from starlette.middleware.sessions import SessionMiddleware\napp.add_middleware(SessionMiddleware, secret_key=key)',
    'auth/cookie-no-secure',
  ],
  [
    'from slowapi import Limiter\nlimiter = Limiter(key_func=f)\n@limiter.limit("5/minute")\n@app.post("/pay")\ndef pay(request: Request):\n    return {}',
    'auth/dead-guard',
  ],
  ['import uvicorn\nuvicorn.run(app, host="0.0.0.0")', 'authz/bind-all'],
])('FastAPI: %j is %s', async (text, id) => {
  expect(ids(await read('fastapi', `${fastapi}${text}\n`))).toContain(id);
});

test.each<[string, string, RegExp]>([
  [
    'settings for tests',
    'class TestConfig:\n    DEBUG = True\n    WTF_CSRF_ENABLED = False\n    SECRET_KEY = "testing-only"',
    /debug|csrf\/off/,
  ],
  [
    'debugging that production switches off',
    'class Config:\n    DEBUG = True\nclass Production(Config):\n    DEBUG = False',
    /debug/,
  ],
  [
    'a name of a cookie',
    'TOKEN_COOKIE_NAME = "access_token"\nREFRESH_TOKEN_KEY = "refresh_token"',
    /secret|password/,
  ],
  [
    'a password typed twice',
    'def f(data):\n    if data.password != data.confirm_password:\n        return 1',
    /password-plain/,
  ],
  [
    'the digest of an avatar',
    'import hashlib\ndef gravatar(mail):\n    return hashlib.md5(mail).hexdigest()',
    /weak-crypto/,
  ],
  [
    'a number of made-up data',
    'import random\ndef fake_posts():\n    session_id = random.randint(1, 9)',
    /weak-random/,
  ],
  [
    'a cookie whose flags are all decided',
    '@app.get("/t")\ndef t():\n    r = make_response()\n    r.set_cookie("theme", "dark", secure=False, httponly=False, samesite="Lax")\n    return r',
    /cookie/,
  ],
  [
    'a redirect below a fixed host',
    '@app.get("/go")\ndef go():\n    return redirect(f"{BASE}?next={request.args[\'n\']}")',
    /redirect/,
  ],
  [
    'a number in a query',
    '@app.get("/n/<int:n>")\ndef one(n):\n    return db.execute(f"select * from t where id = {int(request.args[\'n\'])}")',
    /validation\/sql/,
  ],
  [
    'a database session',
    '@app.post("/d/<int:n>")\ndef gone(n):\n    item = session.get(Item, n)\n    session.delete(item)\n    return {}',
    /outbound/,
  ],
  [
    'a message of a foreseen error',
    'def f():\n    try:\n        g()\n    except ValueError as e:\n        return str(e), 400',
    /message-leak/,
  ],
])('Flask: %s is no finding', async (_, text, id) => {
  expect(ids(await read('flask', `${flask}${text}\n`)).filter((one) => id.test(one))).toEqual([]);
});

test('a CORS list from the environment is Unknown, and stays', async () => {
  const text = `${fastapi}import os\nfrom fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, allow_origins=os.environ["ORIGINS"].split(","))\n`;
  const line = controls.cors.audit(await read('fastapi', text)).posture;
  expect(line).toMatchObject({ state: 'Unknown', good: false, stays: true });
});

test('origins are read through settings of the project', async () => {
  const surface = await read('fastapi', {
    'settings.py': 'class Settings:\n    origins = ["https://a.example"]\nsettings = Settings()\n',
    'app.py': `${fastapi}from fastapi.middleware.cors import CORSMiddleware\nfrom settings import settings\napp.add_middleware(CORSMiddleware, allow_origins=[str(o) for o in settings.origins])\n`,
  });
  expect(state(surface, 'cors')).toBe('Strict');
});

test('an application that logs is not told that it logs nothing', async () => {
  const text = `${flask}@app.get("/")\ndef home():\n    app.logger.info("home")\n    return {}\n`;
  const surface = await read('flask', text);
  expect(ids(surface)).not.toContain('logging/none');
  expect(state(surface, 'logging')).toBe('Basic');
});

const login = '@app.post("/login")\ndef login():\n    return {}\n';

test.each<[string, string, string, string]>([
  [
    'Flask-Limiter',
    'from flask_limiter import Limiter\nlimiter = Limiter(key, app=app, default_limits=["60/minute"])\n',
    'POST /login',
    'ratelimit',
  ],
  [
    'Flask-WTF',
    'from flask_wtf.csrf import CSRFProtect\nCSRFProtect(app)\n',
    'POST /login',
    'csrf',
  ],
  [
    'flask-talisman',
    'from flask_talisman import Talisman\nTalisman(app)\n',
    'POST /login',
    'headers',
  ],
  [
    'Flask-CORS',
    'from flask_cors import CORS\nCORS(app, origins=["https://a.example"])\n',
    'POST /login',
    'cors',
  ],
])('%s is recognised', async (_, text, id, kind) => {
  expect(kinds(await read('flask', flask + text + login), id)).toContain(kind);
});

test('the headers of flask-talisman are complete and kept', async () => {
  const text = `${flask}from flask_talisman import Talisman\nTalisman(app)\n${login}`;
  expect(controls.headers.audit(await read('flask', text)).posture?.good).toBe(true);
});

test.each<[string, string]>([
  [
    'Flask-Login',
    'from flask_login import login_required\n@app.get("/me")\n@login_required\ndef me():\n    return {}\n',
  ],
  [
    'flask-jwt-extended',
    'from flask_jwt_extended import jwt_required\n@app.get("/me")\n@jwt_required()\ndef me():\n    return {}\n',
  ],
  [
    'Flask-HTTPAuth',
    'from flask_httpauth import HTTPTokenAuth\nauth = HTTPTokenAuth()\n@app.get("/me")\n@auth.login_required\ndef me():\n    return {}\n',
  ],
  [
    'Flask-Security',
    'from flask_security import roles_required\n@app.get("/me")\n@roles_required("admin")\ndef me():\n    return {}\n',
  ],
  [
    'Authlib',
    'from authlib.integrations.flask_oauth2 import ResourceProtector\nrequire_oauth = ResourceProtector()\n@app.get("/me")\n@require_oauth("profile")\ndef me():\n    return {}\n',
  ],
  [
    'PyJWT in a decorator',
    'import jwt\nfrom flask import abort\ndef signed_in(f):\n    def inner(*a):\n        try:\n            jwt.decode(request.headers["Authorization"], key, algorithms=["HS256"])\n        except jwt.PyJWTError:\n            abort(401)\n        return f(*a)\n    return inner\n@app.get("/me")\n@signed_in\ndef me():\n    return {}\n',
  ],
])('the authentication of %s is kept', async (_, text) => {
  const surface = await read('flask', flask + text);
  expect(kinds(surface, 'GET /me')).toContain('auth');
  expect(keptAuth(surface)).toContain('guards GET /me');
});

test.each<[string, string]>([
  [
    'fastapi-users',
    'from fastapi_users import FastAPIUsers\nusers = FastAPIUsers(m, [b])\ncurrent = users.current_user(active=True)\n@app.get("/me")\ndef me(user=Depends(current)):\n    return {}\n',
  ],
  [
    'OAuth2PasswordBearer',
    'from fastapi.security import OAuth2PasswordBearer\nscheme = OAuth2PasswordBearer(tokenUrl="/login")\n@app.get("/me")\ndef me(token: str = Depends(scheme)):\n    return {}\n',
  ],
  [
    'PyJWT in a dependency',
    'import jwt\nfrom fastapi import HTTPException\ndef user(request: Request):\n    try:\n        return jwt.decode(request.headers["Authorization"], key, algorithms=["HS256"])\n    except jwt.PyJWTError:\n        raise HTTPException(401)\n@app.get("/me")\ndef me(who=Depends(user)):\n    return {}\n',
  ],
])('the authentication of %s is kept', async (_, text) => {
  const surface = await read('fastapi', fastapi + text);
  expect(kinds(surface, 'GET /me')).toContain('auth');
  expect(keptAuth(surface)).toContain('guards GET /me');
});

test('slowapi and limits are recognised where they stand', async () => {
  const text = `${fastapi}from slowapi import Limiter\nlimiter = Limiter(key_func=f)\n@app.post("/pay")\n@limiter.limit("5/minute")\ndef pay(request: Request):\n    return {}\n`;
  expect(kinds(await read('fastapi', text), 'POST /pay')).toContain('ratelimit');
});
