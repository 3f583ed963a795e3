import { claims, ownPath, readPath, valuesOf } from '../claims.ts';
import type { ProbeContext, ProbeEntry, RequestSpec, Step, Target } from '../probe.ts';

const { prove, skip, when } = claims('ratelimit');

/** passwords. */
export function guessingProbes(context: ProbeContext): readonly ProbeEntry[] {
  const own = context.can.ownAuth?.type === 'apikey' ? undefined : ownPath(context, '/login');
  const path = own ?? context.pick.login?.path;
  const titles = ['R-6', 'R-7', 'R-8', 'R-9', 'R-10', 'R-17'];
  if (path === undefined)
    return titles.map((id) => skip(id, 'password guessing is limited', 'no login is known here'));
  const login = context.surface.routes.find(({ id }) => id === context.pick.login?.decision.route);
  if (own === undefined && login?.body === 'none')
    return titles.map((id) =>
      skip(id, 'password guessing is limited', `${login.id} takes no body`),
    );
  const { auth, account, accountWait } = valuesOf(context).ratelimit;
  const wrong = (email: string): RequestSpec => ({
    method: 'POST',
    path,
    ...credentials(own === undefined ? context.pick.login : undefined, context, email),
  });
  const guess = (email: string, from?: string): Step['send'] => ({ ...wrong(email), from });
  // A login that cannot read this body counts nothing: it takes other fields than these.
  const understood: Step = {
    send: guess('a-{{unique}}@proof.example'),
    setup: true,
    expect: { notStatus: [0, 404, 405, 415, 500, 501, 502, 503] },
  };
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
          [
            understood,
            { send: guess('a-{{unique}}@proof.example'), times: fails, expect: { status: [429] } },
          ],
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
          understood,
          {
            send: guess('a-{{unique}}@proof.example'),
            times: fails + 4,
            vary: (n) => wrong(spellings[n % 2] ?? ''),
            expect: { status: [429] },
          },
        ],
      ),
    ),
    ...when(
      each && own !== undefined && context.can.identities.includes('user'),
      [
        'R-9',
        'an account opens again behind its wait',
        own === undefined
          ? `the window of ${account.windowSeconds} s is longer than a proof`
          : 'an account and addresses of its own are needed',
      ],
      () =>
        prove(
          'R-9',
          'an account opens again behind its wait',
          'whoever knows an address shuts its owner out',
          [
            {
              send: guess('{{user.email}}'),
              times: fails,
              expect: { status: [429], header: { 'retry-after': /^\d+$/ } },
              setup: true,
            },
            {
              send: { ...guess('{{user.email}}'), json: right },
              // A slow machine may have made the second wait begin: it is twice the first.
              wait: accountWait.firstSeconds * 2500,
              expect: { status: [200] },
            },
            // A right password starts anew: what was counted before is gone.
            { send: guess('{{user.email}}'), expect: { status: [401] } },
          ],
          { disposable: true, identity: 'user' },
        ),
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

const password = 'Wrong password 1!';
const right = { email: '{{user.email}}', password: '{{user.password}}' };

/** A wrong password in the words of the application's own login: its field names, as JSON or as a form. */
function credentials(
  login: Target | undefined,
  { surface }: ProbeContext,
  account: string,
): Partial<RequestSpec> {
  const route = surface.routes.find((each) => each.id === login?.decision.route);
  const fields = (route?.params ?? []).filter((each) => each.in === 'body').map(({ name }) => name);
  const secret = fields.find((name) => /pass|pwd|secret/i.test(name)) ?? 'password';
  const who = fields.find((name) => name !== secret && /mail|user|login|account|name/i.test(name));
  if (login?.decision.body !== 'form') {
    const sample = typeof login?.sample === 'object' ? login.sample : {};
    return { json: { ...sample, [who ?? 'email']: account, [secret]: password } };
  }
  const text = `${who ?? 'username'}=${account}&${secret}=${password}`.replaceAll(' ', '+');
  return { body: text, headers: [['Content-Type', 'application/x-www-form-urlencoded']] };
}

/** who is counted. */
export function principalProbes(context: ProbeContext): readonly ProbeEntry[] {
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
        context.can.ownAuth === undefined
          ? 'who calls is known to the application alone: requests are counted by address'
          : `two accounts are needed: ${context.can.missing.other ?? context.can.without}`,
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
