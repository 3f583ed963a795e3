import { claims, twoHundreds } from '../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../probe.ts';

const { prove, skip } = claims('csrf');

/** Writes of another site with the real cookie of an application that keeps its sign-in. */
export function keptCookieProbes({ can, pick }: ProbeContext): readonly ProbeEntry[] {
  const title = 'a page of another site does not write as the signed-in user';
  const id = 'X-3';
  if (can.described?.cookie !== true) return [];
  const write = pick.write;
  if (write === undefined) return [skip(id, title, 'no write here was read as signed-in')];
  const bare = (...headers: readonly (readonly [string, string])[]): Step => ({
    send: {
      method: write.method,
      path: write.path,
      json: write.sample,
      as: 'user',
      attach: 'credential',
      headers,
    },
    expect: { status: [403] },
  });
  const alive: Step[] =
    pick.read === undefined
      ? []
      : [
          {
            send: { method: 'GET', path: pick.read.path, as: 'user' },
            expect: { status: twoHundreds },
          },
        ];
  return [
    prove(
      id,
      title,
      'any site writes as the user',
      [
        bare(['Sec-Fetch-Site', 'cross-site']),
        bare(['Origin', 'https://evil.example']),
        bare(['Origin', 'null']),
        bare(['Sec-Fetch-Site', 'same-site']),
        bare(['Sec-Fetch-Site', 'foo'], ['Origin', 'https://evil.example']),
        ...alive,
      ],
      { identity: 'user', route: write.decision.route },
    ),
  ];
}
