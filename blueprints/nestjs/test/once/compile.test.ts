import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const modules = join(root, 'node_modules');
const usual = {
  target: 'ES2021',
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node', 'jest'],
};

const cases = [
  {
    name: 'as `nest new` of Nest 10 and before made it: TypeScript 5.1, ES2017, not strict',
    compiler: 'typescript5',
    types: { node: 'types-node20', express: 'types4' },
    nest: join(root, 'majors/10/node_modules'),
    ending: '',
    interop: false,
    options: { ...usual, target: 'ES2017', module: 'CommonJS', noUnusedLocals: true },
  },
  {
    name: 'as `nest new` of Nest 11 makes it: nodenext, only null is strict',
    compiler: 'typescript',
    types: { node: 'types-node22', express: '@types/express' },
    nest: modules,
    ending: '.js',
    interop: true,
    options: {
      ...usual,
      target: 'ES2023',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      isolatedModules: true,
      esModuleInterop: true,
      strictNullChecks: true,
    },
  },
  {
    name: 'every strict option, TypeScript 5.1',
    compiler: 'typescript5',
    types: { node: '@types/node', express: '@types/express' },
    nest: modules,
    ending: '',
    interop: true,
    options: {
      ...usual,
      module: 'CommonJS',
      strict: true,
      esModuleInterop: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noPropertyAccessFromIndexSignature: true,
      noImplicitOverride: true,
      noImplicitReturns: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
    },
  },
];

test.each(cases)('$name: the folder compiles', { timeout: 120_000 }, (one) => {
  const project = mkdtempSync(join(root, 'node_modules/.compile-'));
  const own = join(project, 'node_modules');
  const target = join(project, 'security');
  cpSync(join(root, 'src/security'), target, { recursive: true });
  cpSync(join(root, 'owner'), target, { recursive: true });
  writeFileSync(join(project, 'main.ts'), '');
  for (const file of readdirSync(target)) {
    const text = readFileSync(join(target, file), 'utf8');
    const as = text
      .replace(/(['"]\.\.?\/[\w-]+)\.js(?=['"])/g, `$1${one.ending}`)
      // Functions of jest are globals.
      .replace(/^import .* from 'vitest';\n/m, '');
    // What a package exports whole is required where the compiler makes no default of it.
    const required = as.replace(/^import (\w+) from ('libsql')/gm, 'import $1 = require($2)');
    writeFileSync(join(target, file), one.interop ? as : required);
  }
  for (const scope of ['@types', '@nestjs']) mkdirSync(join(own, scope), { recursive: true });
  const link = (name: string, from: string) => symlinkSync(from, join(own, name), 'dir');
  // The one that CommonJS can load.
  link('jose', join(modules, 'jose5'));
  link('@types/jest', join(modules, '@types/jest'));
  for (const [name, from] of Object.entries(one.types)) {
    link(`@types/${name}`, join(modules, from));
  }
  for (const name of ['@nestjs/common', '@nestjs/core']) link(name, join(one.nest, name));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: one.options }));
  const tsc = join(modules, one.compiler, 'bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc], {
    cwd: project,
    encoding: 'utf8',
  });
  rmSync(project, { recursive: true });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
