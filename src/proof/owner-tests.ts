import path from 'node:path';
import type { StartCommand } from '../project/project.ts';
import { run } from './process.ts';

/** What the project's own tests said. */
export interface TestRun {
  command: string;
  passed: number | undefined;
  failed: number | undefined;
  /** Exit code 0. */
  good: boolean;
  notRun?: string | undefined;
  /** Last lines, when they failed. */
  said: string;
}

/** Runs the project's own tests once, as CI would: no watching, no questions. */
export async function ownerTests(
  root: string,
  command: StartCommand,
  timeout = 600_000,
): Promise<TestRun> {
  const shown = command.argv.join(' ');
  const ran = await run(command.argv, {
    cwd: path.join(root, command.cwd),
    env: {
      CI: 'true',
      // Colour codes would stand between the numbers.
      FORCE_COLOR: '0',
      NO_COLOR: '1',
      // Nothing is left behind in the project.
      PYTHONDONTWRITEBYTECODE: '1',
      PYTEST_ADDOPTS: `${process.env.PYTEST_ADDOPTS ?? ''} -p no:cacheprovider`.trim(),
    },
    timeout,
  });
  const text = `${ran.stdout}\n${ran.stderr}`;
  const nothing = { command: shown, passed: undefined, failed: undefined, good: false, said: '' };
  if (ran.missing) return { ...nothing, notRun: `${command.argv[0]} is not installed` };
  if (ran.timedOut) return { ...nothing, notRun: 'they did not end in ten minutes' };
  // `jest` and `vitest` end with 1 where a project has its script and no test yet.
  if (/^\s*(?:Error: )?No test(?:s| files) found/m.test(text))
    return { ...nothing, notRun: 'there are none' };
  const said = text.trimEnd().split('\n').slice(-15).join('\n');
  return { command: shown, ...countsIn(text), good: ran.code === 0, said };
}

interface Counts {
  passed: number | undefined;
  failed: number | undefined;
}

/** The closing lines of the runners in use; the last one counts. */
const runners: readonly ((text: string) => Counts | undefined)[] = [
  // node:test
  (text) => pair(text, /^(?:#|ℹ) pass (\d+)$/gm, /^(?:#|ℹ) fail (\d+)$/gm),
  // jest, vitest: `Tests:  1 failed, 40 passed, 41 total`, `Tests  40 passed (40)`
  (text) => {
    const line = [...text.matchAll(/^\s*Tests:?\s+(.*\d+ (?:passed|failed).*)$/gm)].at(-1)?.[1];
    return line === undefined
      ? undefined
      : { passed: of(line, 'passed'), failed: of(line, 'failed') };
  },
  // pytest: `=== 40 passed, 1 failed in 2.1s ===`
  (text) => {
    const line = [...text.matchAll(/^=*\s*(.*\d+ (?:passed|failed|error).* in [\d.]+s.*)$/gm)].at(
      -1,
    )?.[1];
    if (line === undefined) return undefined;
    return { passed: of(line, 'passed'), failed: of(line, 'failed') + of(line, 'error') };
  },
  // mocha
  (text) => pair(text, /^\s*(\d+) passing\b/gm, /^\s*(\d+) failing\b/gm),
  // unittest
  (text) => {
    const all = /^Ran (\d+) tests? in/m.exec(text)?.[1];
    if (all === undefined) return undefined;
    const bad = [...text.matchAll(/(?:failures|errors)=(\d+)/g)].map((match) => Number(match[1]));
    const failed = bad.reduce((sum, each) => sum + each, 0);
    return { passed: Number(all) - failed, failed };
  },
];

function countsIn(text: string): Counts {
  for (const runner of runners) {
    const counts = runner(text);
    if (counts !== undefined) return counts;
  }
  return { passed: undefined, failed: undefined };
}

function pair(text: string, pass: RegExp, fail: RegExp): Counts | undefined {
  const passed = [...text.matchAll(pass)].at(-1)?.[1];
  if (passed === undefined) return undefined;
  return { passed: Number(passed), failed: Number([...text.matchAll(fail)].at(-1)?.[1] ?? 0) };
}

function of(line: string, word: string): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}
