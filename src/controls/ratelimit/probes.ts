import { claims, openPath, ownPath, readPath, valuesOf } from '../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../probe.ts';

const { prove, skip, when } = claims('ratelimit');
const forwarded = [
  'X-Forwarded-For',
  'X-Real-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'X-Client-IP',
  'X-Originating-IP',
];

/** */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const general = valuesOf(context).ratelimit.general;
  const path = limitedPath(context);
  const ours = context.policy.kept.ratelimit === undefined;
  const over = general.limit + 5;
  const refused = (limit: number) => ({ status: 429, atLeast: 1, atMost: over - limit });
  return [
    prove(
      'R-1',
      `${general.limit} requests in ${general.windowSeconds} s, then 429`,
      'one client takes all capacity',
      [
        {
          send: { method: 'GET', path, from: 'r1' },
          times: over,
          tally: ours ? { status: 429, atLeast: 5, atMost: 5 } : refused(0),
          expect: ours
            ? {
                status: [429],
                header: {
                  'retry-after': /^\d+$/,
                  ratelimit: /"general";r=0;t=\d+/,
                  'ratelimit-policy': /"general"/,
                },
              }
            : { status: [429] },
        },
      ],
    ),
    prove(
      'R-2',
      'a forged X-Forwarded-For does not start a new count',
      'the limit is passed with one header',
      [
        {
          send: { method: 'GET', path, from: 'r2' },
          times: over,
          vary: (n) => ({ headers: [['X-Forwarded-For', `9.9.${n >> 8}.${n & 255}`]] }),
          expect: { status: [429] },
        },
      ],
    ),
    prove('R-3', 'no other header names the client', 'the limit is passed with one header', [
      {
        send: { method: 'GET', path, from: 'r3' },
        times: over,
        vary: (n) => ({
          headers: [
            ...forwarded.map((name): readonly [string, string] => [
              name,
              `9.8.${n >> 8}.${n & 255}`,
            ]),
            ['X-Forwarded-For', `9.7.1.${n & 255}, 127.0.0.1`],
            ['Forwarded', `for=9.6.1.${n & 255}`],
          ],
        }),
        expect: { status: [429] },
      },
    ]),
    ...when(
      context.can.addresses,
      ['R-4', 'two clients have counts of their own', 'this machine has one loopback address'],
      () =>
        prove('R-4', 'two clients have counts of their own', 'one client shuts the others out', [
          {
            send: { method: 'GET', path, from: 'r4' },
            times: over,
            expect: { status: [429] },
            setup: true,
          },
          { send: { method: 'GET', path, from: 'r4-other' }, expect: { notStatus: [429] } },
        ]),
    ),
    skip(
      'R-5',
      'IPv6 addresses of one customer share a count',
      'loopback has one IPv6 address; the emitted tests hold the prefix',
    ),
    ...onLogin(context),
    prove('R-11', 'HEAD counts like GET', 'an uncounted verb passes the limit', [
      { send: { method: 'HEAD', path, from: 'r11' }, times: over, expect: { status: [429] } },
    ]),
    prove(
      'R-12',
      `of ${general.limit + 40} requests at once ${general.limit} pass`,
      'requests race past the counter',
      [
        {
          send: { method: 'GET', path, from: 'r12' },
          times: general.limit + 40,
          parallel: true,
          tally: { status: 429, atLeast: ours ? 40 : 1 },
        },
      ],
    ),
    skip(
      'R-13',
      'auth routes answer 503 while Redis is away',
      'no Redis here; the emitted tests hold it',
    ),
    skip(
      'R-14',
      'several processes share one limit',
      'it needs a Redis that several processes share',
    ),
    skip('R-15', 'memory is flat after 100,000 clients', 'a load test, not a proof of one run'),
    ...principal(context),
    ...when(
      context.pick.health?.decision.limit === 'exempt' && context.pick.health,
      ['R-18', 'health checks are not limited', 'no health check answers here'],
      (health) =>
        prove(
          'R-18',
          'health checks are not limited',
          'the orchestrator kills the application',
          [
            {
              send: { method: 'GET', path: health.path, from: 'r18' },
              times: over,
              tally: { status: 429, atMost: 0 },
            },
          ],
          { route: health.decision.route },
        ),
    ),
    prove('R-18/preflight', 'preflights are not limited', 'a busy front end is shut out', [
      {
        send: {
          method: 'OPTIONS',
          path: openPath(context),
          from: 'r18p',
          headers: [
            ['Origin', 'https://app.example.com'],
            ['Access-Control-Request-Method', 'GET'],
          ],
        },
        times: over,
        tally: { status: 429, atMost: 0 },
      },
    ]),
    skip('R-20', 'websocket upgrades are limited', 'no websocket route is decided here'),
    skip('R-21', 'batched operations are counted one by one', 'no batching endpoint is known here'),
    skip(
      'R-22',
      'a burst at the edge of two windows',
      'documented: a fixed window admits twice the limit at its edge',
    ),
  ];
}

function limitedPath(context: ProbeContext): string {
  const open = context.pick.open;
  return open !== undefined && open.decision.limit === 'general'
    ? open.path
    : '/secure-proof-no-such-path';
}

function onLogin(context: ProbeContext): readonly ProbeEntry[] {
  const own = context.can.ownAuth?.type === 'apikey' ? undefined : ownPath(context, '/login');
  const path = own ?? context.pick.login?.path;
  const titles = ['R-6', 'R-7', 'R-8', 'R-9', 'R-10', 'R-17'];
  if (path === undefined)
    return titles.map((id) => skip(id, 'password guessing is limited', 'no login is known here'));
  const { auth, account } = valuesOf(context).ratelimit;
  const wrong = (email: string) => ({
    method: 'POST',
    path,
    json: { email, password: 'Wrong password 1!' },
  });
  const guess = (email: string, from?: string): Step['send'] => ({ ...wrong(email), from });
  const spellings = [
    'A-{{unique}}@proof.example',
    'a-{{unique}}@PROOF.example',
    ' a-{{unique}}@proof.example',
    'a-{{unique}}@proof.example ',
  ];
  const fails = account.limit + 3;
  const each = context.can.addresses;
  const noAddresses = 'this machine has one loopback address';
  return [
    ...when(
      each,
      ['R-6', 'guesses at one account from many addresses are limited', noAddresses],
      () =>
        prove(
          'R-6',
          `${account.limit} wrong passwords for one account, from any address`,
          'one account is guessed from many addresses',
          [{ send: guess('a-{{unique}}@proof.example'), times: fails, expect: { status: [429] } }],
        ),
    ),
    prove(
      'R-7',
      `${auth.limit} sign-ins from one address`,
      'one address tries one password on every account',
      [
        {
          send: guess('x@proof.example', 'r7'),
          times: auth.limit + 2,
          vary: (n) => wrong(`spray-${n}-{{unique}}@proof.example`),
          tally: { status: 429, atLeast: 2 },
          expect: { status: [429], header: { 'retry-after': /^\d+$/ } },
        },
      ],
    ),
    ...when(each, ['R-8', 'spellings of one account share its count', noAddresses], () =>
      prove(
        'R-8',
        'spellings of one account share its count',
        'capital letters or spaces start a new count',
        [
          {
            send: guess('a-{{unique}}@proof.example'),
            times: fails + 4,
            vary: (n) => wrong(spellings[n % 2] ?? ''),
            expect: { status: [429] },
          },
        ],
      ),
    ),
    skip(
      'R-9',
      'a locked account opens again',
      `the window of ${account.windowSeconds} s is longer than a proof`,
    ),
    prove(
      'R-10',
      'other spellings of the path share the count or do not exist',
      'a slash starts a new count',
      [
        {
          send: guess('b@proof.example', 'r10'),
          times: auth.limit + 1,
          expect: { status: [429] },
          setup: true,
        },
        ...[path.toUpperCase(), `${path}/`, `/${path}`, `${path}?x=1`].map(
          (variant): Step => ({
            send: { ...guess('b@proof.example', 'r10'), path: variant },
            expect: {
              status: [429, 404, 400, 401, 301, 308, 405],
              bodyLacks: ['accessToken'],
              notStatus: [],
            },
          }),
        ),
        {
          send: { ...guess('b@proof.example', 'r10'), path: `${path}?y=1` },
          expect: { status: [429] },
        },
      ],
    ),
    ...when(
      each && context.can.ownAuth !== undefined && context.can.identities.includes('user'),
      ['R-17', 'known and unknown accounts are refused alike', 'two accounts are needed'],
      () =>
        prove(
          'R-17',
          'known and unknown accounts are refused alike',
          'the limit tells who has an account',
          [
            { send: guess('{{user.email}}'), times: fails, expect: { status: [429] } },
            {
              send: guess('nobody-{{unique}}@proof.example'),
              times: fails,
              expect: { status: [429], like: 0 },
            },
          ],
          { disposable: true, identity: 'anonymous' },
        ),
    ),
  ];
}

function principal(context: ProbeContext): readonly ProbeEntry[] {
  const path = readPath(context);
  const api = valuesOf(context).ratelimit.api;
  const mine =
    context.can.ownAuth !== undefined &&
    context.can.identities.includes('other') &&
    path !== undefined;
  const ours = context.policy.kept.ratelimit === undefined && context.can.addresses;
  return [
    ...when(
      mine && ours && path,
      [
        'R-16',
        'users have budgets of their own',
        `two accounts are needed: ${context.can.without}`,
      ],
      (read) =>
        prove(
          'R-16',
          `${api.limit} requests per user, whatever the address`,
          'users behind one address share a budget',
          [
            {
              send: { method: 'GET', path: read, as: 'user' },
              times: api.limit + 2,
              expect: { status: [429] },
            },
            { send: { method: 'GET', path: read, as: 'other' }, expect: { notStatus: [429] } },
          ],
          { disposable: true, identity: 'user' },
        ),
    ),
    ...when(
      context.can.forge && path,
      ['R-19', 'a forged token is counted by its address', 'no token here whose key is known'],
      (read) =>
        prove(
          'R-19',
          'a forged token is counted by its address',
          'an attacker chooses whose budget is used up',
          [
            {
              send: {
                method: 'GET',
                path: read,
                as: 'user',
                token: { key: 'another key of thirty-two bytes.' },
              },
              times: api.limit + 2,
              tally: { status: 401, atLeast: api.limit },
            },
            { send: { method: 'GET', path: read, as: 'user' }, expect: { notStatus: [429, 401] } },
          ],
          { disposable: true },
        ),
    ),
  ];
}
