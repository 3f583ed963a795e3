import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const controls = [
  'headers',
  'cors',
  'ratelimit',
  'validation',
  'auth',
  'authz',
  'csrf',
  'errors',
  'logging',
];

/** An application with the folder in it, one control taken out of its policy. */
function application(folder: string, name: string): void {
  const project = join(folder, name);
  cpSync(join(root, 'src/security'), join(project, 'security'), { recursive: true });
  cpSync(join(root, 'owner'), join(project, 'security'), { recursive: true });
  const main = readFileSync(join(root, 'test/owner/main.ts'), 'utf8');
  writeFileSync(join(project, 'main.ts'), main.replace('../../src/', './'));
  const file = join(project, 'security/policy.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(new RegExp(`\\b${name}: true`), `${name}: false`));
}

test('the owner’s tests hold, and each control that is taken out turns one red', {
  timeout: 240_000,
}, () => {
  const folder = mkdtempSync(join(root, 'dist.owner-'));
  for (const name of ['whole', ...controls]) application(folder, name);
  const config = { test: { include: ['*/security/owner-tests.ts'], silent: true, maxWorkers: 2 } };
  writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}`);
  const compilerOptions = { experimentalDecorators: true, target: 'ES2022' };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const output = join(folder, 'results.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const argv = [vitest, 'run', '--root', folder, '--reporter=json', `--outputFile=${output}`];
  const { VITEST: _, ...env } = process.env;
  spawnSync(process.execPath, argv, { env, stdio: 'ignore' });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
    testResults: { name: string; status: string }[];
  };
  rmSync(folder, { recursive: true });
  const of = (status: string) =>
    testResults.flatMap(({ name, status: its }) =>
      its === status ? [name.split('/').at(-3) ?? ''] : [],
    );
  expect(of('passed')).toEqual(['whole']);
  expect(of('failed').sort()).toEqual([...controls].sort());
});
