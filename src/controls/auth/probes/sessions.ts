import { claims, openPath, ownPath, valuesOf } from '../../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../../probe.ts';

const { prove, skip } = claims('auth');

/** S-1 to S-11. */
export function sessionProbes(context: ProbeContext): readonly ProbeEntry[] {
  if (!context.can.identities.includes('user')) {
    return [
      skip(
        'S-1',
        'sessions are fixed to their login',
        `nobody can sign in: ${context.can.without}`,
      ),
    ];
  }
  const at = (path: string): string => ownPath(context, path) ?? path;
  const login = (cookie?: string): Step['send'] => ({
    method: 'POST',
    path: at('/login'),
    json: { email: '{{user.email}}', password: '{{user.password}}' },
    headers: [
      ['Sec-Fetch-Site', 'same-origin'],
      ...(cookie === undefined ? [] : [['Cookie', cookie] as const]),
    ],
  });
  const me = (cookie: string): Step['send'] => ({
    method: 'GET',
    path: at('/me'),
    headers: [['Cookie', cookie]],
  });
  const own = { disposable: true, identity: 'user' } as const;
  const clear = valuesOf(context).headers.clearSiteData;
  return [
    prove(
      'S-1',
      'a new sign-in has a new session',
      'a session planted before lives on',
      [
        {
          send: { ...login(), as: 'user', headers: [] },
          expect: { status: [200], differ: ['again', 'user.cookie'] },
          save: { again: 'session' },
        },
        { send: me('{{user.cookie}}'), expect: { status: [401] } },
      ],
      own,
    ),
    prove(
      'S-2',
      'a session id that the client chose is not taken',
      'an attacker plants a session',
      [
        { send: login('session=known'), expect: { status: [200] } },
        { send: me('session=known'), expect: { status: [401] } },
      ],
      own,
    ),
    prove(
      'S-3',
      'the cookie over https is __Host-, Secure, HttpOnly, SameSite',
      'scripts or plain http read the session',
      [
        {
          send: login(),
          expect: {
            status: [200],
            header: {
              'set-cookie':
                /^__Host-session=(?!.*domain=)(?=.*;\s*secure)(?=.*;\s*httponly)(?=.*;\s*samesite=(lax|strict))(?=.*;\s*path=\/(;|$))/i,
            },
          },
        },
      ],
      { ...own, environment: { SECURITY_HTTPS: 'true' } },
    ),
    prove('S-4', 'an anonymous request gets no session', 'anybody fills the store', [
      { send: { method: 'GET', path: openPath(context) }, expect: { absent: ['set-cookie'] } },
    ]),
    prove(
      'S-5',
      'a signed-out session is dead',
      'a stolen cookie lives on',
      [
        {
          send: { method: 'POST', path: at('/logout'), as: 'user' },
          expect: {
            status: [204],
            ...(clear === '' ? {} : { header: { 'clear-site-data': clear } }),
          },
        },
        { send: me('{{user.cookie}}'), expect: { status: [401] } },
      ],
      own,
    ),
    skip('S-6', 'sessions time out', 'the times are longer than a proof'),
    prove(
      'S-7',
      'a changed cookie is no session',
      'sessions can be made up',
      [
        { send: me('{{user.cookie}}x'), expect: { status: [401] } },
        { send: me('=__Host-session=x'), expect: { status: [401] } },
      ],
      { identity: 'user' },
    ),
    skip(
      'S-8',
      'a Secure cookie behind a TLS proxy',
      'no proxy here; SECURITY_HTTPS is proven by S-3',
    ),
    prove(
      'S-9',
      'a client does not decide what is https',
      'a header switches Secure on or off',
      [
        {
          send: {
            ...login(),
            headers: [
              ['X-Forwarded-Proto', 'https'],
              ['Sec-Fetch-Site', 'same-origin'],
            ],
          },
          expect: { status: [200], header: { 'set-cookie': /^(?!__Host-)/ } },
        },
      ],
      own,
    ),
    prove(
      'S-10',
      'a new password ends the other sessions',
      'a thief stays signed in',
      [
        { send: login(), expect: { status: [200] }, save: { second: 'session' } },
        {
          send: {
            method: 'POST',
            path: at('/password'),
            as: 'user',
            json: {
              currentPassword: '{{user.password}}',
              newPassword: 'New proof {{unique}} words',
            },
          },
          expect: { status: [204] },
        },
        { send: me('{{second}}'), expect: { status: [401] } },
      ],
      own,
    ),
    prove('S-11', 'an answer that read the session is not cached', 'a cache gives it to the next', [
      {
        send: { method: 'GET', path: at('/me'), as: 'user' },
        expect: { status: [200], header: { 'cache-control': /no-store/ } },
      },
    ]),
  ];
}
