import { answersAll, claims, everyPath, openPath } from '../claims.ts';
import type { ProbeContext, ProbeEntry } from '../probe.ts';

const { prove, skip } = claims('validation');

/** What stands in an address: paths and queries. They need no route that takes a body. */
export function addressProbes(context: ProbeContext): readonly ProbeEntry[] {
  return [
    prove(
      'V-3/query',
      'prototype keys in a query change nothing',
      'every object of the process is changed',
      [
        {
          send: {
            method: 'GET',
            path: `${openPath(context)}?__proto__[polluted]=1&constructor[prototype][polluted]=1`,
          },
          expect: { notStatus: [500, 0] },
        },
        { send: { method: 'GET', path: openPath(context) }, expect: { bodyLacks: ['polluted'] } },
      ],
    ),
    prove('V-5', 'SQL in a query is text', 'a query is changed by its parameter', [
      {
        send: { method: 'GET', path: `${openPath(context)}?q=%27%20OR%201=1--&sort=name;--` },
        expect: { notStatus: [500, 0], bodyLacks: [/SQLITE|syntax error at|ORA-\d/i] },
      },
    ]),
    prove('V-16', 'repeated parameters are no crash', 'a list where the handler expects a text', [
      {
        send: {
          method: 'GET',
          path: `${openPath(context)}?id=1&id=2&page=1&page=2&search=a&search=b`,
        },
        expect: { notStatus: [500, 0] },
      },
      {
        send: {
          method: 'GET',
          path: `${openPath(context)}?id[]=1&search[a]=1&page[]=1&search[]=1`,
        },
        expect: { notStatus: [500, 0] },
      },
    ]),
    ...(answersAll(context)
      ? [skip('V-18', 'a path does not climb', everyPath)]
      : [
          prove(
            'V-18',
            'a path does not climb',
            'files outside are read',
            [
              '/%2e%2e%2f%2e%2e%2fetc/passwd',
              '/..%5c..%5cetc/passwd',
              '/%00',
              '/%c0%ae%c0%ae/etc/passwd',
              '/../../etc/passwd',
            ].map((path) => ({
              send: { method: 'GET', path },
              expect: { status: [400, 401, 403, 404], bodyLacks: ['root:'] },
            })),
          ),
        ]),
  ];
}
