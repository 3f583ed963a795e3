import { claims, limitedPath, openPath, ownPath } from '../claims.ts';
import type { ProbeContext, ProbeEntry } from '../probe.ts';

const { prove, skip, when } = claims('logging');
const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/;

/** E-5, E-6 and J-33: what stands in the log, and what does not. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  if (!context.can.logs)
    return [
      skip(
        'E-6',
        'security events are written',
        'the output of a running application is not ours to read',
      ),
    ];
  if (context.policy.kept.logging !== undefined)
    return [
      skip('E-6', 'security events are written', 'the application’s own log is kept'),
      secrets(context),
    ];
  const own = context.can.ownAuth?.type === 'apikey' ? undefined : ownPath(context, '/login');
  const wrong = { email: 'a@proof.example', password: 'Wrong password {{unique}}' };
  return [
    ...when(
      ownPath(context, '/me'),
      ['E-6/denied', 'a refused caller is written down', 'no emitted authentication'],
      (path) =>
        prove('E-6/denied', 'a refused caller is written down', 'an attack leaves no trace', [
          {
            send: {
              method: 'GET',
              path,
              headers: [
                ['Authorization', 'Bearer x.y.z'],
                ['X-API-Key', 'sk_x.y'],
              ],
            },
            expect: {
              status: [401],
              events: [{ event: 'auth.denied', time, method: 'GET', ip: /./ }],
            },
          },
        ]),
    ),
    ...when(own, ['E-6/login', 'sign-ins are written down', 'no emitted sign-in'], (path) => [
      prove('E-6/login', 'a wrong password is written down', 'guessing leaves no trace', [
        {
          send: { method: 'POST', path, json: wrong },
          expect: {
            status: [401],
            events: [{ event: 'auth.login', outcome: /fail|denied|refused/, time, ip: /./ }],
            logLacks: ['Wrong password {{unique}}'],
          },
        },
      ]),
      prove('E-5', 'a line break in a value does not make a line', 'an attacker writes the log', [
        {
          send: {
            method: 'POST',
            path,
            json: { email: 'a\r\nlevel=info proof-forged-{{unique}}', password: 'x' },
          },
          expect: { notStatus: [500, 0], logLacks: [/^level=info proof-forged/m] },
        },
      ]),
    ]),
    prove('E-5/path', 'control characters in a path are encoded', 'an attacker writes the log', [
      {
        send: { method: 'GET', path: '/secure-proof%0d%0alevel=info%1b[5;35m' },
        expect: { notStatus: [500, 0], logLacks: [/^level=info/m, '\u001b[5;35m'] },
      },
    ]),
    prove('E-6/ratelimit', 'an exceeded limit is written down', 'an attack leaves no trace', [
      {
        send: { method: 'GET', path: limitedPath(context), from: 'log' },
        times: 130,
        expect: { status: [429], events: [{ event: 'ratelimit.exceeded', time }] },
      },
    ]),
    ...when(
      context.pick.admin?.decision.access.startsWith('role:') === true &&
        context.can.identities.includes('user') &&
        context.pick.admin,
      [
        'E-6/role',
        'a missing role is written down',
        'no route here asks for a role, or nobody can sign in',
      ],
      (target) =>
        prove(
          'E-6/role',
          'a missing role is written down',
          'an attack leaves no trace',
          [
            {
              send: { method: target.method, path: target.path, as: 'user' },
              expect: { status: [403], events: [{ event: 'authz.denied', time }] },
            },
          ],
          { route: target.decision.route },
        ),
    ),
    secrets(context),
  ];
}

function secrets(context: ProbeContext): ProbeEntry {
  return prove(
    'J-33',
    'no secret of this run stands in the log',
    'whoever reads the log signs in as anybody',
    [{ send: { method: 'GET', path: openPath(context) }, expect: { logLacksSecrets: true } }],
  );
}
