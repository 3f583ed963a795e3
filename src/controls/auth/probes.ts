import { claims, noReader, ownPath, readPath } from '../claims.ts';
import type { ProbeContext, ProbeEntry, Target } from '../probe.ts';
import { accountProbes } from './probes/accounts.ts';
import { keptProbes, letIn } from './probes/kept.ts';
import { keyProbes } from './probes/keys.ts';
import { refreshProbes } from './probes/refresh.ts';
import { sessionProbes } from './probes/sessions.ts';
import { tokenProbes } from './probes/tokens.ts';

const { prove, skip, when } = claims('auth');

/** J, F, K and S rows; which of them apply follows from how callers sign in. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const own = context.can.ownAuth;
  const none = (id: string, title: string): ProbeEntry =>
    skip(
      id,
      title,
      own === undefined
        ? 'the application’s own authentication is kept'
        : `authentication is by ${own.type}`,
    );
  const type = own?.type;
  return [
    ...everyRoute(context),
    ...secrets(context),
    ...(own === undefined ? keptProbes(context) : []),
    ...(own === undefined
      ? []
      : context.can.forge
        ? tokenProbes(context)
        : [none('J-2', 'forged tokens are refused')]),
    ...(type === 'jwt' || type === 'session'
      ? accountProbes(context)
      : [none('J-29', 'accounts are not told apart')]),
    ...(type === 'jwt' ? refreshProbes(context) : [none('F-1', 'refresh tokens rotate')]),
    ...(type === 'apikey' ? keyProbes(context) : [none('K-1', 'unknown keys are refused')]),
    ...(type === 'session'
      ? sessionProbes(context)
      : [none('S-1', 'sessions are fixed to their login')]),
    skip('J-15', 'unknown keys do not flood the key server', 'no outside issuer here'),
    skip('J-16', 'an issuer that is away', 'no outside issuer here'),
    skip(
      'J-17',
      'key rotation',
      'a rotation takes two starts with one database, which the proof does not share',
    ),
    skip(
      'J-31',
      'nothing of a long password is cut off',
      'argon2id has no such limit, and no account here has a bcrypt hash',
    ),
  ];
}

/** J-1 on every route. A DELETE that names no object goes last: on an open application it would delete everything. */
function everyRoute(context: ProbeContext): readonly ProbeEntry[] {
  const listed = context.targets.map((target) => noCredential(context, target));
  const me = ownPath(context, '/me');
  const known = letIn(context);
  return [
    ...listed,
    ...when(me, ['J-20', 'a 401 says how to sign in', 'no emitted endpoints'], (path) =>
      prove('J-20', 'a 401 says how to sign in', 'clients cannot follow RFC 9110', [
        {
          send: { method: 'GET', path },
          expect: { status: [401], header: { 'www-authenticate': /realm="api"/ } },
        },
      ]),
    ),
    ...known,
    ...(known.length > 0 ? [] : signedIn(context)),
  ];
}

function signedIn(context: ProbeContext): readonly ProbeEntry[] {
  return when(
    readPath(context),
    ['J-1/known', 'a signed-in user is let in', noReader(context)],
    (path) =>
      prove('J-1/known', 'a signed-in user is let in', 'everybody is shut out', [
        { send: { method: 'GET', path, as: 'user' }, expect: { notStatus: [401, 403, 500, 0] } },
      ]),
  );
}

function noCredential(context: ProbeContext, target: Target): ProbeEntry {
  const { decision, method } = target;
  const title = `${decision.method} ${decision.path} without a credential`;
  const route = context.surface.routes.find((each) => each.id === decision.route);
  const guarded =
    route?.guards.some((guard) => guard.kinds.includes('auth') && guard.confidence !== 'low') ===
      true ||
    // Measured: a stranger was refused where somebody who is signed in got an answer.
    (decision.access === 'kept' && read(method) && isSignedIn(target.caller));
  const rest = { route: decision.route, identity: 'anonymous' } as const;
  const reads = read(method);
  const body = reads || decision.body === 'none' ? {} : { json: target.sample };
  const send = { method, path: reads ? target.path : absent(target), ...body };
  if (route?.needs !== undefined)
    return skip('J-1', title, `it is reached with ${route.needs} alone`);
  if (route?.kind === 'graphql') {
    return skip('J-1', title, 'GraphQL: the guard stands before each operation, not the endpoint');
  }
  if (decision.access === 'kept' && reads && target.caller === 'anonymous') {
    return skip('J-1', title, 'the application decides it, and answers a stranger');
  }
  if (decision.access === 'kept' && !guarded) {
    return skip('J-1', title, 'the application decides it: no guard was seen and none is decided');
  }
  if (decision.access === 'public') {
    if (!reads) return skip('J-1', title, 'public, and it writes: not sent');
    const login =
      decision.class === 'login' || decision.class === 'callback' || decision.class === 'webhook';
    if (login) return skip('J-1', title, 'public by its class');
    return prove(
      'J-1',
      `${title} is served, as decided`,
      'a public route was closed',
      [{ send, expect: { notStatus: [401, 403] } }],
      rest,
    );
  }
  const status = decision.access === 'kept' ? [400, 401, 403, 404, 422, 302, 303, 307] : [401];
  const everything = method === 'DELETE' && !/[:{<]/.test(decision.path);
  return prove(
    everything ? 'J-1/all' : 'J-1',
    `${title} is refused`,
    'anybody may call it',
    [{ send, expect: { status } }],
    {
      ...rest,
      ...(everything ? { after: 'J-1' } : {}),
    },
  );
}

function read(method: string): boolean {
  return ['GET', 'HEAD'].includes(method);
}

function isSignedIn(caller: Target['caller']): boolean {
  return caller === 'user' || caller === 'admin';
}

/** An object that is not there: a write that gets through does no harm. */
function absent(target: Target): string {
  return target.path.replace(/\/1(?=\/|$)/g, '/999999999');
}

/** J-18: a start with a missing or weak secret. */
function secrets(context: ProbeContext): readonly ProbeEntry[] {
  const type = context.can.ownAuth?.type;
  if (type !== 'jwt' || !context.can.logs) {
    return [
      skip('J-18', 'weak secrets stop the start', 'no secret of ours is read at the start here'),
    ];
  }
  const weak = { unset: '', placeholder: 'changeme', short: 'k3Jx9vQ2mN8pR5tY7wZ1aB4cD6eF0gH' };
  return Object.entries(weak).map(([name, value]) =>
    prove(
      `J-18/${name}`,
      `a JWT_SECRET that is ${name} stops the start`,
      'tokens can be forged by guessing',
      [],
      {
        identity: 'anonymous',
        environment: { JWT_SECRET: value },
        refusesStart: 'JWT_SECRET',
      },
    ),
  );
}
