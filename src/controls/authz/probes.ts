import { answersAll, claims, everyPath, ownPath, twoHundreds } from '../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../probe.ts';
import { objectProbes } from './objects.ts';

const { prove, skip, when } = claims('authz');

/** J-23 to J-27: who may do what, whatever the spelling of the request. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  return [...roles(context), ...spellings(context), ...unlisted(context), ...objectProbes(context)];
}

/** J-24: a signed-in user on every route that asks for a role. */
function roles(context: ProbeContext): readonly ProbeEntry[] {
  const asking = context.targets.filter(
    ({ decision, caller }) =>
      decision.access.startsWith('role:') || (decision.access === 'kept' && caller === 'admin'),
  );
  const users = context.can.identities.includes('user');
  const own = context.can.ownAuth?.type === 'apikey' ? ownPath(context, '/keys') : undefined;
  if (!users)
    return [
      skip(
        'J-24',
        'a user is refused where a role is asked for',
        `nobody can sign in: ${context.can.without}`,
      ),
    ];
  const mine =
    own === undefined
      ? []
      : [
          prove('J-24/keys', 'a user makes no keys', 'every user is an administrator', [
            {
              send: {
                method: 'POST',
                path: own,
                as: 'user',
                json: { name: 'x', roles: ['admin'] },
              },
              expect: { status: [403] },
            },
          ]),
        ];
  if (asking.length === 0)
    return [...mine, skip('J-24', 'a user is refused where a role is asked for', noRole(context))];
  const perRoute = asking.map((target) => {
    const destroys = target.method === 'DELETE' && !/[:{<]/.test(target.decision.path);
    return prove(
      destroys ? 'J-24/all' : 'J-24',
      `${target.decision.route} refuses a user`,
      'every user is an administrator',
      [
        {
          send: {
            method: target.method,
            path: target.path,
            as: 'user',
            ...(target.method === 'GET' ? {} : { json: target.sample }),
          },
          expect:
            target.decision.access === 'kept'
              ? { notStatus: [...twoHundreds, 0] }
              : { status: [403] },
        },
      ],
      { route: target.decision.route, ...(destroys ? { after: 'J-24' } : {}) },
    );
  });
  const read = context.pick.admin;
  const known = when(
    read?.method === 'GET' && context.can.identities.includes('admin') && read,
    ['J-24/admin', 'an administrator is let in', 'no administrator here'],
    (target) =>
      prove(
        'J-24/admin',
        'an administrator is let in',
        'the role shuts everybody out',
        [
          {
            send: { method: 'GET', path: target.path, as: 'admin' },
            expect: { notStatus: [401, 403] },
          },
        ],
        { route: target.decision.route },
      ),
  );
  return [...mine, ...perRoute, ...known];
}

/** Where the application decides by itself, roles show in who gets an answer. */
function noRole({ can }: ProbeContext): string {
  if (can.described === undefined) return 'no route here asks for a role';
  return can.missing.admin ?? 'no GET here was seen to answer an administrator alone';
}

/** J-25 to J-27: what a guard that compares texts lets through. Anonymous, so that nothing is changed. */
function spellings(context: ProbeContext): readonly ProbeEntry[] {
  const target = context.pick.admin ?? context.pick.read;
  const path = target?.path ?? ownPath(context, '/me');
  if (path === undefined || answersAll(context)) {
    const why = path === undefined ? 'no protected route here' : everyPath;
    return [skip('J-26', 'other spellings of a path are guarded', why)];
  }
  const rest = {
    identity: 'anonymous',
    ...(target === undefined ? {} : { route: target.decision.route }),
  } as const;
  const first = path[1] ?? '';
  const encoded = `/%${first.charCodeAt(0).toString(16)}${path.slice(2)}`;
  const variants = [
    path.toUpperCase(),
    `${path}/`,
    `${path}/.`,
    `/${path}`,
    `/.${path}`,
    `/x/..${path}`,
    encoded,
    `${path}%2f`,
    `${path};a=b`,
    `${path}%00`,
    `${path}%20`,
    `${path}.json`,
    `${path}?`,
    `${path}?x=/public`,
    path.replaceAll('/', '\\'),
    `http://{{host}}${path}`,
  ];
  // How an application of its own guard fails is its own affair: that it lets nobody in is the claim.
  const ours = target?.decision.access !== 'kept';
  const never = { notStatus: ours ? [...twoHundreds, 500] : twoHundreds };
  const get = (headers: Step['send']['headers']): Step => ({
    send: { method: 'GET', path, headers },
    expect: never,
  });
  const raw = (...lines: readonly string[]): Step => ({
    send: {
      method: 'GET',
      path,
      raw: `GET ${path} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`,
    },
    expect: never,
  });
  return [
    prove(
      'J-25',
      'headers do not change method or path',
      'a header passes the guard',
      [
        get([
          ['X-Original-URL', '/'],
          ['X-Rewrite-URL', '/'],
        ]),
        get([
          ['X-HTTP-Method-Override', 'OPTIONS'],
          ['X-Method-Override', 'OPTIONS'],
        ]),
        get([
          ['X-Forwarded-Prefix', '/public'],
          ['X-Forwarded-Host', 'localhost'],
        ]),
        {
          send: {
            method: 'GET',
            path: '/',
            headers: [
              ['X-Original-URL', path],
              ['X-Rewrite-URL', path],
            ],
          },
          expect: { notStatus: [500] },
        },
      ],
      rest,
    ),
    prove(
      'J-26',
      `other spellings of ${path} are guarded`,
      'a capital letter or a slash passes the guard',
      variants.map(
        (variant): Step => ({
          send: { method: 'GET', path: variant },
          expect: never,
        }),
      ),
      rest,
    ),
    prove(
      'J-27',
      'the Host header does not change the decision',
      'a host name passes the guard',
      [
        raw('Host: x/public?a='),
        raw('Host: a@b'),
        raw('Host: {{host}}', 'Host: evil.example'),
        raw(),
      ],
      rest,
    ),
  ];
}

function unlisted(context: ProbeContext): readonly ProbeEntry[] {
  const title = 'a path that nobody decided is not served to anybody';
  if (context.policy.unlisted === 'kept')
    return [
      skip(
        'J-1/unlisted',
        title,
        'the code has places that could not be read: unlisted paths stay as they are',
      ),
    ];
  if (answersAll(context)) return [skip('J-1/unlisted', title, everyPath)];
  return [
    prove('J-1/unlisted', title, 'what the reader missed is open', [
      { send: { method: 'GET', path: '/secure-proof-no-such-path' }, expect: { status: [404] } },
      {
        send: { method: 'POST', path: '/secure-proof-no-such-path', json: {} },
        expect: { status: [404, 405] },
      },
    ]),
  ];
}
