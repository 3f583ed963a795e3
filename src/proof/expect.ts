import type { Expectation, Step } from '../controls/probe.ts';
import { fill, fillAll, pointer, type Values } from './fill.ts';
import { type Answer, jsonOf, valuesOf } from './wire.ts';

/** What became of one step: every answer of it, the last one first to be judged. */
export interface StepResult {
  answers: readonly Answer[];
}

/** Why the answers are not what the step asks for; `undefined` when they are. Logs are judged apart. */
export function unmet(
  step: Step,
  result: StepResult,
  earlier: readonly StepResult[],
  values: Values,
): string | undefined {
  const answer = result.answers.at(-1);
  if (answer === undefined) return 'nothing was sent';
  return (
    tallyUnmet(step.tally, result.answers) ?? clauses(step.expect, result, answer, earlier, values)
  );
}

function tallyUnmet(tally: Step['tally'], answers: readonly Answer[]): string | undefined {
  if (tally === undefined) return undefined;
  const count = answers.filter((answer) => answer.status === tally.status).length;
  const said = `${count} of ${answers.length} answers were ${tally.status}`;
  if (tally.atLeast !== undefined && count < tally.atLeast)
    return `${said}, at least ${tally.atLeast} expected`;
  if (tally.atMost !== undefined && count > tally.atMost)
    return `${said}, at most ${tally.atMost} expected`;
  return undefined;
}

function clauses(
  expect: Expectation | undefined,
  result: StepResult,
  answer: Answer,
  earlier: readonly StepResult[],
  values: Values,
): string | undefined {
  if (expect === undefined) return undefined;
  return (
    statusUnmet(expect, answer) ??
    headersUnmet(expect, answer, values) ??
    bodyUnmet(expect, answer, values) ??
    likeUnmet(expect, answer, earlier) ??
    timeUnmet(expect, result, earlier) ??
    differUnmet(expect, values)
  );
}

function statusUnmet(expect: Expectation, answer: Answer): string | undefined {
  const got =
    answer.status === 0 ? `no answer (${answer.error ?? 'connection ended'})` : `${answer.status}`;
  if (expect.status !== undefined && !expect.status.includes(answer.status)) {
    return `${got}, ${expect.status.map((each) => (each === 0 ? 'a closed connection' : each)).join(' or ')} expected`;
  }
  if (expect.notStatus?.includes(answer.status)) return `${got}, which must not be`;
  return undefined;
}

function headersUnmet(expect: Expectation, answer: Answer, values: Values): string | undefined {
  for (const [name, wanted] of Object.entries(expect.header ?? {})) {
    const got = valuesOf(answer, name);
    if (got.length === 0) return `${name} is missing on ${answer.status}`;
    if (got.length > 1) return `${name} came ${got.length} times on ${answer.status}`;
    if (!matches(got[0] ?? '', wanted, values))
      return `${name} is "${got[0]?.slice(0, 120)}", ${show(wanted)} expected`;
  }
  for (const [name, wanted] of Object.entries(expect.headerIfAny ?? {})) {
    const bad = valuesOf(answer, name).find((value) => !wanted.test(value));
    if (bad !== undefined) return `${name} is "${bad.slice(0, 120)}", ${show(wanted)} expected`;
  }
  for (const name of expect.absent ?? []) {
    const got = valuesOf(answer, name);
    if (got.length > 0) return `${name} is there: "${got[0]}"`;
  }
  return undefined;
}

function matches(got: string, wanted: string | RegExp, values: Values): boolean {
  return typeof wanted === 'string' ? got === fill(wanted, values) : wanted.test(got);
}

function bodyUnmet(expect: Expectation, answer: Answer, values: Values): string | undefined {
  const text = answer.body.toString('utf8');
  const has = (part: string | RegExp): boolean =>
    typeof part === 'string' ? text.includes(fill(part, values)) : part.test(text);
  const lacking = expect.bodyHas?.find((part) => !has(part));
  if (lacking !== undefined) return `the body does not hold ${show(lacking)}`;
  const there = expect.bodyLacks?.find(has);
  if (there !== undefined) return `the body holds ${show(there)}`;
  const json = expect.json === undefined ? undefined : jsonOf(answer);
  for (const [path, raw] of Object.entries(expect.json ?? {})) {
    const got = JSON.stringify(pointer(json, path));
    const wanted = JSON.stringify(fillAll(raw, values));
    if (got !== wanted) return `${path} is ${got ?? 'missing'}, ${wanted} expected`;
  }
  if (expect.within !== undefined && answer.ms > expect.within) {
    return `it took ${Math.round(answer.ms)} ms, less than ${expect.within} expected`;
  }
  return undefined;
}

function likeUnmet(
  expect: Expectation,
  answer: Answer,
  earlier: readonly StepResult[],
): string | undefined {
  if (expect.like === undefined) return undefined;
  const other = earlier[expect.like]?.answers.at(-1);
  if (other === undefined) return 'there is no answer to compare with';
  if (other.status !== answer.status)
    return `${answer.status} here and ${other.status} there: they can be told apart`;
  const names = (each: Answer): string =>
    [...new Set(each.headers.map(([name]) => name.toLowerCase()))].sort().join(' ');
  if (names(other) !== names(answer))
    return `the header names differ: ${names(answer)} | ${names(other)}`;
  return blank(other) === blank(answer) ? undefined : 'the bodies differ: they can be told apart';
}

/** Request ids and countdowns differ from answer to answer and tell nothing. */
function blank(answer: Answer): string {
  const ids = valuesOf(answer, 'x-request-id');
  return ids
    .reduce((text, id) => text.replaceAll(id, ''), answer.body.toString('utf8'))
    .replace(/\d+/g, '0');
}

function timeUnmet(
  expect: Expectation,
  result: StepResult,
  earlier: readonly StepResult[],
): string | undefined {
  if (expect.timeLike === undefined) return undefined;
  const other = earlier[expect.timeLike.step];
  if (other === undefined) return 'there is no time to compare with';
  const [here, there] = [fastest(result), fastest(other)];
  if (here >= there * expect.timeLike.atLeast) return undefined;
  return `fastest ${here.toFixed(1)} ms against ${there.toFixed(1)} ms: the time tells them apart`;
}

/** What the work itself costs: a busy machine makes answers slower, never faster. */
function fastest(result: StepResult): number {
  return Math.min(...result.answers.map((answer) => answer.ms));
}

function differUnmet(expect: Expectation, values: Values): string | undefined {
  if (expect.differ === undefined) return undefined;
  const [one, two] = expect.differ;
  return values[one] === values[two] ? `${one} and ${two} are the same` : undefined;
}

function show(wanted: string | RegExp): string {
  return typeof wanted === 'string' ? `"${wanted}"` : String(wanted);
}
