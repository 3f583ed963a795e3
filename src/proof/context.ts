import type { Policy } from '../controls/policy.ts';
import type { IdentityId, Pick, ProbeContext, Target } from '../controls/probe.ts';
import type { Project } from '../project/project.ts';
import { workersIn } from '../project/workers.ts';
import type { Route, Surface } from '../surface/surface.ts';
import { Unavailable } from './fill.ts';
import { signingKey } from './forge.ts';
import type { Instance, Stage } from './instance.ts';
import { credentials, type Principal, type Scheme } from './principal.ts';
import { sampleBody, samplePath } from './samples.ts';
import { keyPair } from './secrets.ts';
import { valuesOf } from './wire.ts';

/** What the application says of itself before the probes are written: who can sign in, which routes answer. */
export async function probeContext(input: {
  project: Project;
  surface: Surface;
  policy: Policy;
  scheme: Scheme;
  stage: Stage;
  instance: Instance;
}): Promise<ProbeContext> {
  const { surface, policy, scheme, instance } = input;
  const people = await signIn(instance);
  const targets = await survey(targetsOf(surface, policy), instance, people.principals);
  const user = people.principals.get('user');
  const developmentServer = await developmentServerOf(instance);
  return {
    surface,
    policy,
    targets,
    pick: picks(surface, targets),
    can: {
      identities: ['anonymous', ...people.principals.keys()],
      without: people.without,
      redis: false,
      tls: instance.client.origin.protocol === 'https',
      logs: input.stage.restarts,
      addresses: instance.addresses.choose,
      forge:
        user?.access !== undefined && signingKey(user.access, instance.known.jwt) !== undefined,
      developmentServer,
      oneOfSeveral: oneOfSeveral(input.project),
      keys: keyPair(),
      ownAuth: scheme.kind === 'own' ? { type: scheme.type, prefix: scheme.prefix } : undefined,
    },
  };
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

async function signIn(
  instance: Instance,
): Promise<{ principals: ReadonlyMap<IdentityId, Principal>; without: string }> {
  const principals = new Map<IdentityId, Principal>();
  let without = '';
  for (const identity of ['user', 'other', 'admin'] as const) {
    try {
      principals.set(identity, await instance.identities.get(identity, 0, false));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      without ||= error.message;
    }
  }
  return { principals, without };
}

function targetsOf(surface: Surface, policy: Policy): readonly Target[] {
  return policy.decisions.flatMap((decision): Target[] => {
    if (decision.method === 'WS') return [];
    const route = routeOf(surface, decision.route);
    const method = decision.method === 'ALL' ? 'GET' : decision.method;
    return [
      {
        decision,
        method,
        path: samplePath(decision, route),
        sample: sampleBody(decision, route),
        answered: undefined,
      },
    ];
  });
}

/** Sends each GET once as somebody who may: probes that need an answering route take one that does. */
async function survey(
  targets: readonly Target[],
  instance: Instance,
  principals: ReadonlyMap<IdentityId, Principal>,
): Promise<readonly Target[]> {
  const spent = { user: 0, admin: 0 };
  const asked: Target[] = [];
  for (const target of targets) {
    const open = target.decision.access === 'public' || target.decision.access === 'kept';
    const who = target.decision.access.startsWith('role:') ? 'admin' : 'user';
    const principal = principals.get(who);
    // Signed-in requests take from a small budget; a few answers are enough to choose from.
    const skip = target.method !== 'GET' || (!open && (principal === undefined || spent[who] > 3));
    if (skip || asked.length > 60) {
      asked.push(target);
      continue;
    }
    if (!open && principal !== undefined) {
      spent[who] += 1;
      principal.used += 1;
    }
    const answer = await instance.client.send({
      method: 'GET',
      target: target.path,
      headers: open || principal === undefined ? [] : credentials(principal),
      address: instance.addresses.of(undefined),
      timeout: 4000,
    });
    const html = valuesOf(answer, 'content-type')[0]?.startsWith('text/html') === true;
    asked.push({ ...target, answered: answer.status, html });
  }
  return asked;
}

function picks(surface: Surface, targets: readonly Target[]): Pick {
  const good = (target: Target): boolean =>
    target.answered !== undefined && target.answered >= 200 && target.answered < 300;
  const route = (target: Target): Route | undefined => routeOf(surface, target.decision.route);
  const trait =
    (name: Route['traits'][number]) =>
    (target: Target): boolean =>
      route(target)?.traits.includes(name) === true;
  const open = (target: Target): boolean => target.decision.access === 'public';
  const takesJson = (target: Target): boolean =>
    ['POST', 'PUT', 'PATCH'].includes(target.method) &&
    ['json', 'any', 'form'].includes(target.decision.body);
  const first = (...wanted: ((target: Target) => boolean)[]): Target | undefined =>
    wanted.map((fits) => targets.find(fits)).find((found) => found !== undefined);
  const get = (target: Target): boolean => target.method === 'GET';
  const user = (target: Target): boolean => target.decision.access === 'user';
  const plain = (target: Target): boolean => !target.path.includes('?') && takesJson(target);
  return {
    open: first(
      (t) => get(t) && open(t) && good(t) && t.decision.class === 'read',
      (t) => get(t) && open(t) && good(t),
    ),
    read: first((t) => get(t) && user(t) && good(t)),
    write: first(
      (t) => user(t) && plain(t) && t.method === 'POST' && !hasParams(t),
      (t) => user(t) && plain(t),
    ),
    openWrite: first((t) => open(t) && plain(t) && t.decision.class !== 'webhook'),
    admin: first(
      (t) => isAdmin(t) && get(t) && good(t),
      (t) => isAdmin(t) && get(t),
      isAdmin,
    ),
    login: first((t) => trait('login')(t) && t.method === 'POST'),
    register: first((t) => trait('register')(t) && t.method === 'POST'),
    health: first((t) => get(t) && t.decision.class === 'probe' && good(t)),
    page: first(
      (t) => get(t) && t.decision.class === 'page' && good(t),
      (t) => get(t) && t.html === true && t.decision.class !== 'docs' && open(t) && good(t),
    ),
    object: first((t) => get(t) && user(t) && hasParams(t)),
    webhook: first((t) => t.decision.class === 'webhook'),
  };
}

function isAdmin(target: Target): boolean {
  return target.decision.access.startsWith('role:');
}

function hasParams(target: Target): boolean {
  return /[:{<*]/.test(target.decision.path);
}

function routeOf(surface: Surface, id: string): Route | undefined {
  return surface.routes.find((route) => route.id === id);
}
