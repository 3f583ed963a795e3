import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { refuses } from './refuses.ts';
import { bytesOf, clean, copyOf, emptyFolder, secure } from './run.ts';

afterAll(clean);

/** A copy of the Express example, changed before anything is asked of it. */
function broken(change: (at: (file: string) => string) => void = () => undefined): string {
  const folder = copyOf('examples/express');
  change((file) => path.join(folder, file));
  return folder;
}

const apply = ['apply', '.', '--yes', '--no-install'] as const;

test.each<[string, readonly string[], RegExp, RegExp]>([
  ['a misspelt option', ['audit', '.', '--lvel', 'strict'], /'--lvel'/, /--level/],
  ['a misspelt command', ['audti', '.'], /no command audti/, /audit, plan/],
  ['an option without its value', ['audit', '.', '--level'], /argument missing/, /--help/],
  ['an unknown framework', ['audit', '.', '--framework', 'rails'], /'rails'/, /express, nestjs/],
  ['a framework that is not there', ['audit', '.', '--framework', 'flask'], /no flask/i, /folder/],
  ['an unknown level', ['audit', '.', '--level', 'extreme'], /'extreme'/, /basic, standard/],
  ['an unknown severity', ['audit', '.', '--fail-on', 'bad'], /'bad'/, /high, critical/],
  [
    'a plan with oauth',
    ['plan', '.', '--auth', 'oauth'],
    /later version/,
    /jwt, session or apikey/,
  ],
  ['an apply with oauth', [...apply, '--auth', 'oauth'], /later version/, /audit works/],
  ['a report in no known format', ['audit', '.', '--report', 'x.pdf'], /x\.pdf/, /\.sarif/],
  ['a report in no folder', [...apply, '--report', 'no/x.md'], /no folder/, /Make it/],
  [
    'a report in place of a folder',
    ['audit', '.', '--report', 'x.md/y.md'],
    /no folder/,
    /Make it/,
  ],
  [
    'a baseline that is not there',
    ['audit', '.', '--baseline', 'b.json'],
    /b\.json cannot be read/,
    /--update-baseline/,
  ],
  ['a baseline without a name', ['audit', '.', '--update-baseline'], /which file/, /--baseline /],
  [
    'a baseline that is none',
    ['audit', '.', '--baseline', 'package.json'],
    /package\.json/,
    /Write it anew/,
  ],
  ['an address that is none', ['verify', '.', '--url', 'ftp://x'], /ftp:\/\/x/, /http:\/\//],
  [
    'an address of nobody',
    ['verify', '.', '--url', 'http://127.0.0.1:1'],
    /nothing listens/,
    /Start/,
  ],
  ['a shell line', ['.', '--yes', '--start', 'a | b'], /shell line/, /script/],
  ['a path that does not exist', ['audit', 'src/nope.js'], /src\/nope\.js/, /endpoint pattern/],
  ['a folder of no application', ['audit', '/etc'], /no Express/, /folder/],
  ['a pattern of no route', ['audit', '/nothing/*'], /no route fits/, /\/api\/users/],
  ['a glob of no file', ['audit', 'src/routes/*.zz'], /\*\.zz/, /./],
  ['a file of no route', ['audit', 'src/store.js'], /no route/, /src\/routes\/users\.js/],
  ['an apply on no terminal', ['apply', '.'], /no terminal/, /--yes/],
  ['an undo of nothing', ['undo'], /nothing to undo/, /./],
  ['an unknown id', ['explain', 'auth/nothing'], /auth\/nothing/, /./],
])('%s', (_name, argv, wrong, todo) => {
  refuses(broken(), argv, wrong, todo);
});

test.each<[string, string, RegExp, RegExp]>([
  ['no YAML', 'version: 1\nroutes: [\n', /secure\.yaml:3: /, /delete the file/],
  ['a key twice', 'version: 1\nlevel: basic\nlevel: strict\n', /secure\.yaml:3: /, /delete/],
  ['an empty text', '', /secure\.yaml:1: it holds no decisions/, /version: 1/],
  ['a sentence', 'hello\n', /secure\.yaml:1: it holds no decisions/, /version: 1/],
  ['a misspelt key', 'version: 1\nlevle: strict\n', /secure\.yaml:2: .*levle/, /mean level\?/],
  ['a level of no name', 'version: 1\n\nlevel: extreme\n', /secure\.yaml:3: .*basic/, /Mend/],
  [
    'a misspelt key of a route',
    'version: 1\nroutes:\n  GET /health:\n    acess: public\n',
    /secure\.yaml:4: .*acess/,
    /Mend/,
  ],
  [
    'an access of no name',
    'version: 1\nroutes:\n  GET /health:\n    limit: api\n    access: some\n',
    /secure\.yaml:5: /,
    /Mend/,
  ],
  [
    'a route that is not there',
    'version: 1\nroutes:\n  GET /nope:\n    access: public\n',
    /secure\.yaml:3: GET \/nope/,
    /secure audit/,
  ],
  [
    'roles without authentication',
    'version: 1\ncontrols:\n  auth: "off"\n  authz: "on"\n',
    /secure\.yaml:4: /,
    /switch auth on/,
  ],
  [
    'a user where authentication is kept',
    'version: 1\nauth: kept\nroutes:\n  GET /health:\n    access: user\n',
    /secure\.yaml:4: GET \/health/,
    /access: kept/,
  ],
])('decisions with %s', (_name, text, wrong, todo) => {
  const folder = broken((at) => writeFileSync(at('secure.yaml'), text));
  refuses(folder, apply, wrong, todo);
});

test('decisions that are no UTF-8 are not passed over', () => {
  const folder = broken((at) => writeFileSync(at('secure.yaml'), Buffer.from([0x61, 0xff])));
  refuses(folder, ['audit', '.'], /secure\.yaml .*UTF-8/, /Mend it/);
});

test('package.json that does not parse is named with its line', () => {
  const folder = broken((at) => {
    const text = readFileSync(at('package.json'), 'utf8');
    writeFileSync(at('package.json'), text.replace('"type":', '"type"'));
  });
  refuses(folder, ['audit', '.'], /package\.json.*line \d/, /line \d/);
});

test('a version that is too old', () => {
  const folder = broken((at) => {
    const text = readFileSync(at('package.json'), 'utf8');
    writeFileSync(at('package.json'), text.replace(/"express": "[^"]*"/, '"express": "^3.21.2"'));
    rmSync(at('package-lock.json'));
  });
  refuses(folder, ['audit', '.'], /express 3\.21\.2 is not supported/, /4/);
});

test('two applications are named with a command each', () => {
  const folder = emptyFolder();
  for (const name of ['shop', 'admin'])
    cpSync(copyOf('examples/express'), path.join(folder, name), { recursive: true });
  refuses(folder, ['audit', '.'], /admin.*shop/, /secure (?:audit )?admin/);
});

test('an empty folder', () => {
  refuses(emptyFolder(), ['audit', '.'], /no Express/, /package\.json/);
});

test('a syntax error in one file: the audit goes on and names it', () => {
  const folder = broken((at) => appendFileSync(at('src/routes/users.js'), 'const = ;\n'));
  const ran = secure(folder, 'audit', '.', '--json');
  const { surface } = JSON.parse(ran.stdout);
  expect(surface.notAnalysed.map((one: { file: string }) => one.file)).toEqual([
    'src/routes/users.js',
  ]);
  expect(surface.routes.map((one: { path: string }) => one.path)).toContain('/api/notes/:id');
  expect(ran.code).toBe(1);
});

test('a source that is no UTF-8 is named, not passed over', () => {
  const folder = broken((at) => appendFileSync(at('src/routes/users.js'), Buffer.from([0xff])));
  const { project } = JSON.parse(secure(folder, 'audit', '.', '--json').stdout);
  expect(project.notes.join()).toContain('src/routes/users.js');
});

test('a folder in the place of a router: the audit goes on and says what is open', () => {
  const folder = broken((at) => {
    rmSync(at('src/routes/users.js'));
    mkdirSync(at('src/routes/users.js'));
  });
  const { surface } = JSON.parse(secure(folder, 'audit', '.', '--json').stdout);
  expect(JSON.stringify(surface.unresolved)).toContain('users');
});

test('nothing is applied where no file makes the application', () => {
  const folder = broken((at) => {
    rmSync(at('src/app.js'));
    rmSync(at('src/server.js'));
  });
  refuses(folder, apply, /no file was read that makes/, /secure apply/);
});

test('nothing is applied where the file that makes the application has a syntax error', () => {
  const folder = broken((at) => appendFileSync(at('src/app.js'), 'const = ;\n'));
  refuses(folder, apply, /no file was read that makes/, /Mend src\/app\.js/);
});

test('nothing is applied where the file that makes the application lies outside', () => {
  const outside = path.join(emptyFolder(), 'app.js');
  const folder = broken((at) => {
    renameSync(at('src/app.js'), outside);
    symlinkSync(outside, at('src/app.js'));
  });
  const text = readFileSync(outside, 'utf8');
  refuses(folder, apply, /no file was read that makes/, /app/);
  expect(readFileSync(outside, 'utf8')).toBe(text);
});

test('nothing is written through a link out of the project', () => {
  const outside = emptyFolder();
  const folder = broken((at) => symlinkSync(outside, at('src/security')));
  refuses(folder, apply, /leads out of the project/, /Nothing was changed/);
  expect(bytesOf(outside)).toEqual({});
});

test('a read-only file is not written, nor any other', () => {
  const folder = broken((at) => chmodSync(at('src/app.js'), 0o444));
  refuses(folder, apply, /src\/app\.js .*read-only/, /Nothing was changed/);
});

test('an undo does not lose what the owner edited since', () => {
  const folder = broken();
  expect(secure(folder, ...apply).code).toBe(0);
  appendFileSync(path.join(folder, 'src/app.js'), '// mine\n');
  refuses(folder, ['undo'], /src\/app\.js/, /--force/);
});

test('no git is no obstacle', () => {
  expect(secure(broken(), ...apply).code).toBe(0);
});

test('everything is given back when the package manager reaches no registry', () => {
  const folder = broken((at) => {
    writeFileSync(at('.npmrc'), 'registry=http://127.0.0.1:9/\nfetch-retries=0\n');
    rmSync(at('package-lock.json'));
  });
  refuses(folder, ['apply', '.', '--yes'], /npm install.*given back.*ECONNREFUSED/, /--no-install/);
});

test('an application that does not boot is told in one line', () => {
  const folder = broken();
  refuses(
    folder,
    ['verify', '.', '--no-test', '--start', 'node src/nope.js'],
    /Cannot find module/,
    /--start/,
  );
});

test('a fixed port that is in use is told as such', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const folder = broken((at) =>
    writeFileSync(
      at('fixed.cjs'),
      `require('http').createServer().listen(${port}, '127.0.0.1');\n`,
    ),
  );
  try {
    refuses(
      folder,
      ['verify', '.', '--no-test', '--start', 'node fixed.cjs'],
      /EADDRINUSE/,
      /in use/,
    );
  } finally {
    server.close();
  }
});
