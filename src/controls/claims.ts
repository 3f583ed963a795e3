import { appFacts } from '../surface/queries.ts';
import type { Surface } from '../surface/surface.ts';
import type { ControlId } from './control.ts';
import type { ControlValues } from './policy.ts';
import type {
  IdentityId,
  Probe,
  ProbeContext,
  ProbeEntry,
  Step,
  Target,
  Unprobed,
} from './probe.ts';

type Rest = Partial<Omit<Probe, 'id' | 'control' | 'title' | 'failure' | 'steps'>>;

/** Shorthands with which one control writes its probes. */
export interface Claims {
  prove: (id: string, title: string, failure: string, steps: readonly Step[], rest?: Rest) => Probe;
  skip: (id: string, title: string, why: string) => Unprobed;
  /** A probe when there is what it needs, else the reason why it is not run. */
  when: <T>(
    found: T | undefined | false,
    missing: readonly [id: string, title: string, why: string],
    make: (found: T) => ProbeEntry | readonly ProbeEntry[],
  ) => readonly ProbeEntry[];
}

export function claims(control: ControlId): Claims {
  const skip: Claims['skip'] = (id, title, notRun) => ({ id, control, title, notRun });
  return {
    skip,
    prove: (id, title, failure, steps, rest = {}) => ({
      id,
      control,
      title,
      failure,
      steps,
      identity: rest.identity ?? mainIdentity(steps),
      ...rest,
    }),
    when: (found, [id, title, why], make) => {
      if (found === undefined || found === false) return [skip(id, title, why)];
      const made = make(found);
      return Array.isArray(made) ? (made as readonly ProbeEntry[]) : [made as ProbeEntry];
    },
  };
}

function mainIdentity(steps: readonly Step[]): IdentityId {
  return steps.at(-1)?.send.as ?? 'anonymous';
}

/** The values that hold for this run. */
export function valuesOf(context: ProbeContext): ControlValues {
  const { level, values } = context.policy;
  const found = values[level];
  if (found === undefined) throw new Error(`the policy has no values for ${level}`);
  return found;
}

/** A GET that anybody may send; without one, a path that does not exist, which is answered too. */
export function openPath(context: ProbeContext): string {
  const { open, health, page } = context.pick;
  return (open ?? health ?? page)?.path ?? '/secure-proof-no-such-path';
}

/** A GET that counts for the general limit: a front end's files do not, and may stand at every unknown path. */
export function limitedPath(context: ProbeContext): string {
  const open = context.pick.open;
  return open !== undefined && open.decision.limit === 'general'
    ? open.path
    : '/secure-proof-no-such-path';
}

/** A route of the application that answers every path by itself: nothing is unlisted then. */
export function answersAll({ policy }: ProbeContext): boolean {
  return policy.decisions.some(
    ({ path, access }) =>
      (access === 'public' || access === 'kept') && /^\/?\{?\/?\*\w*\}?$|^\/?\(\.\*\)$/.test(path),
  );
}

export const everyPath = 'a route of the application answers every path by itself';

/** A GET that a signed-in user may send. */
export function readPath(context: ProbeContext): string | undefined {
  if (!context.can.identities.includes('user')) return undefined;
  return context.pick.read?.path ?? ownPath(context, '/me');
}

/** A GET whose 401 is ours: where the application decides by itself, it may be a page or a redirect. */
export function decidedPath(context: ProbeContext): string | undefined {
  const { read } = context.pick;
  return (read?.decision.access === 'user' && read.path) || ownPath(context, '/me');
}

/** Why there is no such GET. */
export function noReader({ can }: ProbeContext): string {
  return can.without === '' && can.identities.includes('user')
    ? 'no GET here was seen to answer a signed-in caller and to refuse a stranger'
    : `nobody can sign in: ${can.without}`;
}

export function ownPath(context: ProbeContext, path: string): string | undefined {
  const own = context.can.ownAuth;
  return own === undefined ? undefined : `${own.prefix}${path}`;
}

/** A write with a JSON body that this run can send, and as whom. */
export function bodyWrite(context: ProbeContext): { target: Target; as: IdentityId } | undefined {
  const { write, openWrite } = context.pick;
  if (write !== undefined && context.can.identities.includes('user')) {
    return { target: write, as: 'user' };
  }
  // Where our endpoints are promised and absent, nothing is hardened yet: the write is open.
  if (write !== undefined && context.can.ownAuth !== undefined) {
    return { target: write, as: 'anonymous' };
  }
  return openWrite === undefined ? undefined : { target: openWrite, as: 'anonymous' };
}

/** Sends that take JSON: the application's own write, or the emitted sign-in. */
export function jsonSend(
  context: ProbeContext,
): { method: string; path: string; as: IdentityId; sample: unknown; route?: string } | undefined {
  const own = bodyWrite(context);
  if (own !== undefined) {
    const { target, as } = own;
    return {
      method: target.method,
      path: target.path,
      as,
      sample: target.sample,
      route: target.decision.route,
    };
  }
  const login = context.can.ownAuth?.type === 'apikey' ? undefined : ownPath(context, '/login');
  if (login === undefined) return undefined;
  return {
    method: 'POST',
    path: login,
    as: 'anonymous',
    sample: { email: 'a@proof.example', password: 'x' },
  };
}

/** Upgrades do not run through middleware: what stands beside the routes is told, never proven. */
export function noSocket(surface: Surface): string {
  const [first] = appFacts(surface, 'websocket');
  if (first === undefined) return 'no websocket is decided here';
  const { library } = first.detail;
  const { file, line } = first.place;
  return `not covered: websockets of ${library} (${file}:${line}) open beside the routes`;
}

export const twoHundreds: readonly number[] = [200, 201, 202, 203, 204, 206];
