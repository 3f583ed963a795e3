import { claims, limitedPath, noSocket, openPath, valuesOf } from '../claims.ts';
import type { ProbeContext, ProbeEntry } from '../probe.ts';
import { guessingProbes, principalProbes } from './guessing.ts';

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
    skip('R-5', 'IPv6 addresses of one customer share a count', 'loopback has one IPv6 address'),
    ...guessingProbes(context),
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
    skip('R-13', 'auth routes answer 503 while Redis is away', 'no Redis here'),
    skip(
      'R-14',
      'several processes share one limit',
      context.can.oneOfSeveral ?? 'it needs a Redis that several processes share',
    ),
    skip('R-15', 'memory is flat after 100,000 clients', 'a load test, not a proof of one run'),
    ...principalProbes(context),
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
    skip('R-20', 'websocket upgrades are limited', noSocket(context.surface)),
    skip('R-21', 'batched operations are counted one by one', 'no batching endpoint is known here'),
    skip(
      'R-22',
      'a burst at the edge of two windows',
      'documented: a fixed window admits twice the limit at its edge',
    ),
  ];
}
