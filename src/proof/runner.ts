import type { Probe, ProbeEntry, Step } from '../controls/probe.ts';
import { isKnown } from '../kernel/errors.ts';
import { type Exchange, exchange } from './evidence.ts';
import { type StepResult, unmet } from './expect.ts';
import { Unavailable } from './fill.ts';
import type { Sent } from './http.ts';
import type { Instance, Stage } from './instance.ts';
import { logsUnmet } from './logs.ts';
import { callersOf, keep, prepare, type Scene, scene } from './send.ts';
import { startRefused } from './starts.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export interface RunInput {
  entries: readonly ProbeEntry[];
  stage: Stage;
  /** A started application with the plain environment, taken over and stopped by the run. */
  first?: Instance | undefined;
  onVerdict?: ((verdict: Verdict) => void) | undefined;
}

/**
 * Answers every entry. Probes that need the same environment share one start; each request has a
 * client address of its own, so that no probe uses up another's limit.
 */
export async function runProbes(input: RunInput): Promise<readonly Verdict[]> {
  const run = new Run(input);
  try {
    for (const group of groups(input.entries)) await run.group(group);
  } finally {
    await run.end();
  }
  return run.verdicts;
}

interface Group {
  environment: Readonly<Record<string, string>>;
  entries: readonly ProbeEntry[];
  fresh: boolean;
}

/** Plain environment first, then one group for each other environment, then the probes that need a start of their own. */
function groups(entries: readonly ProbeEntry[]): readonly Group[] {
  const shared = new Map<string, ProbeEntry[]>([['{}', []]]);
  const alone: Group[] = [];
  for (const entry of entries) {
    const probe = 'notRun' in entry ? undefined : entry;
    const environment = probe?.environment ?? {};
    if (probe?.fresh === true || probe?.refusesStart !== undefined) {
      alone.push({ environment, entries: [entry], fresh: true });
      continue;
    }
    const key = JSON.stringify(environment);
    const list = shared.get(key) ?? [];
    list.push(entry);
    shared.set(key, list);
  }
  const late = (entry: ProbeEntry): number =>
    'notRun' in entry || entry.after === undefined ? 0 : 1;
  const together = [...shared].map(
    ([key, list]): Group => ({
      environment: JSON.parse(key) as Record<string, string>,
      entries: [...list].sort((a, b) => late(a) - late(b)),
      fresh: false,
    }),
  );
  return [...together, ...alone];
}

class Run {
  readonly verdicts: Verdict[] = [];
  readonly #input: RunInput;
  /** What earlier starts wrote. */
  #written = '';
  #instance: Instance | undefined;

  constructor(input: RunInput) {
    this.#input = input;
    this.#instance = input.first;
  }

  async group(group: Group): Promise<void> {
    const plain = Object.keys(group.environment).length === 0 && !group.fresh;
    if (!plain) await this.end();
    for (const entry of group.entries) this.#say(await this.#answer(entry, group));
    if (!plain) await this.end();
  }

  async end(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    await instance?.stop();
    this.#written += instance?.output() ?? '';
  }

  async #answer(entry: ProbeEntry, group: Group): Promise<Verdict> {
    if ('notRun' in entry) return verdictOf(entry, 'not-run', entry.notRun);
    const own = entry.fresh === true || Object.keys(group.environment).length > 0;
    if (!this.#input.stage.restarts && (own || entry.refusesStart !== undefined)) {
      return verdictOf(
        entry,
        'not-run',
        'it needs a start of its own, and a running application was given',
      );
    }
    // A route that was not asked, because it is public, says nothing of the guard.
    const first = this.verdicts.filter((v) => v.probe === entry.after && v.verdict !== 'not-run');
    if (
      entry.after !== undefined &&
      (first.length === 0 || first.some((v) => v.verdict !== 'proved'))
    ) {
      return verdictOf(
        entry,
        'not-run',
        `it would do harm on an open application: ${entry.after} was not proved`,
      );
    }
    if (entry.refusesStart !== undefined) return startRefused(entry, this.#input.stage);
    try {
      return await this.#onInstance(entry, group);
    } catch (error) {
      if (error instanceof Unavailable) return verdictOf(entry, 'not-run', error.message);
      if (!isKnown(error)) throw error;
      return verdictOf(entry, 'not-run', error.message.split('\n').slice(0, 3).join(' '));
    }
  }

  async #onInstance(probe: Probe, group: Group): Promise<Verdict> {
    const current = this.#instance;
    const roomy = [...callersOf(probe)].every(
      ([identity, count]) => current?.identities.hasRoom(identity, count) !== false,
    );
    if (current !== undefined && (!current.alive() || (!roomy && this.#input.stage.restarts))) {
      await this.end();
    }
    this.#instance ??= await this.#input.stage.start(group.environment);
    const instance = this.#instance;
    const mark = instance.output().length;
    const verdict = await judge(probe, await scene(probe, instance), {
      since: () => instance.output().slice(mark),
      whole: () => this.#written + instance.output(),
      stage: this.#input.stage,
    });
    if (instance.alive()) return verdict;
    return { ...verdict, verdict: 'failed', why: 'the application ended', failure: probe.failure };
  }

  #say(verdict: Verdict): void {
    this.verdicts.push(verdict);
    this.#input.onVerdict?.(verdict);
  }
}

interface Output {
  since: () => string;
  whole: () => string;
  stage: Stage;
}

async function judge(probe: Probe, at: Scene, output: Output): Promise<Verdict> {
  const results: StepResult[] = [];
  let evidence: readonly Exchange[] = [];
  for (const step of probe.steps) {
    if (step.wait !== undefined) await new Promise((resolve) => setTimeout(resolve, step.wait));
    const { sent, result } = await sendStep(step, at);
    const answer = result.answers.at(-1);
    if (answer === undefined) continue;
    keep(step, answer, at.values);
    const { secrets } = output.stage;
    evidence = [exchange(sent, answer, secrets)];
    const why =
      unmet(step, result, results, at.values) ??
      (await logsUnmet(step.expect, answer, output.since, output.whole, secrets, at.values));
    results.push(result);
    if (why === undefined) continue;
    if (step.setup === true) {
      return verdictOf(
        probe,
        'not-run',
        `${step.send.method} ${sent.target}: ${secrets.mask(why)}`,
        evidence,
      );
    }
    // Where 429 is what the step waits for, its event or header is what is missing.
    const limited = answer.status === 429 && step.expect?.status?.includes(429) !== true;
    if (limited && probe.control !== 'ratelimit') {
      return verdictOf(probe, 'not-run', 'the rate limit answered first (429)', evidence);
    }
    return verdictOf(probe, 'failed', secrets.mask(why), evidence);
  }
  return verdictOf(probe, 'proved', undefined, evidence);
}

async function sendStep(step: Step, at: Scene): Promise<{ sent: Sent; result: StepResult }> {
  const times = step.times ?? 1;
  const all = Array.from({ length: times }, (_, n) => prepare(step, n, at));
  const sent = all.at(-1)!;
  const send = (each: Sent) => at.instance.client.send(each);
  if (step.parallel === true)
    return { sent, result: { answers: await Promise.all(all.map(send)) } };
  const answers = [];
  for (const each of all) answers.push(await send(each));
  return { sent, result: { answers } };
}
