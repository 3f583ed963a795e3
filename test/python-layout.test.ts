import { expect, test } from 'vitest';
import { fastapi } from '../src/frameworks/fastapi/index.ts';
import { flask } from '../src/frameworks/flask/index.ts';
import { pythonLayout } from '../src/frameworks/python/layout.ts';
import { project } from './surfaces.ts';

const python = (entry: string, files: Record<string, string>, dependencies = {}) =>
  project(files, { language: 'python', framework: 'fastapi', entry, dependencies });

const made = 'from fastapi import FastAPI\napp = FastAPI()\n';

test('the folder stands in the package, or beside a script, and is imported as the project imports', () => {
  const at = (entry: string, files: Record<string, string>) => {
    const layout = pythonLayout(python(entry, files));
    return [layout.folder, layout.from(entry)];
  };
  expect(at('main.py', { 'main.py': made })).toEqual(['security', 'security']);
  const scripts = { 'app/main.py': `from db import get\n${made}`, 'app/db.py': '' };
  expect(at('app/main.py', scripts)).toEqual(['app/security', 'security']);
  const absolute = { 'app/main.py': `from app.db import get\n${made}`, 'app/db.py': '' };
  expect(at('app/main.py', absolute)).toEqual(['app/security', 'app.security']);
  const dots = { 'src/shop/__init__.py': '', 'src/shop/main.py': `from .db import get\n${made}` };
  expect(at('src/shop/main.py', dots)).toEqual(['src/shop/security', '.security']);
  const deep = {
    'shop/__init__.py': '',
    'shop/core/__init__.py': '',
    'shop/core/factory.py': `from ..db import get\n${made}`,
    'shop/db.py': '',
  };
  expect(at('shop/core/factory.py', deep)).toEqual(['shop/security', '..security']);
});

test('a name that the package uses already is left to it', () => {
  const folder = (files: Record<string, string>) =>
    pythonLayout(python('app/main.py', files)).folder;
  const base = {
    'app/__init__.py': '',
    'app/main.py': `from app.db import get\n${made}`,
    'app/db.py': '',
  };
  expect(folder({ ...base, 'app/security.py': '' })).toBe('app/api_security');
  expect(folder({ ...base, 'app/security/hash.py': '' })).toBe('app/api_security');
  expect(folder({ ...base, 'app/__init__.py': 'security = Security()\n' })).toBe(
    'app/api_security',
  );
});

test('an earlier folder is found by what stands in it, and stays the folder', () => {
  const policy =
    '"""What holds, printed from secure.yaml."""\n\nPOLICY: Policy = {\n    "level": "strict",\n    "controls": {"headers": True, "auth": False},\n    "auth": "session",\n}\n';
  const given = python('main.py', {
    'main.py': `from api_security import secure\n${made}secure(app)\n`,
    'api_security/__init__.py': 'def secure(app): ...\n',
    'api_security/policy.py': policy,
  });
  const { emitted, project: bare } = fastapi.bare(given);
  expect(emitted).toEqual({
    folder: 'api_security',
    level: 'strict',
    auth: 'session',
    controls: { headers: true, auth: false },
    place: { file: 'api_security/policy.py', line: 3 },
  });
  expect(bare.tree.paths()).toEqual(['main.py']);
  expect(bare.tree.read('main.py')).not.toContain('secure');
  expect(fastapi.layout(given).folder).toBe('api_security');
});

test('applications are started as the project names them', () => {
  const start = (entry: string, files: Record<string, string>, dependencies = {}) =>
    flask
      .boot(python(entry, files, dependencies))
      ?.argv.slice(2)
      .join(' ');
  const factory =
    'from flask import Flask\ndef create_app(test=None):\n    return Flask(__name__)\n';
  const caller = 'from shop import create_app\napplication = create_app()\n';
  expect(start('shop/__init__.py', { 'shop/__init__.py': factory })).toBe(
    'flask --app shop:create_app() run --port {port} --no-debugger --no-reload',
  );
  const both = { 'shop/__init__.py': factory, 'wsgi.py': caller, 'tests/test_a.py': caller };
  expect(start('shop/__init__.py', both, { gunicorn: '' })).toBe(
    'gunicorn --preload --bind 127.0.0.1:{port} --threads 4 wsgi:application',
  );
  const needed = factory.replace('test=None', 'settings');
  expect(start('shop/__init__.py', { 'shop/__init__.py': needed })).toBeUndefined();
  const backend = {
    'backend/app/main.py': `from app.db import a\n${made}`,
    'backend/app/db.py': '',
  };
  expect(fastapi.boot(python('backend/app/main.py', backend))).toMatchObject({
    argv: ['python3', '-m', 'uvicorn', 'app.main:app', '--port', '{port}'],
    cwd: 'backend',
  });
});

test('an application is started by the name under which servers look for it, however it is written', () => {
  const attribute = (text: string) => fastapi.boot(python('main.py', { 'main.py': text }))?.argv[3];
  const head = 'from fastapi import FastAPI\n';
  expect(attribute(`${head}internal = FastAPI()\napp = FastAPI()\n`)).toBe('main:app');
  expect(attribute(`${head}app = application = FastAPI()\n`)).toBe('main:application');
  expect(attribute(`${head}class Shop(FastAPI):\n    pass\n\napi = Shop()\n`)).toBe('main:api');
  expect(attribute(`${head}if True:\n    app = (FastAPI())\nelse:\n    app = FastAPI()\n`)).toBe(
    'main:app',
  );
});
