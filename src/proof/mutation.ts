import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ControlId, controlIds } from '../controls/control.ts';
import type { Probe } from '../controls/probe.ts';
import { isKnown } from '../kernel/errors.ts';
import { copyProject } from './copy.ts';
import type { Stage } from './instance.ts';
import { runProbes } from './runner.ts';
import { switchOff } from './switch.ts';
import type { Verdict } from './verdict.ts';

/** What became of the proof when one control was taken out. */
export interface Mutation {
  control: ControlId;
  outcome: 'noticed' | 'unnoticed' | 'not-run';
  /** Probes that failed without it; the reason when it was not run. */
  why: string;
  probes: readonly string[];
}

export interface MutationInput {
  root: string;
  /** The printed policy, relative to the root. */
  policyFile: string;
  /** A stage over a copy of the project. */
  stageAt: (root: string) => Stage;
  probes: readonly Probe[];
  /** What held with every control on. */
  verdicts: readonly Verdict[];
  controls?: readonly ControlId[] | undefined;
  /** Why nothing can be seen of a control here, though it is installed. */
  idle?: Partial<Readonly<Record<ControlId, string>>> | undefined;
  onMutation?: ((mutation: Mutation) => void) | undefined;
}

/** Takes out one control after the other: a control whose absence no probe notices was not proven. */
export async function mutate(input: MutationInput): Promise<readonly Mutation[]> {
  const copy = await copyProject(input.root);
  const file = path.join(copy.root, input.policyFile);
  const found: Mutation[] = [];
  try {
    const text = await readFile(file, 'utf8');
    for (const control of input.controls ?? controlIds) {
      const mutation = await without(control, text, file, input, copy.root);
      found.push(mutation);
      input.onMutation?.(mutation);
    }
  } finally {
    await copy.remove();
  }
  return found;
}

async function without(
  control: ControlId,
  text: string,
  file: string,
  input: MutationInput,
  root: string,
): Promise<Mutation> {
  const notRun = (why: string): Mutation => ({ control, outcome: 'not-run', why, probes: [] });
  const proved = new Set(
    input.verdicts.filter((v) => v.verdict === 'proved').map((v) => `${v.probe} ${v.route ?? ''}`),
  );
  const probes = input.probes
    .filter((probe) => probe.control === control && proved.has(`${probe.id} ${probe.route ?? ''}`))
    .sort((a, b) => cost(a) - cost(b));
  if (probes.length === 0) return notRun('no probe of it was proved');
  try {
    await writeFile(file, switchOff(text, control));
    const stage = input.stageAt(root);
    const [shared, alone] = split(fewer(probes));
    let verdicts = await runProbes({ entries: shared, stage });
    // Starts are slow: those probes are asked only when the others have noticed nothing.
    if (!verdicts.some(failing))
      verdicts = [...verdicts, ...(await runProbes({ entries: alone, stage }))];
    const failed = [...new Set(verdicts.filter(failing).map((verdict) => verdict.probe))];
    if (failed.length > 0) return { control, outcome: 'noticed', why: '', probes: failed };
    const why = verdicts.find((verdict) => verdict.verdict === 'not-run')?.why;
    const all = verdicts.every((verdict) => verdict.verdict === 'not-run');
    if (all) return notRun(why ?? 'no probe could be run without it');
    const idle = input.idle?.[control];
    if (idle !== undefined) return notRun(idle);
    return { control, outcome: 'unnoticed', why: 'every probe holds without it', probes: [] };
  } catch (error) {
    if (!isKnown(error)) throw error;
    return notRun(error.message.split('\n')[0] ?? '');
  } finally {
    await writeFile(file, text);
  }
}

/** Each claim once, the cheapest first. */
function fewer(probes: readonly Probe[]): readonly Probe[] {
  const seen = new Set<string>();
  const once = probes.filter((probe) => {
    // Nothing destructive goes to an application whose guard has been taken out on purpose.
    if (probe.after !== undefined || seen.has(probe.id)) return false;
    seen.add(probe.id);
    return true;
  });
  return once;
}

function split(probes: readonly Probe[]): readonly [readonly Probe[], readonly Probe[]] {
  const alone = (probe: Probe): boolean =>
    probe.fresh === true || probe.environment !== undefined || probe.refusesStart !== undefined;
  return [probes.filter((probe) => !alone(probe)), probes.filter(alone)];
}

function failing(verdict: Verdict): boolean {
  return verdict.verdict === 'failed';
}

function cost(probe: Probe): number {
  return probe.steps.reduce((sum, step) => sum + (step.times ?? 1), 0);
}
