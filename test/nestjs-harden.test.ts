import { expect, test } from 'vitest';
import { controlIds } from '../src/controls/control.ts';
import { nestjs } from '../src/frameworks/nestjs/index.ts';
import type { KnownError } from '../src/kernel/errors.ts';
import { isParsed, parseFile } from '../src/languages/javascript/parse.ts';
import type { Project } from '../src/project/project.ts';
import { applied, exampleFiles, main, moduleWith, planFor, project } from './nestjs-input.ts';

function addedLines(before: string, after: string): string[] {
  const known = before.split('\n');
  return after.split('\n').filter((line) => !known.includes(line));
}

test('the example gets four lines, and a second run changes nothing', async () => {
  const example = project(exampleFiles());
  const { plan } = await planFor(example);
  expect(plan.cannot).toEqual([]);
  const changed = Object.entries(plan.edited).map(([file, text]) => [
    file,
    addedLines(example.tree.read(file) ?? '', text),
  ]);
  expect(Object.fromEntries(changed)).toEqual({
    'src/main.ts': ["import { secure } from './security';", '  secure(app);'],
    'src/app.module.ts': [
      "import { SecurityModule } from './security';",
      '  imports: [SecurityModule],',
    ],
  });
  const { plan: again } = await planFor(applied(example, plan));
  expect(again.edited).toEqual({});
  expect(again.files).toEqual(plan.files);
});

test('every emitted file parses and imports files that are emitted', async () => {
  const { plan } = await planFor(project(exampleFiles()));
  const names = new Set(plan.files.map(({ file }) => file));
  for (const { file, text } of plan.files) {
    expect(isParsed(parseFile(file, text)), file).toBe(true);
    for (const [, name] of text.matchAll(/from '\.\/([\w-]+)'/g)) {
      expect(names, `${file} imports ${name}`).toContain(`src/security/${name}.ts`);
    }
  }
});

const modules: readonly [string, string, string][] = [
  ['no imports', '{ controllers: [] }', '{ imports: [SecurityModule], controllers: [] }'],
  ['nothing at all', '{}', '{ imports: [SecurityModule] }'],
  ['an empty list', '{ imports: [] }', '{ imports: [SecurityModule] }'],
  ['one on its line', '{ imports: [A] }', '{ imports: [A, SecurityModule] }'],
  [
    'one a line',
    '{\n  imports: [\n    A,\n    B.forRoot({ a: 1 }),\n  ],\n}',
    '{\n  imports: [\n    A,\n    B.forRoot({ a: 1 }),\n    SecurityModule,\n  ],\n}',
  ],
  [
    'no last comma',
    '{\n    imports: [\n        A,\n        B\n    ]\n}',
    '{\n    imports: [\n        A,\n        B,\n        SecurityModule\n    ]\n}',
  ],
  ['a list by name', '{ imports: all }', '{ imports: [SecurityModule, ...all] }'],
];

test.each(modules)('a root module with %s', async (_name, before, after) => {
  const given = project({ 'src/main.ts': main, 'src/app.module.ts': moduleWith(before) });
  const { plan } = await planFor(given);
  expect(plan.edited['src/app.module.ts']).toContain(`@Module(${after})`);
  const { project: bare } = nestjs.bare(applied(given, plan));
  expect(bare.tree.read('src/app.module.ts')).not.toContain('SecurityModule');
});

test('a root module behind an alias and a default export is found', async () => {
  const { plan } = await planFor(
    project({
      'tsconfig.json': '{"compilerOptions":{"baseUrl":".","paths":{"@/*":["src/*"]}}}',
      'src/main.ts': main.replace(
        "import { AppModule } from './app.module'",
        "import AppModule from '@/app'",
      ),
      'src/app/index.ts': "export { default } from './app.module';\n",
      'src/app/app.module.ts':
        "import { Module } from '@nestjs/common';\n@Module({})\nclass AppModule {}\nexport default AppModule;\n",
    }),
  );
  expect(plan.edited['src/app/app.module.ts']).toContain("from '../security'");
});

test('a root module that a function of the project is given is found', async () => {
  const { plan } = await planFor(
    project(
      {
        'src/main.ts':
          "import { AppModule } from './app.module';\nimport { Server } from './server';\nServer.make(AppModule);\n",
        'src/server.ts': main
          .replace("import { AppModule } from './app.module';\n", '')
          .replace(
            'async function bootstrap() {',
            'export class Server {\n static async make(module: any) {',
          )
          .replace('create(AppModule)', 'create(module)')
          .replace('bootstrap();', '}'),
        'src/app.module.ts': moduleWith('{}'),
      },
      { entry: 'src/server.ts' },
    ),
  );
  expect(plan.cannot).toEqual([]);
  expect(plan.edited['src/app.module.ts']).toContain('imports: [SecurityModule]');
  expect(plan.edited['src/server.ts']).toContain('secure(app);');
});

test('a module and a bootstrap in one file are edited together', async () => {
  const { plan } = await planFor(
    project({
      'src/main.ts': main.replace(
        "import { AppModule } from './app.module';",
        "import { Module } from '@nestjs/common';\n\n@Module({})\nclass AppModule {}",
      ),
    }),
  );
  const text = plan.edited['src/main.ts'] ?? '';
  expect(text).toContain('@Module({ imports: [SecurityModule] })');
  expect(text).toMatch(/create\(AppModule\);\n {2}secure\(app\);/);
  expect(text.match(/from '\.\/security'/g)).toHaveLength(1);
});

test('the style of the file is kept', async () => {
  const loose = (text: string) => text.replaceAll("'", '"').replaceAll(';', '');
  const { plan } = await planFor(
    project({
      'src/main.ts': loose(main).replaceAll('\n', '\r\n'),
      'src/app.module.ts': loose(moduleWith('{}')).replaceAll('\n', '\r\n'),
    }),
  );
  const text = plan.edited['src/main.ts'] ?? '';
  expect(text).toContain('import { secure } from "./security"\r\n');
  expect(text).toContain('\r\n  secure(app)\r\n');
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
});

test('ES modules keep the endings of their imports', async () => {
  const esm = (text: string) => text.replace("'./app.module'", "'./app.module.js'");
  const { plan } = await planFor(
    project({ 'src/main.ts': esm(main), 'src/app.module.ts': moduleWith('{}') }),
  );
  expect(plan.edited['src/main.ts']).toContain("from './security/index.js'");
  const store = plan.files.find(({ file }) => file === 'src/security/guard.ts');
  expect(store?.text).toContain("from './routes.js'");
});

test('CommonJS without esModuleInterop requires what has no default export', async () => {
  const { plan } = await planFor(
    project({
      'tsconfig.json': '{\n  "compilerOptions": {\n    "module": "commonjs"\n  }\n}\n',
      'src/main.ts': main,
      'src/app.module.ts': moduleWith('{}'),
    }),
  );
  const store = plan.files.find(({ file }) => file === 'src/security/store.ts');
  expect(store?.text).toContain("import Database = require('libsql');");
  expect(plan.edited['tsconfig.json']).toContain('"skipLibCheck": true');
});

test('a member of a monorepo has its folder beside its bootstrap', async () => {
  const { plan } = await planFor(
    project(
      { 'apps/api/src/main.ts': main, 'apps/api/src/app.module.ts': moduleWith('{}') },
      { entry: 'apps/api/src/main.ts' },
    ),
  );
  expect(plan.files.map(({ file }) => file)).toContain('apps/api/src/security/policy.ts');
});

test('a folder of the owner by this name is left alone, also on a second run', async () => {
  const given = project({
    'src/main.ts': main,
    'src/app.module.ts': moduleWith('{}'),
    'src/security/hash.ts': 'export const hash = 1;\n',
  });
  const { plan } = await planFor(given);
  expect(plan.files.every(({ file }) => file.startsWith('src/api/security/'))).toBe(true);
  const { plan: again } = await planFor(applied(given, plan));
  expect(again.edited).toEqual({});
  expect(again.files).toEqual(plan.files);
});

test('what cannot be edited is shown to be pasted', async () => {
  const { plan } = await planFor(
    project({
      'src/main.ts': main,
      'src/app.module.ts':
        "import { Module } from '@nestjs/common';\nconst parts = {};\n@Module(parts)\nexport class AppModule {}\n",
    }),
  );
  expect(plan.cannot.map(({ paste }) => paste)).toEqual([
    expect.stringContaining('imports: [SecurityModule'),
  ]);
});

const others: readonly [string, Partial<Project>, string, RegExp][] = [
  ['another major', { frameworkMajor: 7 }, main, /Nest 7/],
  [
    'the Fastify adapter',
    {},
    main.replace('(AppModule)', '(AppModule, new FastifyAdapter())'),
    /Fastify adapter/,
  ],
  [
    'a Fastify adapter of another file',
    { dependencies: { '@nestjs/core': '^11.1.0', '@nestjs/platform-fastify': '^11.1.0' } },
    main.replace('(AppModule)', '(AppModule, adapter)'),
    /Fastify adapter/,
  ],
];

test('on Fastify every control has what to do by hand', async () => {
  const fastify = main.replace('(AppModule)', '(AppModule, new FastifyAdapter())');
  const given = project({ 'src/main.ts': fastify, 'src/app.module.ts': moduleWith('{}') });
  const refused = await planFor(given).catch((error: KnownError) => error.wayOut);
  for (const id of controlIds) expect(refused).toMatch(new RegExp(`^  ${id} +\\S`, 'm'));
});

test.each(others)('%s is refused with the reason', async (_name, over, text, reason) => {
  const given = project({ 'src/main.ts': text, 'src/app.module.ts': moduleWith('{}') }, over);
  await expect(planFor(given)).rejects.toThrow(reason);
});
