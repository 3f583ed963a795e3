import { claims, ownPath } from '../../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../../probe.ts';

const { prove, skip } = claims('auth');

/** F-1 to F-8. */
export function refreshProbes(context: ProbeContext): readonly ProbeEntry[] {
  if (!context.can.identities.includes('user')) {
    return [skip('F-1', 'refresh tokens rotate', `nobody can sign in: ${context.can.without}`)];
  }
  const path = ownPath(context, '/refresh') ?? '';
  const me = ownPath(context, '/me') ?? '';
  const refresh = (refreshToken: unknown): Step['send'] => ({
    method: 'POST',
    path,
    json: { refreshToken },
  });
  const next = { second: '/refreshToken', access: '/accessToken' };
  const bearer = (name: string): Step['send'] => ({
    method: 'GET',
    path: me,
    headers: [['Authorization', `Bearer {{${name}}}`]],
  });
  const own = { disposable: true, identity: 'user' } as const;
  return [
    prove(
      'F-1',
      'a refresh token gives a new pair',
      'users are signed out all day',
      [
        {
          send: refresh('{{user.refresh}}'),
          expect: { status: [200], differ: ['second', 'user.refresh'] },
          save: next,
        },
        { send: refresh('{{second}}'), expect: { status: [200] } },
      ],
      own,
    ),
    prove(
      'F-2',
      'a refresh token used twice ends its whole family',
      'a thief keeps his access',
      [
        { send: refresh('{{user.refresh}}'), expect: { status: [200] }, save: next },
        { send: bearer('access'), expect: { status: [200] } },
        { send: refresh('{{user.refresh}}'), wait: 50, expect: { status: [401] } },
        { send: refresh('{{second}}'), expect: { status: [401] } },
        { send: bearer('access'), expect: { status: [401] } },
      ],
      own,
    ),
    prove(
      'F-3',
      'of two parallel refreshes at most one succeeds',
      'two families live',
      [
        {
          send: refresh('{{user.refresh}}'),
          times: 2,
          parallel: true,
          tally: { status: 200, atMost: 1 },
        },
      ],
      own,
    ),
    prove(
      'F-4',
      'a refresh token is dead after logout',
      'a stolen refresh token lives on',
      [
        {
          send: { method: 'POST', path: ownPath(context, '/logout') ?? '', as: 'user' },
          expect: { status: [204] },
        },
        { send: refresh('{{user.refresh}}'), expect: { status: [401] } },
      ],
      own,
    ),
    prove(
      'F-5',
      'what is no refresh token is refused',
      'parsing it crashes or passes',
      [
        ...['', 'x', [], ['{{user.refresh}}'], {}, null].map(
          (value): Step => ({ send: refresh(value), expect: { status: [400, 401, 422] } }),
        ),
        { send: refresh('{{user.refresh}}x'), expect: { status: [401] } },
      ],
      own,
    ),
    prove(
      'F-6',
      'an access token is no refresh token',
      'a short life becomes a long one',
      [{ send: refresh('{{user.access}}'), expect: { status: [400, 401] } }],
      own,
    ),
    skip('F-7', 'the database holds hashes only', 'the database is not read by the proof'),
    skip('F-8', 'a refresh cookie is not sent across sites', 'the refresh token is in no cookie'),
  ];
}
