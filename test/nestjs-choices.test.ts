import { expect, test } from 'vitest';
import type { Plan } from '../src/frameworks/plan.ts';
import { applied, main, moduleWith, planFor, project } from './nestjs-input.ts';

const dto = (inside: string) =>
  `import { IsInt, IsString, ValidateNested } from 'class-validator';\n${inside}`;
const note = '@IsString() title: string;\n  @IsInt() size: number;';
const controller = [
  "import { Body, Controller, Post } from '@nestjs/common';",
  "import { NoteDto } from './note.dto';",
  '@Controller("notes")',
  'export class Notes {',
  '  @Post() create(@Body() body: NoteDto) { return body.title; }',
  '  @Post("loose") loose(@Body() body: { title: string }) { return body.title; }',
  '}',
  '',
].join('\n');
const libraries = { 'class-validator': '^0.14.0', 'class-transformer': '^0.5.1' };
const compiler = '{ "compilerOptions": { "emitDecoratorMetadata": true } }';

function notes(
  over: Record<string, string> = {},
  dependencies: Record<string, string> = libraries,
) {
  const files = {
    'tsconfig.json': compiler,
    'src/main.ts': main,
    'src/app.module.ts': `import { Notes } from './notes.controller';\n${moduleWith('{ controllers: [Notes] }')}`,
    'src/notes.controller.ts': controller,
    'src/note.dto.ts': dto(`export class NoteDto {\n  ${note}\n}\n`),
    ...over,
  };
  return project(files, { dependencies: { '@nestjs/core': '^11.1.0', ...dependencies } });
}

const textOf = (plan: Plan, name: string): string =>
  plan.files.find(({ file }) => file.endsWith(`/${name}`))?.text ?? '';

test('classes whose members all have validators get a global ValidationPipe', async () => {
  const { plan, policy } = await planFor(notes());
  expect(textOf(plan, 'pipes.ts')).toContain('forbidNonWhitelisted: true');
  expect(plan.notes).toEqual([expect.stringContaining('no security tests')]);
  // The pipe knows what the class converts; a body without a class keeps its schema.
  expect(textOf(plan, 'schemas.ts')).not.toContain("'POST /api/notes':");
  expect(textOf(plan, 'schemas.ts')).toContain("'POST /api/notes/loose':");
  // What is proven of an unknown field rests on this.
  const decided = policy.decisions.find(({ route }) => route === 'POST /api/notes');
  expect(decided?.schema).toMatchObject({
    closed: true,
    fields: [{ name: 'title' }, { name: 'size' }],
  });
  const { plan: again } = await planFor(applied(notes(), plan));
  expect(again.files).toEqual(plan.files);
});

const without: readonly [string, Parameters<typeof notes>, RegExp][] = [
  [
    'a member has no validator',
    [{ 'src/note.dto.ts': dto(`export class NoteDto {\n  ${note}\n  color: string;\n}\n`) }],
    /NoteDto\.color/,
  ],
  [
    'a nested class has none',
    [
      {
        'src/note.dto.ts': dto(
          `class Tag { name: string }\nexport class NoteDto {\n  ${note}\n  @ValidateNested() tags: Tag[];\n}\n`,
        ),
      },
    ],
    /Tag\.name/,
  ],
  ['class-transformer is absent', [{}, { 'class-validator': '^0.14.0' }], /class-transformer/],
  ['the compiler emits no metadata', [{ 'tsconfig.json': '{}' }], /metadata/],
];

test.each(without)('no pipe of ours where %s, and the plan says why', async (_, given, why) => {
  const { plan } = await planFor(notes(...given));
  expect(textOf(plan, 'pipes.ts')).toContain('No pipe of ours');
  expect(textOf(plan, 'schemas.ts')).toContain("'POST");
  expect(plan.notes.join()).toMatch(why);
});

test("an application's own global pipe stays, and our input checks stand in front of it", async () => {
  const own = main
    .replace("  app.setGlobalPrefix('api');", '  app.useGlobalPipes(new ValidationPipe());')
    .replace('import {', "import { ValidationPipe } from '@nestjs/common';\nimport {");
  const { plan, policy } = await planFor(notes({ 'src/main.ts': own }));
  expect(policy.kept.validation).toBe(undefined);
  expect(textOf(plan, 'pipes.ts')).toContain('No pipe of ours');
  expect(textOf(plan, 'schemas.ts')).not.toContain("'POST /api/notes':");
  expect(plan.notes[0]).toBe('no global ValidationPipe of ours: the application has its own');
});

test('a front end whose page stands for every path stays open, and nothing else with it', async () => {
  const front = [
    "import { ServeStaticModule } from '@nestjs/serve-static';",
    "import { Notes } from './notes.controller';",
    moduleWith(
      "{ imports: [ServeStaticModule.forRoot({ rootPath: 'client' })], controllers: [Notes] }",
    ),
  ].join('\n');
  const dependencies = { ...libraries, jest: '^30.0.0', 'ts-jest': '^29.4.0' };
  const { plan, policy } = await planFor(notes({ 'src/app.module.ts': front }, dependencies));
  const rows = policy.decisions.map(({ method, path, access, limit }) =>
    [method, path, access, limit].join(' '),
  );
  expect(rows).toEqual([
    'POST /api/notes user api',
    'POST /api/notes/loose user api',
    'GET /*path public general',
  ]);
  // The owner's tests ask nothing of a path that is unlisted: the page answers it.
  expect(textOf(plan, 'owner-data.ts')).toContain("unlisted: 'kept'");
});

test('tests of the owner that ask as strangers for what is refused now are named', async () => {
  const { plan } = await planFor(
    notes({
      'test/notes.e2e-spec.ts': [
        "import request from 'supertest';",
        "test('a note', () =>",
        "  request(app.getHttpServer()).post('/api/notes').send({ title: 1 }).expect(400));",
        "test('a note of somebody', () =>",
        "  request(app.getHttpServer()).post('/api/notes/loose').expect(401));",
        '',
      ].join('\n'),
    }),
  );
  expect(plan.notes.slice(1)).toEqual([
    'test/notes.e2e-spec.ts:3 asks POST /api/notes as a stranger and expects 400: it is answered 401 now',
  ]);
});

test("a client of Redis that the owner holds in an older major stays the owner's", async () => {
  const { plan } = await planFor(notes({}, { ...libraries, redis: '^4.6.0' }));
  const names = plan.packages.map(({ name, range }) => [name, range]);
  expect(names).toContainEqual(['security-redis', expect.stringMatching(/^npm:redis@\^/)]);
  expect(names.map(([name]) => name)).not.toContain('redis');
  for (const { file, text } of plan.files) expect(text, file).not.toMatch(/from 'redis'/);
  expect(textOf(plan, 'redis.ts')).toContain("from 'security-redis'");
});

test('the settings of jest decide how the tests are found, its comments do not', async () => {
  const dependencies = { ...libraries, jest: '^30.0.0', 'ts-jest': '^29.4.0' };
  const commandWith = async (text: string) => {
    const { plan } = await planFor(notes({ 'jest.config.ts': text }, dependencies));
    return plan.scripts['test:security'];
  };
  expect(await commandWith("export default { testMatch: ['**/*.spec.ts'] };\n")).toBe(
    'jest --testMatch "**/owner-tests.ts"',
  );
  expect(
    await commandWith("export default {\n  // testMatch: [],\n  testRegex: 'spec',\n};\n"),
  ).toBe('jest --testRegex src/security/owner-tests.ts');
});

const runners: readonly [string, Record<string, string>, string, RegExp][] = [
  [
    'jest',
    { jest: '^30.0.0', 'ts-jest': '^29.4.0', '@types/jest': '^30.0.0' },
    'jest --preset ts-jest --testRegex src/security/owner-tests.ts',
    /^(?!.*from 'vitest').*import '\.\.\/main';/s,
  ],
  [
    'jest without its types',
    { jest: '^30.0.0', 'ts-jest': '^29.4.0' },
    'jest --preset ts-jest --testRegex src/security/owner-tests.ts',
    /import \{ afterAll, beforeAll, expect, test \} from '@jest\/globals';/,
  ],
  [
    'vitest',
    { vitest: '^4.0.0' },
    'vitest run --config src/security/owner.vitest.mjs owner-tests',
    /from 'vitest'/,
  ],
];

test.each(runners)('security tests for %s', async (_name, dependencies, command, text) => {
  const { plan } = await planFor(notes({}, { ...libraries, ...dependencies }));
  expect(plan.scripts).toEqual({ 'test:security': command });
  expect(textOf(plan, 'owner-tests.ts')).toMatch(text);
  expect(textOf(plan, 'owner-data.ts')).toContain("path: '/api/notes/loose'");
});
