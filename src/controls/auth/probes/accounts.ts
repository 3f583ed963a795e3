import { claims, ownPath, valuesOf } from '../../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../../probe.ts';

const { prove, when } = claims('auth');

/** J-22, J-28 to J-30, J-32: accounts of the emitted endpoints. */
export function accountProbes(context: ProbeContext): readonly ProbeEntry[] {
  const at = (path: string): string => ownPath(context, path) ?? path;
  const post = (path: string, json: unknown): Step['send'] => ({
    method: 'POST',
    path: at(path),
    json,
  });
  const wrong = 'Wrong password 12345';
  const email = 'j-{{unique}}@proof.example';
  const password = 'Proof {{unique}} {{unique}}';
  const max = valuesOf(context).auth.passwordMax;
  const users = context.can.identities.includes('user');
  const without = `nobody can sign in: ${context.can.without}`;
  return [
    prove(
      'J-29/register',
      'a known and a new address register alike',
      'anybody learns who has an account',
      [
        { send: post('/register', { email, password }), expect: { status: [202] } },
        { send: post('/register', { email, password }), expect: { status: [202], like: 0 } },
      ],
    ),
    prove(
      'J-29/login',
      'a known and an unknown address are refused alike',
      'anybody learns who has an account',
      [
        { send: post('/register', { email, password }), expect: { status: [202] } },
        { send: post('/login', { email, password: wrong }), expect: { status: [401] } },
        {
          send: post('/login', { email: `x${email}`, password: wrong }),
          expect: { status: [401], like: 1 },
        },
      ],
    ),
    prove(
      'J-28',
      'an unknown address takes as long as a known one',
      'the time tells who has an account',
      [
        { send: post('/register', { email, password }), expect: { status: [202] } },
        { send: post('/login', { email, password: wrong }), times: 4, expect: { status: [401] } },
        {
          send: post('/login', { email: `x${email}`, password: wrong }),
          times: 4,
          expect: { status: [401], timeLike: { step: 1, atLeast: 0.5 } },
        },
      ],
    ),
    prove(
      'J-30',
      'a password that is far too long is refused early',
      'hashing it takes the processor',
      [
        {
          send: post('/login', { email, password: 'x'.repeat(60_000) }),
          expect: { status: [400, 401, 413, 422], within: 3000 },
        },
        {
          send: post('/register', { email, password: 'x'.repeat(max + 1) }),
          expect: { status: [400, 422], within: 3000 },
        },
      ],
    ),
    prove('J-30/short', 'short and common passwords are refused', 'passwords are guessed', [
      { send: post('/register', { email, password: 'Sh0rt!' }), expect: { status: [400, 422] } },
      {
        send: post('/register', { email, password: 'passwordpassword' }),
        expect: { status: [400, 422] },
      },
    ]),
    prove(
      'J-32',
      'a password typed in another Unicode form signs in',
      'its owner is locked out by his keyboard',
      [
        {
          send: post('/register', { email, password: `${password} \u00fc` }),
          expect: { status: [202] },
        },
        {
          send: post('/login', { email, password: `${password} u\u0308` }),
          expect: { status: [200] },
        },
      ],
    ),
    ...when(users, ['J-22/logout', 'a signed-out credential is dead', without], () =>
      prove(
        'J-22/logout',
        'a signed-out credential is dead',
        'a stolen credential lives on',
        [
          {
            send: { method: 'GET', path: at('/me'), as: 'user' },
            expect: { status: [200] },
            setup: true,
          },
          { send: { method: 'POST', path: at('/logout'), as: 'user' }, expect: { status: [204] } },
          { send: { method: 'GET', path: at('/me'), as: 'user' }, expect: { status: [401] } },
        ],
        { disposable: true },
      ),
    ),
    ...when(users, ['J-22/password', 'a new password ends what was open', without], () =>
      prove(
        'J-22/password',
        'a new password works and the old one does not',
        'a stolen password lives on',
        [
          {
            send: {
              method: 'POST',
              path: at('/password'),
              as: 'user',
              json: { currentPassword: '{{user.password}}', newPassword: `New ${password}` },
            },
            expect: { status: [204] },
          },
          {
            send: post('/login', { email: '{{user.email}}', password: '{{user.password}}' }),
            expect: { status: [401] },
          },
          {
            send: post('/login', { email: '{{user.email}}', password: `New ${password}` }),
            expect: { status: [200] },
          },
        ],
        { disposable: true, identity: 'user' },
      ),
    ),
  ];
}
