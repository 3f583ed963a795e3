import { randomUUID } from 'node:crypto';
import type { ControlId } from '../controls/control.ts';
import { controlIds } from '../controls/control.ts';
import { controls } from '../controls/index.ts';
import type { Policy } from '../controls/policy.ts';
import { authPrefix } from '../controls/printed.ts';
import type { IdentityId, Probe } from '../controls/probe.ts';
import type { Reconciliation } from '../frameworks/reconcile.ts';
import { KnownError } from '../kernel/errors.ts';
import type { Project, StartCommand } from '../project/project.ts';
import type { Surface } from '../surface/surface.ts';
import { probeContext } from './context.ts';
import { choosesAddresses } from './http.ts';
import { idleIn } from './idle.ts';
import { type Instance, localStage, type Stage, urlStage } from './instance.ts';
import { type Mutation, mutate } from './mutation.ts';
import type { DescribedIdentity, Scheme } from './principal.ts';
import { errorIn } from './process.ts';
import { runProbes } from './runner.ts';
import { withoutUnserved } from './unserved.ts';
import type { Verdict } from './verdict.ts';

export interface ProveInput {
  project: Project;
  surface: Surface;
  policy: Policy;
  /** How it is started; without it, `url`. */
  start?: StartCommand | undefined;
  /** A running application, asked as it stands. */
  url?: string | undefined;
  /** `identities` of secure.yaml, for applications with their own authentication. */
  identities?: Readonly<Partial<Record<IdentityId, DescribedIdentity | undefined>>> | undefined;
  /** NODE_ENV and APP_ENV; production unless said otherwise, because that is what is attacked. */
  mode?: 'production' | 'test' | 'development' | undefined;
  environment?: Readonly<Record<string, string>> | undefined;
  /** Script that makes it throw on request, loaded by node before it. */
  fault?: string | undefined;
  /** The printed policy relative to the root; without it no control can be taken out. */
  policyFile?: string | undefined;
  mutate?: boolean | readonly ControlId[] | undefined;
  /** The framework's live route table. */
  live?: (() => Promise<Reconciliation | undefined>) | undefined;
  onVerdict?: ((verdict: Verdict) => void) | undefined;
  onMutation?: ((mutation: Mutation) => void) | undefined;
}

/** One cell of the matrix. */
export interface Cell {
  route: string;
  identity: IdentityId;
  control: ControlId;
  verdict: Verdict['verdict'];
  probes: readonly string[];
}

/** Everything that verify has found; plain data. */
export interface Proof {
  target: string;
  verdicts: readonly Verdict[];
  counts: { proved: number; failed: number; notRun: number };
  matrix: readonly Cell[];
  mutations: readonly Mutation[];
  live: Reconciliation | undefined;
  ms: number;
}

/**
 * Starts the application, asks it every probe of every control, and takes each control out once.
 * @throws KnownError when it cannot be started at all.
 */
export async function prove(input: ProveInput): Promise<Proof> {
  const begun = performance.now();
  const scheme = schemeOf(input);
  const fault = input.fault === undefined || input.url !== undefined ? undefined : randomUUID();
  const stageAt = await stages({ ...input, environment: withFault(input, fault) }, scheme);
  const stage = stageAt(input.project.root);
  const first = await stage.start({});
  const context = await probeContext({
    ...input,
    scheme,
    stage,
    instance: first,
    word: fault,
  }).catch(async (error: unknown) => {
    await first.stop();
    throw error;
  });
  if (input.url === undefined) await mustLive(first, input.start);
  const entries = controlIds.flatMap((id) => controls[id].probes(context));
  const answered = await runProbes({ entries, stage, first, onVerdict: input.onVerdict });
  const live = await input.live?.();
  const verdicts = withoutUnserved(answered, live);
  const mutations = await mutationsOf(input, stageAt, entries.filter(isProbe), verdicts);
  return {
    target: input.url ?? first.client.url,
    verdicts,
    counts: count(verdicts),
    matrix: matrixOf(verdicts),
    mutations,
    live,
    ms: Math.round(performance.now() - begun),
  };
}

function withFault(
  { fault, environment }: ProveInput,
  word: string | undefined,
): ProveInput['environment'] {
  if (fault === undefined || word === undefined) return environment;
  const options = `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(fault)}`.trim();
  return { ...environment, NODE_OPTIONS: options, SECURE_PROOF_FAULT: word };
}

/** What ends without a request that harms it lacks something of its own: every probe would fail for that alone. */
async function mustLive(first: Instance, start: StartCommand | undefined): Promise<void> {
  // It may be writing its last words still: then the next request gets no answer, and its end is near.
  const address = first.addresses.of(undefined);
  const asked = { method: 'GET', target: '/', headers: [], address, timeout: 4000 };
  const silent = first.alive() && (await first.client.send(asked)).status === 0;
  for (let waited = 0; silent && first.alive() && waited < 3000; waited += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (first.alive()) return;
  const said = first.output();
  await first.stop();
  throw new KnownError(
    `${start?.argv.join(' ') ?? 'the application'} listened and then ended by itself${errorIn(said)}`,
    'Give it what it needs, a database perhaps, and make it stay up by hand first.',
  );
}

function schemeOf({ policy, identities }: ProveInput): Scheme {
  const own = policy.kept.auth === undefined;
  if (own && (policy.auth === 'jwt' || policy.auth === 'session' || policy.auth === 'apikey')) {
    return { kind: 'own', type: policy.auth, prefix: authPrefix };
  }
  if (identities !== undefined) return { kind: 'described', identities };
  const why =
    'the application keeps its own sign-in: describe it under `identities` in secure.yaml';
  return { kind: 'none', why };
}

async function stages(input: ProveInput, scheme: Scheme): Promise<(root: string) => Stage> {
  const { policy, start, url } = input;
  const limit = policy.values[policy.level]?.ratelimit.api.limit ?? 10;
  const budget = policy.kept.ratelimit === undefined ? limit - 1 : Number.POSITIVE_INFINITY;
  const common = { scheme, budget, chooses: await choosesAddresses() };
  if (url !== undefined) return () => urlStage(url, common);
  if (start === undefined) {
    throw new KnownError(
      'no command is known that starts this application',
      'Give it with --start, or the address of a running one with --url.',
    );
  }
  return (root) =>
    localStage({
      ...common,
      argv: start.argv,
      cwd: start.cwd === '' || start.cwd === '.' ? root : `${root}/${start.cwd}`,
      mode: input.mode ?? 'production',
      environment: input.environment,
    });
}

async function mutationsOf(
  input: ProveInput,
  stageAt: (root: string) => Stage,
  probes: readonly Probe[],
  verdicts: readonly Verdict[],
): Promise<readonly Mutation[]> {
  const { policyFile, url } = input;
  if (input.mutate === false || input.mutate === undefined) return [];
  if (policyFile === undefined || url !== undefined) return [];
  const installed = controlIds.filter((id) => input.policy.kept[id] === undefined);
  const wanted = Array.isArray(input.mutate) ? (input.mutate as readonly ControlId[]) : installed;
  return mutate({
    root: input.project.root,
    policyFile,
    stageAt,
    probes,
    verdicts,
    controls: wanted,
    idle: idleIn(input),
    onMutation: input.onMutation,
  });
}

function isProbe(entry: Probe | { notRun: string }): entry is Probe {
  return !('notRun' in entry);
}

function count(verdicts: readonly Verdict[]): Proof['counts'] {
  const of = (verdict: Verdict['verdict']): number =>
    verdicts.filter((each) => each.verdict === verdict).length;
  return { proved: of('proved'), failed: of('failed'), notRun: of('not-run') };
}

/** One cell for each route, identity and control: failed when one probe failed, proved when one proved. */
export function matrixOf(verdicts: readonly Verdict[]): readonly Cell[] {
  const cells = new Map<string, Cell>();
  for (const { route, identity, control, verdict, probe } of verdicts) {
    if (route === undefined) continue;
    const key = JSON.stringify([route, identity, control]);
    const now = cells.get(key);
    const all = [now?.verdict, verdict];
    const worst = all.includes('failed') ? 'failed' : all.includes('proved') ? 'proved' : 'not-run';
    cells.set(key, {
      route,
      identity,
      control,
      verdict: worst,
      probes: [...(now?.probes ?? []), probe],
    });
  }
  return [...cells.values()];
}
