import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { refuses } from './refuses.ts';
import { bytesOf, clean, copyOf, emptyFolder, secure } from './run.ts';

afterEach(clean);

/** A copy of the Flask example, changed before anything is asked of it. */
function broken(change: (at: (file: string) => string) => void = () => undefined): string {
  const folder = copyOf('examples/flask');
  change((file) => path.join(folder, file));
  return folder;
}

const apply = ['apply', '.', '--yes', '--no-install'] as const;
const python2 = `from flask import Flask

app = Flask(__name__)


@app.route("/notes")
def notes():
    print "reading"
    return "[]"
`;

test.each(['express', 'nestjs', 'fastapi'])('a Flask project asked as %s', (framework) => {
  const wrong = new RegExp(`no ${framework} application was found`);
  refuses(broken(), [...apply, '--framework', framework], wrong, /requirements\.txt/);
});

test.each([['audit', '.'], ['plan', '.'], apply, ['.', '--yes']])(
  'an application in Python 2: %s',
  (...argv) => {
    const folder = emptyFolder();
    writeFileSync(path.join(folder, 'requirements.txt'), 'flask\n');
    writeFileSync(path.join(folder, 'app.py'), python2);
    refuses(folder, argv, /nothing was (?:audited|planned|applied)/, /app\.py.*Python 2.* line 8/);
  },
);

test('a Python 2 module of an application is named, and the audit goes on', () => {
  const module = 'app/views/hooks.py';
  const folder = broken((at) => appendFileSync(at(module), '\n\ndef old():\n    print "x"\n'));
  const ran = secure(folder, 'audit', '.', '--json');
  const { surface } = JSON.parse(ran.stdout);
  const reason = expect.stringContaining('Python 2');
  expect(surface.notAnalysed).toEqual([{ file: module, reason }]);
  expect(JSON.stringify(surface.unresolved)).toContain('hooks');
  expect(surface.routes.map((one: { path: string }) => one.path)).toContain(
    '/api/notes/<int:note_id>',
  );
  expect(ran.code).toBe(1);
});

test.each(['print "a"', 'raise E, "a"', 'x = 0777', 'x = 1L', 'x = a <> b', 'x = ur"a"', 'exec c'])(
  'Python 2 by %s',
  (line) => {
    const folder = emptyFolder();
    writeFileSync(path.join(folder, 'requirements.txt'), 'flask\n');
    const text = python2.replace('print "reading"', line);
    writeFileSync(path.join(folder, 'app.py'), text);
    expect(secure(folder, 'audit', '.').stderr).toContain('Python 2 syntax in line 8');
  },
);

test('a syntax error in the file that makes the application', () => {
  const folder = broken((at) => appendFileSync(at('app/__init__.py'), 'def (:\n'));
  refuses(folder, apply, /no file was read that makes/, /Mend app\/__init__\.py/);
});

test('no file that makes the application', () => {
  const folder = broken((at) => rmSync(at('app'), { recursive: true }));
  refuses(folder, apply, /no file was read that makes/, /app\/main\.py/);
});

test.each(['pyproject.toml', 'Pipfile'])(
  '%s that does not parse is named with its line',
  (file) => {
    const folder = broken((at) => writeFileSync(at(file), '[project]\nname = "a\n'));
    refuses(folder, ['audit', '.'], new RegExp(`${file} cannot be read: .*line 2`), /Mend line 2/);
  },
);

test('requirements.txt that is no text', () => {
  const folder = broken((at) =>
    writeFileSync(at('requirements.txt'), Buffer.from('flask>=3\n', 'utf16le')),
  );
  refuses(folder, apply, /requirements\.txt cannot be read/, /UTF-8/);
});

test('a version that is too old is audited, not hardened', () => {
  const folder = broken((at) => writeFileSync(at('requirements.txt'), 'Flask==0.12.2\n'));
  expect(secure(folder, 'audit', '.').code).toBe(1);
  refuses(folder, apply, /0\.12\.2 is audited/, /Upgrade/);
});

test('a read-only manifest is not written, nor anything else', () => {
  const folder = broken((at) => chmodSync(at('requirements.txt'), 0o444));
  refuses(folder, apply, /requirements\.txt .*read-only/, /Nothing was changed/);
});

/** Applied but for the manifest, which stays as it is with the lines to add; undo gives everything back. */
function leftByHand(files: Readonly<Record<string, string>>, why: RegExp): void {
  const folder = broken((at) => {
    rmSync(at('requirements.txt'));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(at(file)), { recursive: true });
      writeFileSync(at(file), text);
    }
  });
  const before = bytesOf(folder);
  const ran = secure(folder, ...apply);
  expect(ran.code, ran.stderr).toBe(1);
  expect(ran.stdout).toMatch(why);
  expect(ran.stdout).toMatch(/\n {4}limits>=\d/);
  for (const [file, text] of Object.entries(files))
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe(text);
  expect(secure(folder, 'undo').code).toBe(0);
  expect(bytesOf(folder)).toEqual(before);
}

const packages = 'flask>=3\nflask-cors>=6\ngunicorn\n';

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'hashes without a source',
    { 'requirements.txt': `flask==3.1.0 \\\n    --hash=sha256:${'a'.repeat(64)}\n` },
    /requirements\.txt: its lines carry hashes/,
  ],
  [
    'what a merge left',
    { 'requirements.txt': `${packages}<<<<<<< HEAD\n` },
    /requirements\.txt: line 4 is no requirement/,
  ],
  [
    'setup.py alone',
    { 'setup.py': "setup(install_requires=['flask>=3'])\n" },
    /setup\.py: a program/,
  ],
  ['conda', { 'environment.yml': 'dependencies:\n  - flask\n' }, /environment\.yml: conda/],
  [
    'dependencies that are read from elsewhere',
    {
      'pyproject.toml': '[project]\nname = "a"\ndynamic = ["dependencies"]\n',
      'setup.py': "setup(install_requires=['flask>=3'])\n",
    },
    /setup\.py: a program/,
  ],
])('a manifest with %s is left to its owner', (_name, files, why) => {
  leftByHand(files, why);
});

test('an included file and constraints: one list is added to, the others stay', () => {
  const folder = broken((at) => {
    mkdirSync(at('requirements'));
    writeFileSync(at('requirements.txt'), '-r requirements/prod.txt\n');
    writeFileSync(at('requirements/prod.txt'), '-r base.txt\n-c most.txt\ngunicorn\n');
    writeFileSync(at('requirements/base.txt'), `${packages}limits>=5.6\n`);
    writeFileSync(at('requirements/most.txt'), 'redis<5\n');
  });
  const before = bytesOf(folder);
  const ran = secure(folder, ...apply);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).toMatch(/^redis <5 is declared and stays/m);
  const text = readFileSync(path.join(folder, 'requirements.txt'), 'utf8');
  expect(text).toMatch(/^-r requirements\/prod\.txt\n(?:[\w-]+(?:\[\w+\])?>=\S+\n)+$/);
  expect(text).not.toMatch(/^limits/m);
  for (const name of ['prod', 'base', 'most'].map((one) => `requirements/${one}.txt`))
    expect(bytesOf(folder)[name]).toBe(before[name]);
});
