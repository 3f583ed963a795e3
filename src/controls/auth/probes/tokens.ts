import { claims, readPath, twoHundreds } from '../../claims.ts';
import type { Forgery, ProbeContext, ProbeEntry, Step } from '../../probe.ts';

const { prove, skip } = claims('auth');
const now = (): number => Math.floor(Date.now() / 1000);
const last = (token: string): string => {
  const at = token.length - 1;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'Q' : 'A'}`;
};

/** Changes that must each turn a good token into a refused one. */
function forgeries(
  context: ProbeContext,
): Readonly<Record<string, readonly [title: string, ...made: Forgery[]]>> {
  const header = (...all: Record<string, unknown>[]): Forgery[] =>
    all.map((each) => ({ header: each, sign: 'same' }));
  const claim = (...all: Record<string, unknown>[]): Forgery[] =>
    all.map((each) => ({ claims: each }));
  return {
    'J-2': [
      'unsigned',
      ...['none', 'None', 'nOnE'].map((alg): Forgery => ({ header: { alg }, sign: 'empty' })),
      { sign: 'empty' },
    ],
    'J-3': [
      'signed with a public key',
      { key: context.can.keys.publicPem },
      { key: context.can.keys.publicPem.trimEnd() },
      { key: context.can.keys.publicJwk },
    ],
    'J-4': [
      'signed with another algorithm',
      { sign: 'HS384' },
      { sign: 'HS512' },
      ...header({ alg: 'RS256' }, { alg: 'ES384' }),
    ],
    'J-5': [
      'changed after signing',
      { claims: { sub: 'somebody-else' }, sign: 'keep' },
      { mangle: (t) => t.slice(0, -6) },
      { key: 'another key of thirty-two bytes.' },
    ],
    'J-6': [
      'with an extra part',
      { mangle: (t) => `${t}.x` },
      { mangle: (t) => `.${t}` },
      { mangle: (t) => last(t.slice(0, -1)) },
    ],
    'J-7': [
      'expired, or without a usable end',
      ...claim({ exp: now() - 3600 }, { exp: undefined }, { exp: 'later' }, { exp: -1 }),
    ],
    'J-8': ['not valid yet', ...claim({ nbf: now() + 3600 }, { iat: now() + 3600 })],
    'J-9': [
      'of another issuer',
      ...claim({ iss: 'https://evil.example' }, { iss: undefined }, { iss: ['x'] }),
    ],
    'J-10': ['for another audience', ...claim({ aud: 'another-api' }, { aud: undefined })],
    'J-11': ['of another type', ...header({ typ: 'JWT' }, { typ: undefined }, { typ: 'id+jwt' })],
    'J-12': [
      'with a kid that points elsewhere',
      ...header(
        { kid: '../../dev/null' },
        { kid: "' UNION SELECT 'x" },
        // Servers bound a header line at 8 KiB, where the answer is theirs.
        { kid: 'x'.repeat(4000) },
        { kid: 42 },
      ),
    ],
    'J-13': [
      'with a key of its own',
      ...['jku', 'x5u'].map(
        (name): Forgery => ({
          header: { [name]: 'http://127.0.0.1:9/' },
          key: 'key of the attacker, 32 bytes...',
        }),
      ),
      { header: { jwk: { kty: 'oct', k: 'YXR0YWNrZXI' } }, key: 'attacker' },
    ],
    'J-14': [
      'with an extension that must be understood',
      ...header({ crit: ['x'], x: 1 }, { crit: ['b64'], b64: false }),
    ],
  };
}

/** Of an application's own tokens nothing is known but their form: these changes no verifier may take. */
export function changedTokens(context: ProbeContext, good: Step): readonly ProbeEntry[] {
  const { send } = good;
  const all = forgeries(context);
  const past: Forgery = { claims: { exp: now() - 3600 } };
  const wanted = {
    'J-2': all['J-2'],
    'J-3': all['J-3'],
    'J-7': ['expired', past],
    'J-13': all['J-13'],
  };
  return Object.entries(wanted).map(([id, [title, ...made] = ['']]) =>
    prove(id, `a token ${title} is refused`, 'anybody makes a token that is accepted', [
      good,
      ...(made as Forgery[]).map(
        (token): Step => ({ send: { ...send, token }, expect: { notStatus: [...twoHundreds, 0] } }),
      ),
    ]),
  );
}

/** J-2 to J-14, J-19, J-21: each sends the unchanged token first, so that the change alone is judged. */
export function tokenProbes(context: ProbeContext): readonly ProbeEntry[] {
  const path = readPath(context);
  if (path === undefined)
    return [skip('J-2', 'forged tokens are refused', 'no route here asks a signed-in caller')];
  const good: Step = {
    send: { method: 'GET', path, as: 'user' },
    expect: { notStatus: [401, 403, 429, 500, 0] },
    setup: true,
  };
  const made = Object.entries(forgeries(context)).map(([id, [title, ...all]]) =>
    prove(id, `a token ${title} is refused`, 'anybody makes a token that is accepted', [
      good,
      ...all.map(
        (token): Step => ({
          send: { method: 'GET', path, as: 'user', token },
          expect: { status: [401] },
        }),
      ),
    ]),
  );
  const raw = (...values: readonly string[]): Step['send'] => ({
    method: 'GET',
    path,
    headers: values.map((value): readonly [string, string] => ['Authorization', value]),
  });
  const refused = { status: [400, 401] };
  const admin = context.pick.admin;
  return [
    ...made,
    prove(
      'J-19',
      'the credential is read from one Authorization header alone',
      'tokens in addresses end in logs',
      [
        {
          send: raw('bearer {{user.access}}'),
          expect: { notStatus: [401, 403, 500, 0] },
          setup: true,
        },
        { send: raw('Bearer'), expect: refused },
        { send: raw('Bearer {{user.access}}, Bearer x'), expect: refused },
        { send: raw('Basic {{user.access}}'), expect: refused },
        { send: { method: 'GET', path: `${path}?access_token={{user.access}}` }, expect: refused },
      ],
      { identity: 'user' },
    ),
    admin === undefined
      ? skip(
          'J-21',
          'roles that are not a list of texts give nothing',
          'no route here asks for a role',
        )
      : prove(
          'J-21',
          'roles that are not a list of texts give nothing',
          'a text that contains "admin" is an administrator',
          [undefined, 'admin', [['admin']], { length: 1 }].map(
            (roles): Step => ({
              send: {
                method: admin.method,
                path: admin.path,
                as: 'user',
                token: { claims: { roles } },
                ...(admin.method === 'GET' ? {} : { json: {} }),
              },
              expect: { status: [401, 403], notStatus: twoHundreds },
            }),
          ),
          { route: admin.decision.route, ...(admin.method === 'GET' ? {} : { after: 'J-1' }) },
        ),
  ];
}
