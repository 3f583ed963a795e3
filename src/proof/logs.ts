import type { Expectation } from '../controls/probe.ts';
import type { Secrets } from './evidence.ts';
import { fill, type Values } from './fill.ts';
import { type Answer, valuesOf } from './wire.ts';

/** Why the application's output is not what a step asks for. Lines may come a little after the answer. */
export async function logsUnmet(
  expect: Expectation | undefined,
  answer: Answer,
  since: () => string,
  whole: () => string,
  secrets: Secrets,
  values: Values,
): Promise<string | undefined> {
  if (expect === undefined) return undefined;
  for (const wanted of expect.events ?? []) {
    if (!(await appears(wanted, answer, since, values))) {
      return `no event ${describe(wanted)} in what the application wrote`;
    }
  }
  const lacks = expect.logLacks?.find((part) =>
    typeof part === 'string' ? since().includes(fill(part, values)) : part.test(since()),
  );
  if (lacks !== undefined) return `the application wrote ${String(lacks)}`;
  if (expect.logLacksSecrets === true && secrets.foundIn(whole())) {
    return 'the application wrote a password, token, key or cookie of this run';
  }
  return undefined;
}

type Wanted = Readonly<Record<string, string | RegExp>>;

async function appears(
  wanted: Wanted,
  answer: Answer,
  since: () => string,
  values: Values,
): Promise<boolean> {
  for (let waited = 0; waited < 600; waited += 30) {
    if (
      since()
        .split('\n')
        .some((line) => isEvent(line, wanted, answer, values))
    )
      return true;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return false;
}

function isEvent(line: string, wanted: Wanted, answer: Answer, values: Values): boolean {
  const start = line.indexOf('{');
  if (start === -1) return false;
  let event: unknown;
  try {
    event = JSON.parse(line.slice(start));
  } catch {
    return false;
  }
  if (typeof event !== 'object' || event === null) return false;
  const fields = event as Record<string, unknown>;
  const id = valuesOf(answer, 'x-request-id')[0];
  if (id !== undefined && fields.requestId !== id) return false;
  return Object.entries(wanted).every(([name, value]) => {
    const got = fields[name];
    if (got === undefined) return false;
    return typeof value === 'string'
      ? String(got) === fill(value, values)
      : value.test(String(got));
  });
}

function describe(wanted: Wanted): string {
  return Object.entries(wanted)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
