import { bodyWrite, claims, noSocket, ownPath, valuesOf } from '../claims.ts';
import type { ProbeContext, ProbeEntry, RequestSpec, Step } from '../probe.ts';
import { keptCookieProbes } from './kept.ts';

const { prove, skip, when } = claims('csrf');

/** They apply where a cookie is the credential. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const own = context.can.ownAuth;
  if (own?.type !== 'session') {
    return [
      ...when(
        context.policy.kept.csrf === undefined,
        ['X-2', 'a page of another site does not write', context.policy.kept.csrf ?? ''],
        () => [foreignCookie(), ...keptCookieProbes(context)],
      ),
      ...tokens(context),
    ];
  }
  if (!context.can.identities.includes('user')) {
    return [
      skip(
        'X-2',
        'a page of another site does not write as the user',
        `nobody can sign in: ${context.can.without}`,
      ),
    ];
  }
  const found = bodyWrite(context);
  const write: RequestSpec =
    found?.as === 'user'
      ? {
          method: found.target.method,
          path: found.target.path,
          json: found.target.sample,
          as: 'user',
        }
      : { method: 'POST', path: ownPath(context, '/logout') ?? '', json: {}, as: 'user' };
  const route = found?.as === 'user' ? { route: found.target.decision.route } : {};
  const values = valuesOf(context).csrf;
  const bare = (...headers: readonly (readonly [string, string])[]): Step => ({
    send: { ...write, attach: 'credential', headers },
    expect: { status: [403] },
  });
  const token = ['X-CSRF-Token', '{{user.csrf}}'] as const;
  const same = ['Sec-Fetch-Site', 'same-origin'] as const;
  const alive: Step = {
    send: { method: 'GET', path: ownPath(context, '/me') ?? '', as: 'user' },
    expect: { status: [200] },
  };
  const refuse = (
    id: string,
    title: string,
    failure: string,
    ...steps: readonly Step[]
  ): ProbeEntry => prove(id, title, failure, [...steps, alive], { identity: 'user', ...route });
  return [
    prove(
      'X-1',
      'a write of the own page passes',
      'the front end is broken',
      [{ send: write, expect: { notStatus: [401, 403, 500, 0] } }],
      { disposable: true, ...route },
    ),
    refuse(
      'X-2',
      'a page of another site does not write',
      'any site writes as the user',
      bare(['Sec-Fetch-Site', 'cross-site'], token),
    ),
    refuse(
      'X-3',
      'a foreign Origin does not write',
      'older browsers are not covered',
      bare(['Origin', 'https://evil.example'], token),
    ),
    refuse(
      'X-4',
      'an Origin of null does not write',
      'a sandboxed frame writes as the user',
      bare(['Origin', 'null'], token),
    ),
    refuse(
      'X-5',
      'origins that look alike do not write',
      'a sibling or a lookalike writes as the user',
      bare(['Origin', 'https://app.example.com.evil'], token),
      bare(['Origin', 'http://app.example.com'], token),
      bare(['Sec-Fetch-Site', 'same-site'], token),
    ),
    values.noOrigin === 'refuse'
      ? refuse(
          'X-6',
          'a write that does not say where it comes from is refused',
          'an old browser writes for any site',
          bare(token),
        )
      : skip(
          'X-6',
          'a write that does not say where it comes from',
          'allowed at this level when the token is right',
        ),
    ...(values.token
      ? bound(refuse, bare, same)
      : [skip('X-8', 'the token is bound to its session', 'the level asks for no token')]),
    refuse('X-12', 'a form of another site does not write', 'a simple request passes', {
      send: {
        ...write,
        json: undefined,
        attach: 'credential',
        body: '{"a":1}',
        headers: [
          ['Content-Type', 'text/plain'],
          ['Sec-Fetch-Site', 'cross-site'],
        ],
      },
      expect: { status: [403, 415] },
    }),
    skip(
      'X-13',
      'no GET changes state',
      'whether a handler writes is not seen from outside: see the findings',
    ),
    refuse('X-14', 'an override on GET changes nothing', 'a link writes as the user', {
      send: {
        method: 'GET',
        path: `${write.path}?_method=POST`,
        as: 'user',
        attach: 'credential',
        headers: [
          ['X-HTTP-Method-Override', 'POST'],
          ['Sec-Fetch-Site', 'cross-site'],
        ],
      },
      expect: { notStatus: [201, 500] },
    }),
    prove(
      'X-15',
      'a foreign site does not sign the user in',
      'a victim works in the attacker’s account',
      [
        {
          send: {
            method: 'POST',
            path: ownPath(context, '/login') ?? '',
            json: { email: '{{user.email}}', password: '{{user.password}}' },
            headers: [
              ['Sec-Fetch-Site', 'cross-site'],
              ['Origin', 'https://evil.example'],
            ],
          },
          expect: { status: [403] },
        },
      ],
    ),
    skip('X-16', 'a webhook without its signature', 'its signature is the application’s own'),
    skip('X-17', 'two tabs, the back button', 'it needs a browser'),
    skip('X-18', 'a websocket of another origin', noSocket(context.surface)),
    refuse(
      'X-19',
      'unknown Sec-Fetch values do not pass',
      'a strange value is taken for good',
      bare(['Sec-Fetch-Site', 'foo'], ['Origin', 'https://evil.example'], token),
      bare(['Sec-Fetch-Site', 'CROSS-SITE'], ['Origin', 'https://evil.example'], token),
    ),
  ];
}

/**
 * The cookie of an application that keeps its own sign-in: its value does not matter, it is refused before
 * anybody reads it. The path is one that does not exist, so that nothing is written where nothing refuses.
 */
function foreignCookie(): ProbeEntry {
  const write = (site: string, origin: string): Step => ({
    send: {
      method: 'POST',
      path: '/secure-proof-no-such-path',
      json: {},
      headers: [
        ['Cookie', 'session=proof'],
        ['Sec-Fetch-Site', site],
        ['Origin', origin],
      ],
    },
    expect: { status: [403] },
  });
  return prove('X-2', 'a page of another site does not write', 'any site writes as the user', [
    write('cross-site', 'https://evil.example'),
    write('same-site', 'https://evil.proof.example'),
  ]);
}

type Refuse = (id: string, title: string, failure: string, ...steps: readonly Step[]) => ProbeEntry;
type Bare = (...headers: readonly (readonly [string, string])[]) => Step;

function bound(refuse: Refuse, bare: Bare, same: readonly [string, string]): readonly ProbeEntry[] {
  return [
    refuse(
      'X-8',
      'another session’s token does not pass',
      'an attacker uses his own token',
      bare(same, ['X-CSRF-Token', '{{other.csrf}}']),
    ),
    skip('X-9', 'tokens end with their session', 'S-1 and S-5 end the session itself'),
    refuse(
      'X-10',
      'no token, an empty one and a changed one do not pass',
      'the token is not compared',
      bare(same),
      bare(same, ['X-CSRF-Token', '']),
      bare(same, ['X-CSRF-Token', '{{user.csrf}}x']),
    ),
    refuse('X-11', 'a token in the address does not pass', 'tokens end in logs', {
      ...bare(same),
      send: withQuery(bare(same).send),
    }),
  ];
}

function withQuery(send: RequestSpec): RequestSpec {
  return { ...send, path: `${send.path}?csrfToken={{user.csrf}}&_csrf={{user.csrf}}` };
}

/** clients with a token in a header are not touched. */
function tokens(context: ProbeContext): readonly ProbeEntry[] {
  const path = ownPath(context, '/me');
  if (path === undefined || !context.can.identities.includes('user')) return [];
  return [
    prove(
      'X-7',
      'a client with a token in a header needs no Origin',
      'mobile and command-line clients are shut out',
      [{ send: { method: 'GET', path, as: 'user' }, expect: { status: [200] } }],
    ),
  ];
}
