import { expect } from 'vitest';
import { bytesOf, secure } from './run.ts';

/** Two lines on standard error: what is wrong, and what to do; exit code 2; every byte as it was. */
export function refuses(
  folder: string,
  argv: readonly string[],
  wrong: RegExp,
  todo: RegExp,
): void {
  const before = bytesOf(folder);
  const ran = secure(folder, ...argv);
  const said = ran.stderr.trimEnd().split('\n');
  const ours = said.filter((line) => !/^ {2}(?:npm|python|uv) /.test(line));
  expect(ours, ran.stderr).toHaveLength(2);
  expect(ours[0]).toMatch(/^secure: \S/);
  expect(ours[0]).toMatch(wrong);
  expect(ours[1]).toMatch(/^ {2}\S/);
  expect(ours[1]).toMatch(todo);
  expect(ran.stderr).not.toMatch(/^\s+at .*:\d+:\d+|Traceback/m);
  expect(ran.code).toBe(2);
  expect(bytesOf(folder)).toEqual(before);
}
