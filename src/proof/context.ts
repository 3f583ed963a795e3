import type { Policy } from '../controls/policy.ts';
import type { DescribedCallers, IdentityId, ProbeContext } from '../controls/probe.ts';
import type { Project } from '../project/project.ts';
import { workersIn } from '../project/workers.ts';
import type { Surface } from '../surface/surface.ts';
import { Unavailable } from './fill.ts';
import { signingKey } from './forge.ts';
import type { Instance, Stage } from './instance.ts';
import { picks } from './picks.ts';
import type { Principal, Scheme } from './principal.ts';
import { keyPair } from './secrets.ts';
import { survey } from './survey.ts';
import { valuesOf } from './wire.ts';

/** What the application says of itself before the probes are written: who can sign in, which routes answer. */
export async function probeContext(input: {
  project: Project;
  surface: Surface;
  policy: Policy;
  scheme: Scheme;
  stage: Stage;
  instance: Instance;
  /** What makes the application throw, where it was started so. */
  word?: string | undefined;
}): Promise<ProbeContext> {
  const { surface, policy, scheme, instance } = input;
  const people = await signIn(instance);
  const targets = await survey(surface, policy, instance, people.principals, ownedBy(scheme));
  const pick = picks(surface, targets);
  const user = people.principals.get('user');
  const developmentServer = await developmentServerOf(instance);
  return {
    surface,
    policy,
    targets,
    pick,
    can: {
      identities: ['anonymous', ...people.principals.keys()],
      without: people.missing.user ?? '',
      missing: people.missing,
      described: describedCallers(scheme, user),
      redis: false,
      tls: instance.client.origin.protocol === 'https',
      logs: input.stage.restarts,
      addresses: instance.addresses.choose,
      forge:
        user?.access !== undefined && signingKey(user.access, instance.known.jwt) !== undefined,
      developmentServer,
      oneOfSeveral: oneOfSeveral(input.project),
      fault: await faultOf(instance, input.word, pick),
      keys: keyPair(),
      ownAuth: scheme.kind === 'own' ? { type: scheme.type, prefix: scheme.prefix } : undefined,
    },
  };
}

/** Asked once: a start that does not run node itself throws nothing. */
async function faultOf(
  instance: Instance,
  word: string | undefined,
  { open, health, page }: ProbeContext['pick'],
): Promise<ProbeContext['can']['fault']> {
  const target = (open ?? health ?? page)?.path;
  if (word === undefined || target === undefined) return undefined;
  const header = ['X-Secure-Proof', word] as const;
  const address = instance.addresses.of(undefined);
  const ask = { method: 'GET', target, headers: [header], address, timeout: 4000 };
  const { status } = await instance.client.send(ask);
  return status >= 400 ? header : undefined;
}

function oneOfSeveral({ tree }: Project): string | undefined {
  const workers = workersIn(tree);
  if (workers === undefined) return undefined;
  return `${workers.from} starts ${workers.count} workers; one was started here, since without REDIS_URL each counts by itself`;
}

/** By the name that it gives itself: Werkzeug's is what `flask run` and `app.run()` start. */
async function developmentServerOf(instance: Instance): Promise<string | undefined> {
  const address = instance.addresses.of(undefined);
  const ask = { method: 'GET', target: '/', headers: [], address, timeout: 4000 };
  const [server] = valuesOf(await instance.client.send(ask), 'server');
  return server?.startsWith('Werkzeug/') === true ? 'Werkzeug' : undefined;
}

async function signIn(instance: Instance): Promise<{
  principals: ReadonlyMap<IdentityId, Principal>;
  missing: ProbeContext['can']['missing'];
}> {
  const principals = new Map<IdentityId, Principal>();
  const missing: Partial<Record<IdentityId, string>> = {};
  for (const identity of ['user', 'other', 'admin'] as const) {
    try {
      principals.set(identity, await instance.identities.get(identity, 0, false));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      missing[identity] = error.message;
    }
  }
  return { principals, missing };
}

function ownedBy(scheme: Scheme): readonly string[] {
  return scheme.kind === 'described' ? (scheme.identities.user?.owns ?? []) : [];
}

function describedCallers(
  scheme: Scheme,
  user: Principal | undefined,
): DescribedCallers | undefined {
  if (scheme.kind !== 'described' || user === undefined) return undefined;
  const owns = Object.entries(scheme.identities).map(([who, one]) => [who, one?.owns ?? []]);
  return { cookie: user.cookie !== undefined, owns: Object.fromEntries(owns) };
}
