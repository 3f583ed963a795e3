import { expect, test } from 'vitest';
import { ownerTests } from '../src/proof/owner-tests.ts';

const saying = (text: string) => ({
  argv: [process.execPath, '-e', `console.log(${JSON.stringify(text)}); process.exit(1)`],
  from: 'tests',
  cwd: '',
});

test.each([
  'No tests found, exiting with code 1',
  'No test files found, exiting with code 1',
  'Error: No test files found: "test"',
])('a runner without a test is no failure: %s', async (text) => {
  const ran = await ownerTests(process.cwd(), saying(text));
  expect(ran.notRun).toBe('there are none');
});

test('a failing run stays one, whatever a test prints', async () => {
  const ran = await ownerTests(process.cwd(), saying('Tests: 1 failed, 2 passed, 3 total'));
  expect(ran).toMatchObject({ good: false, failed: 1, passed: 2 });
  expect(ran.notRun).toBe(undefined);
});
