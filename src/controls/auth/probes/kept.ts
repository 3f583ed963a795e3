import { claims, noReader, readPath, twoHundreds } from '../../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../../probe.ts';
import { changedTokens } from './tokens.ts';

const { prove, skip } = claims('auth');
const kept = 'the application’s own authentication is kept';

/** The sign-in that an application keeps, asked with the identities of secure.yaml: what any sign-in must refuse. */
export function keptProbes(context: ProbeContext): readonly ProbeEntry[] {
  const { described, without, forge } = context.can;
  if (described === undefined) {
    const why = without === '' ? kept : `nobody can sign in: ${without}`;
    return [skip('J-2', 'forged tokens are refused', why)];
  }
  const path = readPath(context);
  if (path === undefined) {
    return [skip('J-5', 'a changed credential is refused', noReader(context))];
  }
  const good: Step = {
    send: { method: 'GET', path, as: 'user' },
    expect: { status: twoHundreds },
    setup: true,
  };
  if (described.cookie) return [changedCookie(good, path), loggedOut(context, path)];
  const changed = (value: string): Step => ({
    send: { method: 'GET', path, headers: [['Authorization', value]] },
    expect: { notStatus: [...twoHundreds, 0] },
  });
  return [
    prove(
      'J-5',
      'a changed token is refused',
      'anybody makes a token that is accepted',
      [good, changed('Bearer {{user.access}}x'), changed('Bearer x'), changed('Bearer ')],
      { identity: 'user' },
    ),
    ...(forge
      ? changedTokens(context, good)
      : [
          skip(
            'J-2',
            'forged tokens are refused',
            'the application signs with a key of its own, which JWT_SECRET does not set',
          ),
        ]),
    skip('S-5', 'a signed-out session is dead', 'the credential is a token, not a session'),
  ];
}

function changedCookie(good: Step, path: string): ProbeEntry {
  return prove(
    'S-7',
    'a changed cookie is no session',
    'sessions can be made up',
    [
      good,
      {
        send: { method: 'GET', path, headers: [['Cookie', '{{user.cookie}}x']] },
        expect: { notStatus: [...twoHundreds, 0] },
      },
    ],
    { identity: 'user' },
  );
}

function loggedOut(context: ProbeContext, path: string): ProbeEntry {
  const id = 'S-5';
  const title = 'a signed-out session is dead';
  const route = context.surface.routes.find((one) => one.traits.includes('logout'));
  const target = context.targets.find((one) => one.decision.route === route?.id);
  if (target === undefined) return skip(id, title, 'no route here was read as a logout');
  const read: Step['send'] = { method: 'GET', path, headers: [['Cookie', '{{user.cookie}}']] };
  const write = target.method === 'GET' ? {} : { json: {} };
  return prove(
    id,
    title,
    'a stolen cookie lives on',
    [
      { send: read, expect: { status: twoHundreds }, setup: true },
      {
        send: { method: target.method, path: target.path, as: 'user', ...write },
        expect: { notStatus: [401, 403, 404, 500, 0] },
        setup: true,
      },
      { send: read, expect: { notStatus: [...twoHundreds, 0] } },
    ],
    { disposable: true, identity: 'user', route: target.decision.route },
  );
}

/** J-1 turned round, on every route that was seen to answer a signed-in caller and to refuse a stranger. */
export function letIn(context: ProbeContext): readonly ProbeEntry[] {
  return context.targets.flatMap(({ decision, method, path, caller, answered = 0 }) => {
    const measured = decision.access === 'kept' && twoHundreds.includes(answered);
    if (!measured || method !== 'GET' || caller === undefined || caller === 'anonymous') return [];
    return [
      prove(
        'J-1/known',
        `${decision.method} ${decision.path} lets ${caller === 'admin' ? 'an administrator' : 'a signed-in user'} in`,
        'everybody is shut out',
        [{ send: { method, path, as: caller }, expect: { notStatus: [401, 403, 500, 0] } }],
        { route: decision.route },
      ),
    ];
  });
}
