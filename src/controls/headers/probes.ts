import {
  answersAll,
  claims,
  decidedPath,
  noReader,
  openPath,
  ownPath,
  readPath,
  twoHundreds,
  valuesOf,
} from '../claims.ts';
import type { Expectation, ProbeContext, ProbeEntry } from '../probe.ts';
import { htmlProfile, jsonProfile, ownHeaders } from './profiles.ts';

const { prove, skip, when } = claims('headers');

/** Production needs another server, and that one is judged: with --start, or as the project declares it. */
function development({ can }: ProbeContext): string {
  return `the development server of ${can.developmentServer} answers`;
}

/** H-1 to H-12. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const profile = jsonProfile(context);
  const open = openPath(context);
  return [
    prove(
      'H-1',
      'every header of the profile, once, with its value',
      'a browser frames, sniffs or caches the answer',
      [
        {
          send: { method: 'GET', path: open },
          expect: isPage(context, open) ? htmlProfile(context) : profile,
        },
      ],
    ),
    ...perRoute(context, profile),
    ...onErrors(context, profile),
    ...when(
      context.pick.page,
      ['H-3', 'pages keep working under their policy', 'no page answers here'],
      (page) =>
        prove(
          'H-3',
          'a page has the HTML profile',
          'a page is framed or scripted',
          [{ send: { method: 'GET', path: page.path }, expect: htmlProfile(context) }],
          { route: page.decision.route },
        ),
    ),
    skip('H-4', 'a header that a route sets itself stays', 'no route here is known to set one'),
    ...when(
      context.can.described === undefined && readPath(context),
      ['H-5', 'signed-in answers are not stored', notStored(context)],
      (path) =>
        prove(
          'H-5',
          'an answer to a signed-in caller is not stored',
          'a shared cache gives one user’s data to the next',
          [
            {
              send: { method: 'GET', path, as: 'user' },
              expect: { status: twoHundreds, header: { 'cache-control': /no-store|private/ } },
            },
          ],
        ),
    ),
    skip(
      'H-6',
      'plain http is redirected or refused',
      'TLS ends at the proxy in front, which is not here',
    ),
    ...(ownHeaders(context) === undefined
      ? [
          prove('H-7', 'no HSTS over plain http', 'a developer’s browser is pinned to https', [
            {
              send: { method: 'GET', path: open },
              expect: { absent: ['strict-transport-security'] },
            },
          ]),
        ]
      : [skip('H-7', 'no HSTS over plain http', ownHeaders(context) ?? '')]),
    ...when(
      ownHeaders(context) === undefined && context.can.logs,
      ['H-7/https', 'HSTS when clients use https', ownHeaders(context) ?? 'no start of our own'],
      () =>
        prove(
          'H-7/https',
          'HSTS with its value when clients use https',
          'the first request can be stripped of TLS',
          [
            {
              send: { method: 'GET', path: open },
              expect: { header: { 'strict-transport-security': valuesOf(context).headers.hsts } },
            },
          ],
          { environment: { SECURITY_HTTPS: 'true' } },
        ),
    ),
    context.can.developmentServer === undefined
      ? prove('H-8', 'the server does not name its software', 'an attacker looks the version up', [
          {
            send: { method: 'GET', path: open },
            expect: {
              absent: ['x-powered-by'],
              headerIfAny: { server: /^[^\d/]*$/, 'x-xss-protection': /^0$/ },
            },
          },
        ])
      : skip('H-8', 'the server does not name its software', development(context)),
    skip(
      'H-9',
      'a frame of another origin is refused',
      'it needs a browser; H-1 holds the headers that refuse it',
    ),
    skip('H-10', 'uploaded pages are not executed', 'no route here is known to give uploads back'),
    skip(
      'H-11',
      'strict is at least as tight as standard and basic',
      'a fact of the level values, not of an answer',
    ),
    prove('H-12', 'a line break in a query does not end a header', 'a header is injected', [
      {
        send: {
          method: 'GET',
          path: `${open}?to=%0d%0aX-Proof-Injected:%20yes&next=%0d%0aX-Proof-Injected:%20yes`,
        },
        expect: { absent: ['x-proof-injected'], notStatus: [0] },
      },
    ]),
  ];
}

function notStored(context: ProbeContext): string {
  return context.can.described === undefined
    ? noReader(context)
    : 'who is signed in is known to the application alone: its own Cache-Control stays';
}

/** A handler may send a page where its class is another: the answer’s own type decides. */
function isPage({ pick, targets }: ProbeContext, path: string): boolean {
  const asked = targets.find((target) => target.method === 'GET' && target.path === path);
  return asked?.html ?? pick.page?.path === path;
}

/** One request for each GET route, whoever may call it: the profile does not depend on the route. */
function perRoute(context: ProbeContext, profile: Expectation): readonly ProbeEntry[] {
  return context.targets
    .filter(
      (target) =>
        target.method === 'GET' && !['page', 'static', 'docs'].includes(target.decision.class),
    )
    .map((target) =>
      prove(
        'H-1/route',
        'the header profile on this route',
        'this route was forgotten',
        [
          {
            send: { method: 'GET', path: target.path },
            expect: {
              header: {
                'x-content-type-options': profile.header?.['x-content-type-options'] ?? 'nosniff',
              },
            },
          },
        ],
        { route: target.decision.route },
      ),
    );
}

function onErrors(context: ProbeContext, profile: Expectation): readonly ProbeEntry[] {
  const login = ownPath(context, '/login') ?? context.pick.openWrite?.path ?? '/';
  const sends = {
    404: { method: 'GET', path: '/secure-proof-no-such-path' },
    401: {
      method: 'GET',
      path: decidedPath(context) ?? '/secure-proof-no-such-path',
    },
    400: {
      method: 'POST',
      path: login,
      headers: [['Content-Type', 'application/json']] as const,
      body: '{"a":',
    },
    413: { method: 'POST', path: login, json: { a: 'x'.repeat(300_000) } },
    HEAD: { method: 'HEAD', path: openPath(context) },
    preflight: {
      method: 'OPTIONS',
      path: openPath(context),
      headers: [
        ['Origin', 'https://evil.example'],
        ['Access-Control-Request-Method', 'GET'],
      ] as const,
    },
  };
  // These reach the application, whose answer may be a page with a profile of its own.
  const own = context.policy.kept.authz !== undefined;
  const page = answersAll(context) ? '404' : 'HEAD';
  const reaches = (name: string): boolean => own || ['HEAD', 'preflight', page].includes(name);
  return Object.entries(sends).map(([name, send]) =>
    prove(`H-2/${name}`, `the header profile on ${name}`, 'errors are framed, sniffed or cached', [
      { send, expect: reaches(name) ? pageOrJson(profile) : profile },
    ]),
  );
}

/** Every header that both profiles have, with whichever of the two values. */
function pageOrJson(profile: Expectation): Expectation {
  const both = ['content-security-policy', 'x-frame-options', 'referrer-policy'];
  const there = both.filter((name) => profile.header?.[name] !== undefined);
  const header = Object.fromEntries(there.map((name) => [name, /./]));
  return { ...profile, header: { ...header, 'x-content-type-options': 'nosniff' } };
}
