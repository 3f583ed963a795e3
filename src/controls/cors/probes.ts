import { claims, openPath } from '../claims.ts';
import type { Expectation, ProbeContext, ProbeEntry } from '../probe.ts';

const { prove, skip, when } = claims('cors');
const allowed = 'https://app.example.com';
const acao = 'access-control-allow-origin';

/** Origins that only look like the allowed one. */
const lookalikes: Readonly<Record<string, readonly string[]>> = {
  'O-4': [
    'https://app.example.com.evil.tld',
    'https://evilapp.example.com',
    'https://app.example.com@evil.tld',
    'https://appxexample.com',
  ],
  'O-5': ['null', 'file://', 'chrome-extension://x'],
  'O-6': [
    'http://app.example.com',
    'https://app.example.com:8443',
    'HTTPS://APP.EXAMPLE.COM',
    'https://app.example.com/',
    'https://app.example.com.',
  ],
  'O-7': ['http://localhost:3000', 'http://127.0.0.1:3000'],
  'O-14': ['https://x.y.app.example.com', 'https://.app.example.com'],
};

/** O-1 to O-14. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const path = openPath(context);
  const get = (...origins: readonly string[]) => ({
    method: 'GET',
    path,
    headers: origins.map((origin): readonly [string, string] => ['Origin', origin]),
  });
  const preflight = (origin: string, ...more: readonly (readonly [string, string])[]) => ({
    method: 'OPTIONS',
    path,
    headers: [
      ['Origin', origin] as const,
      ['Access-Control-Request-Method', 'GET'] as const,
      ...more,
    ],
  });
  const ours = context.policy.kept.cors === undefined && context.can.logs;
  const keeps =
    context.policy.kept.cors !== undefined &&
    (context.surface.facts.some((fact) => fact.kind === 'cors') ||
      context.surface.guards.some((guard) => guard.kinds.includes('cors')));
  const needs = 'the application’s own CORS is kept: its origins are not known to the proof';
  // An application with one fixed origin names it to everybody, which lets nobody else in.
  const nothingFor = (...origins: readonly string[]): Expectation =>
    ours
      ? { absent: [acao, 'access-control-allow-credentials'] }
      : { headerIfAny: { [acao]: otherThan(origins) } };
  // Who answers a preflight that is not ours to answer may do it badly: no permission is what counts.
  const server = ours ? [500, 501, 502, 503, 0] : [0];
  return [
    ...when(ours, ['O-1', 'an allowed origin is answered', needs], () => [
      prove(
        'O-1',
        'an allowed origin is answered with its own name',
        'the front end is broken, or a cache is poisoned',
        [{ send: get(allowed), expect: { header: { [acao]: allowed, vary: /origin/i } } }],
      ),
      prove(
        'O-1/preflight',
        'a preflight of an allowed origin is answered',
        'the front end is broken',
        [{ send: preflight(allowed), expect: { status: [200, 204], header: { [acao]: allowed } } }],
      ),
    ]),
    prove(
      'O-2',
      'a foreign origin gets the answer without permission',
      'any site reads what the user sees',
      [
        {
          send: get('https://evil.example'),
          expect: { ...nothingFor('https://evil.example'), notStatus: server },
        },
      ],
    ),
    prove(
      'O-3',
      'a preflight of a foreign origin gets no permission',
      'any site writes as the user',
      [
        {
          send: preflight('https://evil.example'),
          expect: { ...nothingFor('https://evil.example'), notStatus: server },
        },
      ],
    ),
    ...Object.entries(lookalikes).map(([id, origins]) =>
      // A front end in development is one of the origins that a kept configuration may name.
      id === 'O-7' && keeps
        ? skip(id, `no permission for ${origins.join(', ')}`, needs)
        : prove(
            id,
            `no permission for ${origins.join(', ')}`,
            'an origin that only looks alike is let in',
            origins.map((origin) => ({
              send: get(origin),
              expect: { ...nothingFor(origin), notStatus: server },
            })),
          ),
    ),
    prove('O-8', 'two origins, or a list, get no permission', 'the parser is split', [
      {
        send: get(allowed, 'https://evil.example'),
        expect: { ...nothingFor(allowed, 'https://evil.example'), notStatus: server },
      },
      {
        send: get(`${allowed}, https://evil.example`),
        expect: { ...nothingFor(`${allowed}, https://evil.example`), notStatus: server },
      },
    ]),
    prove('O-9', 'a preflight does not allow TRACE', 'methods that no route has are allowed', [
      {
        send: {
          ...preflight(allowed),
          headers: [
            ['Origin', allowed],
            ['Access-Control-Request-Method', 'TRACE'],
          ],
        },
        expect: { headerIfAny: { 'access-control-allow-methods': /^(?!.*(TRACE|\*)).*$/i } },
      },
    ]),
    keeps
      ? skip(
          'O-10',
          'requested headers are not echoed',
          'the application’s own CORS is kept, its headers too',
        )
      : prove('O-10', 'requested headers are not echoed', 'any header is allowed', [
          {
            send: preflight(allowed, ['Access-Control-Request-Headers', 'x-evil']),
            expect: { headerIfAny: { 'access-control-allow-headers': /^(?!.*(x-evil|\*)).*$/i } },
          },
        ]),
    prove(
      'O-11',
      'a cookie does not widen the permission',
      'credentials are reflected to any origin',
      [
        {
          send: {
            ...get('https://evil.example'),
            headers: [
              ['Origin', 'https://evil.example'],
              ['Cookie', 'session=x'],
            ],
          },
          expect: nothingFor('https://evil.example'),
        },
      ],
    ),
    prove('O-12', 'no way into the private network', 'a public site reaches the internal one', [
      {
        send: preflight(allowed, ['Access-Control-Request-Private-Network', 'true']),
        expect: { absent: ['access-control-allow-private-network'] },
      },
    ]),
    prove(
      'O-13',
      'a client without an origin is served as before',
      'curl and mobile clients are shut out',
      [{ send: { method: 'GET', path }, expect: { notStatus: [403, ...server] } }],
    ),
    ...when(ours, ['O-13/start', 'an origin of * stops the start', needs], () =>
      context.policy.level === 'strict'
        ? prove(
            'O-13/start',
            'an origin of * stops the start',
            'anybody is allowed by configuration',
            [],
            {
              environment: { CORS_ORIGINS: '*' },
              refusesStart: 'CORS_ORIGINS',
              identity: 'anonymous',
            },
          )
        : skip('O-13/start', 'an origin of * stops the start', 'the level does not ask for it'),
    ),
  ];
}

function otherThan(origins: readonly string[]): RegExp {
  const quoted = ['*', ...origins].map((one) => one.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^(?!(?:${quoted.join('|')})$)`, 'i');
}
