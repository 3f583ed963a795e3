import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectOf } from '../forms.js';

const root = join(import.meta.dirname, '../..');
const modules = join(root, 'node_modules');
const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
};

const cases = [
  {
    name: 'TypeScript 5.4, CommonJS, types of Express 4, no endings',
    compiler: 'typescript5',
    types: 'types4',
    type: 'commonjs',
    ending: '',
    options: { ...strict, module: 'CommonJS', moduleResolution: 'node', esModuleInterop: true },
  },
  {
    name: 'TypeScript of today, NodeNext, types of Express 4',
    compiler: 'typescript',
    types: 'types4',
    type: 'module',
    ending: '.js',
    options: { ...strict, module: 'NodeNext', moduleResolution: 'NodeNext' },
  },
  {
    name: 'TypeScript of today, a bundler, endings .ts',
    compiler: 'typescript',
    types: '@types/express',
    type: 'module',
    ending: '.ts',
    options: {
      ...strict,
      module: 'ESNext',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
    },
  },
];

test.each(cases)(
  '$name: the folder compiles',
  { timeout: 120_000 },
  ({ compiler, types, type, ending, options }) => {
    const project = projectOf(compiler, `${types.replace('/', '-')}${ending}`);
    const target = join(project, 'security');
    cpSync(join(root, 'src/security'), target, { recursive: true });
    for (const file of readdirSync(target)) {
      const text = readFileSync(join(target, file), 'utf8');
      writeFileSync(
        join(target, file),
        text.replace(/(['"]\.\/[\w-]+)\.js(?=['"])/g, `$1${ending}`),
      );
    }
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
    symlinkSync(join(modules, types), join(project, 'node_modules/@types/express'), 'dir');
    const config = {
      target: 'ES2022',
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      ...options,
    };
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: config }));
    const tsc = join(modules, compiler, 'bin/tsc');
    const { stdout, status } = spawnSync(process.execPath, [tsc], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  },
);
