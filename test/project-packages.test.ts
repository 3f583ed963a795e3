import { describe, expect, test } from 'vitest';
import { memoryTree } from '../src/kernel/tree.ts';
import { nodeFloor } from '../src/project/node-floor.ts';
import { addPackages, addScript, type Wanted } from '../src/project/packages.ts';
import type { PackageManager } from '../src/project/project.ts';
import { pythonFacts } from '../src/project/python.ts';
import { projectWith } from './project-input.ts';

const helmet: Wanted = { name: 'helmet', range: '^8.1.0', dev: false };

function textAfter(
  files: Record<string, string>,
  wanted: readonly Wanted[],
  manager: PackageManager = 'npm',
) {
  const [edit] = addPackages(projectWith(files, { packageManager: manager }), wanted).edits;
  if (edit?.end !== 'edited') throw new Error(`${edit?.end}`);
  return edit.text;
}

describe('package.json', () => {
  test('one line at its sorted place; tabs, CRLF and the missing last newline stay', () => {
    const text =
      '{\r\n\t"name": "a",\r\n\t"dependencies": {\r\n\t\t"express": "^5.0.0",\r\n\t\t"zod": "^4.0.0"\r\n\t}\r\n}';
    expect(textAfter({ 'package.json': text }, [helmet])).toBe(
      text.replace('\t\t"zod"', '\t\t"helmet": "^8.1.0",\r\n\t\t"zod"'),
    );
  });

  test('at the end where the list is not sorted', () => {
    const text =
      '{\n    "dependencies": {\n        "zod": "^4.0.0",\n        "express": "^5.0.0"\n    }\n}\n';
    expect(textAfter({ 'package.json': text }, [helmet])).toBe(
      text.replace('"^5.0.0"\n', '"^5.0.0",\n        "helmet": "^8.1.0"\n'),
    );
  });

  test('a byte-order mark stays, and a missing table is made', () => {
    const text = textAfter({ 'package.json': '\ufeff{\n  "name": "a"\n}\n' }, [
      { ...helmet, dev: true },
    ]);
    expect(text).toBe(
      '\ufeff{\n  "name": "a",\n  "devDependencies": {\n    "helmet": "^8.1.0"\n  }\n}\n',
    );
  });

  test('a range that is there stays; an older one is told', () => {
    const files = { 'package.json': '{ "dependencies": { "helmet": "^7.0.0", "zod": ">=3" } }' };
    const zod = { name: 'zod', range: '^4.0.0', dev: false };
    const done = addPackages(projectWith(files), [helmet, zod]);
    expect(done.edits).toEqual([
      { end: 'there', file: 'package.json', why: 'every package is declared' },
    ]);
    expect(done.install).toBeUndefined();
    expect(done.notes).toEqual([
      'helmet ^7.0.0 is declared and stays; the added code is tested with ^8.1.0',
    ]);
  });

  test('a package that only development installs moves to production with its own range', () => {
    const text =
      '{\n  "dependencies": {\n    "express": "^5.0.0"\n  },\n  "devDependencies": {\n    "helmet": "^8.0.0",\n    "vitest": "^4.0.0"\n  }\n}\n';
    const after = JSON.parse(textAfter({ 'package.json': text }, [helmet]));
    expect(after.dependencies).toEqual({ express: '^5.0.0', helmet: '^8.0.0' });
    expect(after.devDependencies).toEqual({ vitest: '^4.0.0' });
  });

  test.each([
    ['npm', undefined, 'npm install --ignore-scripts --no-audit --no-fund'],
    ['pnpm', undefined, 'pnpm install --ignore-scripts --no-frozen-lockfile'],
    ['yarn', 1, 'yarn install --ignore-scripts --non-interactive'],
    ['yarn', 4, 'yarn install --mode=skip-build --no-immutable'],
    ['bun', undefined, 'bun install --ignore-scripts'],
  ] as const)(
    '%s %s installs without running scripts',
    (packageManager, packageManagerMajor, line) => {
      const project = projectWith(
        { 'package.json': '{}' },
        { packageManager, packageManagerMajor },
      );
      expect(addPackages(project, [helmet]).install?.argv.join(' ')).toBe(line);
    },
  );

  test('a script is added behind the others, and one of that name stays', () => {
    const text = '{\n  "scripts": {\n    "start": "node .",\n    "build": "tsc"\n  }\n}\n';
    const once = addScript(text, 'test:security', 'node --test security');
    expect(once).toBe(
      text.replace('"tsc"\n', '"tsc",\n    "test:security": "node --test security"\n'),
    );
    expect(addScript(once, 'test:security', 'other')).toBe(once);
  });
});

const limits: Wanted = { name: 'limits[async-redis]', range: '>=5.0,<6', dev: false };

/** The project as detection describes it, so that manifest and package manager are the real ones. */
function python(files: Record<string, string>) {
  const all = { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', ...files };
  const tree = memoryTree(all);
  const [facts] = pythonFacts({ tree, above: memoryTree({}), within: '', wanted: 'flask' });
  if (facts === undefined) throw new Error('no Flask project');
  const { entry, ...rest } = facts;
  return projectWith(all, { ...rest, entry: entry.file, language: 'python', modules: undefined });
}

function pythonEdit(files: Record<string, string>, wanted: readonly Wanted[] = [limits]) {
  const done = addPackages(python(files), wanted);
  const [edit] = done.edits;
  if (edit === undefined) throw new Error('no edit');
  return { ...done, edit, install: done.install?.argv.join(' ') };
}

describe('requirements files', () => {
  test('one line at its sorted place; CRLF and the missing last newline stay', () => {
    const text = '# pinned\r\nflask==3.0.3\r\nredis==5.0.0';
    const { edit, install } = pythonEdit({ 'requirements.txt': text });
    expect(edit).toMatchObject({
      end: 'edited',
      text: '# pinned\r\nflask==3.0.3\r\nlimits[async-redis]>=5.0,<6\r\nredis==5.0.0',
    });
    expect(install).toBe(
      'python3 -m pip install --disable-pip-version-check -q -r requirements.txt',
    );
  });

  test('an included file counts, one that only tests install does not', () => {
    const files = {
      'requirements.txt': '-r base.txt\n',
      'base.txt': 'flask==3.0.3\nLimits==5.1.0\n',
      'requirements-dev.txt': 'pyjwt==2.9.0\n',
    };
    const jwt = { name: 'PyJWT', range: '>=2.9', dev: false };
    const { edit } = pythonEdit(files, [limits, jwt]);
    expect(edit).toMatchObject({ file: 'requirements.txt', text: '-r base.txt\nPyJWT>=2.9\n' });
  });

  test('a file with hashes is left to its compiler, with the lines to paste', () => {
    const text = 'flask==3.0.3 \\\n    --hash=sha256:abc\n';
    const { edit, install } = pythonEdit({ 'requirements.txt': text });
    expect(edit).toMatchObject({ end: 'cannot', paste: 'limits[async-redis]>=5.0,<6' });
    expect(install).toBeUndefined();
  });

  test('of a compiled file the source is edited', () => {
    const { edit, notes } = pythonEdit({
      'requirements.in': 'flask\n',
      'requirements.txt': '# This file is autogenerated by pip-compile\nflask==3.0.3\n',
    });
    expect(edit).toMatchObject({
      file: 'requirements.in',
      text: 'flask\nlimits[async-redis]>=5.0,<6\n',
    });
    expect(notes).toEqual([
      'requirements.txt is compiled from requirements.in: pip-compile -o requirements.txt requirements.in',
    ]);
  });

  test('of a compiled file with hashes the source is edited, and its own command is told', () => {
    const { edit, notes } = pythonEdit({
      'requirements.in': 'flask\n',
      'requirements.txt':
        '#    uv pip compile requirements.in --generate-hashes -o requirements.txt\nflask==3.0.3 \\\n    --hash=sha256:abc\n',
    });
    expect(edit).toMatchObject({ end: 'edited', file: 'requirements.in' });
    expect(notes).toEqual([
      'requirements.txt is compiled from requirements.in: uv pip compile requirements.in --generate-hashes -o requirements.txt',
    ]);
  });

  test('what a merge left is named with its line, and nothing is put beside it', () => {
    const text = 'flask==3.0.3\n<<<<<<< HEAD\nredis==5.0.0\n=======\n';
    const { edit } = pythonEdit({ 'requirements.txt': text });
    expect(edit).toMatchObject({
      end: 'cannot',
      why: 'line 2 is no requirement (<<<<<<< HEAD): mend it and add these',
    });
  });

  test('paths, addresses, options, markers and continued lines are no mistakes', () => {
    const text =
      '--extra-index-url https://example.org/simple\n-e .\nflask [async] >= 3 ; python_version > "3.9"  # web\ngit+https://example.org/a.git#egg=a\n./local-1.0.whl\nlocal-1.0-py3-none-any.whl\nother @ https://example.org/o.zip\nredis \\\n  >=5\n';
    expect(pythonEdit({ 'requirements.txt': text }).edit).toMatchObject({ end: 'edited' });
  });

  test('a constraint that is too old is told', () => {
    const { edit, notes } = pythonEdit({
      'requirements.txt': '-c constraints.txt\nflask==3.0.3\n',
      'constraints.txt': 'limits<4\n',
    });
    expect(edit.end).toBe('edited');
    expect(notes).toEqual([
      'limits <4 is declared and stays; the added code is tested with >=5.0,<6',
    ]);
  });

  test('a pin that is too old stays and is told', () => {
    const { edit, notes } = pythonEdit({ 'requirements.txt': 'flask==3.0.3\nlimits==3.5\n' });
    expect(edit.end).toBe('there');
    expect(notes).toEqual([
      'limits ==3.5 is declared and stays; the added code is tested with >=5.0,<6',
      'limits is declared without [async-redis]: add that',
    ]);
  });
});

describe('pyproject.toml, Pipfile, setup.py', () => {
  test('PEP 621: behind the last element, comments stay with theirs, CRLF stays', () => {
    const text =
      '[project]\r\nname = "a"\r\ndependencies = [\r\n  "flask>=3", # the framework\r\n]\r\n\r\n[tool.uv]\r\n';
    const { edit, install } = pythonEdit({ 'pyproject.toml': text });
    expect(edit).toMatchObject({
      text: text.replace(
        '# the framework\r\n',
        '# the framework\r\n  "limits[async-redis]>=5.0,<6",\r\n',
      ),
    });
    expect(install).toBe('uv sync');
  });

  test('PEP 621: no comma behind the last element, and lists of one line', () => {
    const head = '[project]\nname = "a"\ndependencies = ';
    const lines = pythonEdit({ 'pyproject.toml': `${head}[\n    'flask'\n]\n` });
    expect(lines.edit).toMatchObject({
      text: `${head}[\n    'flask',\n    'limits[async-redis]>=5.0,<6'\n]\n`,
    });
    const line = pythonEdit({ 'pyproject.toml': `${head}["flask"]\n` });
    expect(line.edit).toMatchObject({ text: `${head}["flask", "limits[async-redis]>=5.0,<6"]\n` });
  });

  test('dynamic dependencies cannot be edited there', () => {
    const files = {
      'pyproject.toml': '[project]\nname = "a"\ndynamic = ["dependencies"]\n',
      'setup.py': "setup(install_requires=['flask>=3'])\n",
    };
    const { edit } = pythonEdit(files);
    expect(edit).toMatchObject({
      end: 'cannot',
      file: 'setup.py',
      paste: 'limits[async-redis]>=5.0,<6',
    });
  });

  test('Poetry: a row with extras in its table, and only the new package is resolved', () => {
    const text =
      '[tool.poetry]\nname = "a"\n\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "^3.0" # web\n\n[tool.poetry.group.dev.dependencies]\npytest = "^8.0"\n';
    const { edit, install } = pythonEdit({ 'pyproject.toml': text });
    expect(edit).toMatchObject({
      text: text.replace(
        '# web\n',
        '# web\nlimits = { version = ">=5.0,<6", extras = ["async-redis"] }\n',
      ),
    });
    expect(install).toBe('poetry update --no-interaction limits');
  });

  test('setup.cfg: rows with the indentation of the others', () => {
    const text =
      '[options]\r\npackages = find:\r\ninstall_requires =\r\n  flask>=3\r\n\r\n  click\r\n\r\n[tool:pytest]\r\n';
    const { edit, install } = pythonEdit({ 'setup.cfg': text });
    expect(edit).toMatchObject({
      text: text.replace('  click\r\n', '  click\r\n  limits[async-redis]>=5.0,<6\r\n'),
    });
    expect(install).toMatch(/ limits\[async-redis\]>=5\.0,<6$/);
  });

  test.each([
    ['setup.py', "setup(install_requires=['flask>=3'])\n", /pip install \./],
    ['setup.cfg', '[options]\ninstall_requires = flask\n', /no list of install_requires/],
    ['environment.yml', 'dependencies:\n  - flask\n', /conda env update/],
  ])('%s is left to its owner', (file, text, why) => {
    expect(pythonEdit({ [file]: text }).edit).toMatchObject({
      end: 'cannot',
      file,
      why: expect.stringMatching(why),
    });
  });

  test('PDM installs what its manifest says', () => {
    const text = '[project]\nname = "a"\ndependencies = ["flask>=3"]\n\n[tool.pdm]\n';
    expect(pythonEdit({ 'pyproject.toml': text }).install).toBe('pdm install');
  });

  test.each(['pyproject.toml', 'Pipfile'])('a broken %s is named with its line', (file) => {
    expect(() => pythonEdit({ [file]: '[project]\nname = "a\n' })).toThrow(
      new RegExp(`^${file} cannot be read: .* in line 2$`),
    );
  });

  test('Pipfile', () => {
    const { edit, install } = pythonEdit({
      Pipfile: '[packages]\nflask = "*"\n\n[dev-packages]\n',
    });
    expect(edit).toMatchObject({
      text: '[packages]\nflask = "*"\nlimits = { version = ">=5.0,<6", extras = ["async-redis"] }\n\n[dev-packages]\n',
    });
    expect(install).toBe('pipenv install');
  });
});

describe('the oldest Node that a project runs on', () => {
  test.each([
    ['its engines', { 'package.json': '{ "engines": { "node": ">=18.12" } }' }, '18.12.0'],
    ['.nvmrc by name', { '.nvmrc': 'lts/jod\n' }, '22.0.0'],
    [
      'its image, newer than engines left behind',
      {
        'package.json': '{ "engines": { "node": ">=8" } }',
        Dockerfile: 'FROM node:20.11-alpine AS build\n',
      },
      '20.11.0',
    ],
    ['.node-version', { '.node-version': 'v24.1.0' }, '24.1.0'],
    ['nothing but ours', {}, process.versions.node],
  ])('%s', (_, files, version) => {
    expect(nodeFloor(projectWith(files as Record<string, string>))).toBe(version);
  });
});
