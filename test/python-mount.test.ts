import { expect, test } from 'vitest';
import { memoryTree } from '../src/kernel/tree.ts';
import { withoutFolder } from '../src/languages/python/bare.ts';
import { mountCall } from '../src/languages/python/mount.ts';
import { moduleName } from '../src/languages/python/names.ts';
import { parsedPython } from '../src/languages/python/ready.ts';

const call = (line: number, from = 'app.security') => ({
  line,
  from,
  name: 'secure',
  isOwn: (module: string) => module.startsWith('.') || /^app\b/.test(module),
});

function mounted(text: string, line: number, from?: string): string {
  const edit = mountCall(text, call(line, from));
  if (edit.end !== 'edited') throw new Error(JSON.stringify(edit));
  return edit.text;
}

test('the call stands behind the last route and in front of the start as a script', () => {
  const before = [
    'from fastapi import FastAPI',
    '',
    'app = FastAPI()',
    '',
    '',
    '@app.get("/")  # the page',
    'def page(): ...',
    '',
    '',
    'if __name__ == "__main__":',
    '    import uvicorn',
    '',
    '    uvicorn.run(app)',
    '',
  ];
  const after = mounted(before.join('\n'), 3).split('\n');
  expect(after).toEqual([
    'from fastapi import FastAPI',
    '',
    'from app.security import secure',
    '',
    'app = FastAPI()',
    '',
    '',
    '@app.get("/")  # the page',
    'def page(): ...',
    '',
    '',
    'secure(app)',
    '',
    '',
    ...before.slice(9),
  ]);
});

test('a start without a guard, and a name that becomes a wrapper, come behind the call', () => {
  const script = 'from flask import Flask\napp = Flask(__name__)\napp.run(port=5000)\n';
  expect(mounted(script, 2).split('\n').slice(-4)).toEqual([
    'app = Flask(__name__)',
    'secure(app)',
    'app.run(port=5000)',
    '',
  ]);
  const wrapped = 'from fastapi import FastAPI\napp = FastAPI()\napp = Wrapper(app)\n';
  expect(mounted(wrapped, 2)).toContain('app = FastAPI()\nsecure(app)\napp = Wrapper(app)\n');
});

test('a factory gets the call in front of each return, tabs and CRLF kept', () => {
  const text = [
    '\ufefffrom flask import Flask',
    'from .views import bp',
    '',
    'def create_app(test=False):',
    '\tapp = Flask(__name__)',
    '\tif test:',
    '\t\treturn app',
    '\tdef inner():',
    '\t\treturn None',
    '\treturn app',
  ].join('\r\n');
  expect(mounted(text, 5, '.security').split('\r\n')).toEqual([
    '\ufefffrom flask import Flask',
    'from .security import secure',
    'from .views import bp',
    '',
    'def create_app(test=False):',
    '\tapp = Flask(__name__)',
    '\tif test:',
    '\t\tsecure(app)',
    '\t\treturn app',
    '\tdef inner():',
    '\t\treturn None',
    '\tsecure(app)',
    '\treturn app',
  ]);
});

test('an application in a main function is complete before it is started there', () => {
  const text =
    'from fastapi import FastAPI\ndef main():\n    app = FastAPI()\n    uvicorn.run(app)\n';
  expect(mounted(text, 3)).toContain('    app = FastAPI()\n    secure(app)\n    uvicorn.run(app)');
});

test('shebang, coding line and future imports stay in front', () => {
  const head = '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n"""Doc."""\n';
  const text = `${head}from __future__ import annotations\nimport fastapi\napp = fastapi.FastAPI()\n`;
  expect(mounted(text, 6)).toBe(
    `${head}from __future__ import annotations\nimport fastapi\n\nfrom app.security import secure\napp = fastapi.FastAPI()\nsecure(app)\n`,
  );
});

test('a second run finds the call there', () => {
  const once = mounted('from fastapi import FastAPI\napp = FastAPI()\n', 2);
  expect(mountCall(once, call(4))).toEqual({ end: 'there' });
});

test('a file that has its own `secure` gets another name', () => {
  const text = 'import secure\nfrom fastapi import FastAPI\napp = FastAPI()\n';
  expect(mounted(text, 3)).toContain(
    'import secure as secure_app\napp = FastAPI()\nsecure_app(app)',
  );
});

test('an application without a name is left to its owner', () => {
  const text = 'from flask import Flask\ndef make():\n    return Flask(__name__)\n';
  expect(mountCall(text, call(3)).end).toBe('cannot');
});

test('without our folder the owner’s lines stand where they stood', () => {
  const text =
    'from .security import secure\nfrom .views import bp\napp = make()\nsecure(app)\nx = 1\n';
  const tree = memoryTree({ 'app/__init__.py': text, 'app/security/__init__.py': '' });
  const bare = withoutFolder(tree, 'app/security', () => false);
  expect(bare.paths()).toEqual(['app/__init__.py']);
  expect(
    bare
      .read('app/__init__.py')
      ?.split('\n')
      .map((line) => line.trim()),
  ).toEqual(['', 'from .views import bp', 'app = make()', '', 'x = 1', '']);
});

test('a module is named by what its imports resolve to', () => {
  const name = (file: string, files: Record<string, string>) => {
    const { root, dotted } = moduleName(memoryTree(files), file);
    return [root, dotted];
  };
  const flat = { 'src/main.py': 'from models import A\n', 'src/models.py': '' };
  expect(name('src/main.py', flat)).toEqual(['src', 'main']);
  const rooted = { 'src/main.py': 'from src.models import A\n', 'src/models.py': '' };
  expect(name('src/main.py', rooted)).toEqual(['', 'src.main']);
  const below = {
    'backend/app/main.py': 'from app.api import router\n',
    'backend/app/api.py': '',
    'backend/app/__init__.py': '',
  };
  expect(name('backend/app/main.py', below)).toEqual(['backend', 'app.main']);
});

test('statements of one line keep their order', () => {
  expect(mounted('import a; from flask import Flask; app = Flask(__name__); app.run()\n', 1)).toBe(
    'import a; from flask import Flask; from app.security import secure; app = Flask(__name__); secure(app); app.run()\n',
  );
  const factory = [
    'from flask import Flask',
    'def make(bare):',
    '    app = Flask(__name__)',
    '    if bare: return app',
    '    return app',
  ];
  expect(mounted(factory.join('\n'), 3)).toContain(
    '    if bare: secure(app); return app\n    secure(app)\n    return app',
  );
});

test('without our calls in a shared line, something stays that parses', () => {
  const text =
    'from flask import Flask; from .security import secure; app = Flask(__name__); secure(app)\nif app: secure(app)\n';
  const tree = memoryTree({ 'app/__init__.py': text, 'app/security/__init__.py': '' });
  const bare = withoutFolder(tree, 'app/security', () => false).read('app/__init__.py') ?? '';
  expect(bare).toHaveLength(text.length);
  expect(bare.replace(/ +/g, ' ')).toBe(
    'from flask import Flask; pass ; app = Flask(__name__); pass \nif app: pass \n',
  );
});

test('what wraps an application is not taken for it', () => {
  const text = 'from flask import Flask\napp = Wrapper(Flask(__name__))\n';
  expect(mountCall(text, call(2)).end).toBe('cannot');
  expect(mounted('from flask import Flask\napp = (Flask(name()))\n', 2)).toContain('secure(app)');
});

test('lines are the file’s own behind a byte order mark and an empty line', () => {
  for (const head of ['', '\ufeff', '\n\n', '\ufeff\n\n']) {
    const root = parsedPython(`${head}import a\n\napp = make()\n`);
    const first = head.split('\n').length;
    expect(root?.kids.map((kid) => kid.line)).toEqual([first, first + 2]);
  }
});

test('the call comes in front of what takes the inside of the application, not of what stays inside of it', () => {
  const text =
    'from flask import Flask\napp = Flask(__name__)\napp.wsgi_app = ProxyFix(app.wsgi_app)\nserved = Dispatcher(app.wsgi_app, {})\n';
  expect(mounted(text, 2)).toContain(
    'app.wsgi_app = ProxyFix(app.wsgi_app)\nsecure(app)\nserved = Dispatcher(app.wsgi_app, {})\n',
  );
});
