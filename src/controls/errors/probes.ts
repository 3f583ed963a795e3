import { answersAll, claims, everyPath, jsonSend, openPath } from '../claims.ts';
import type { Expectation, ProbeContext, ProbeEntry, Step } from '../probe.ts';

const { prove, skip, when } = claims('errors');
const inside = [
  / at [^\n]*:\d+:\d+/,
  'node_modules',
  'Traceback (most recent',
  'site-packages',
  '<pre>',
  'Werkzeug',
];

/** What Flask, FastAPI and Nest answer for an unknown path or method, by which they are known. */
const byFramework = [
  /^<!doctype html>\n<html lang=en>\n<title>40[45] /,
  /^\{"detail":"(?:Not Found|Method Not Allowed)"\}$/,
  /^\{"message":"Cannot [A-Z]+ [^"]*","error":"Not Found","statusCode":404\}$/,
];

/** E-1 to E-10. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const ours = context.policy.kept.errors === undefined;
  const plain: Expectation = ours
    ? {
        header: { 'content-type': /^application\/problem\+json/, 'x-request-id': /^[\w-]{8,}$/ },
        bodyLacks: inside,
      }
    : { bodyLacks: inside };
  // A stranger's unknown path ends at our guard; without it, at a 404 page of the application's own or its framework's.
  const lacks = ours ? [...inside, ...byFramework] : inside;
  const unknown = context.policy.kept.authz === undefined ? plain : { bodyLacks: lacks };
  const get = (path: string, expect: Expectation): Step => ({
    send: { method: 'GET', path },
    expect,
  });
  const raw = (text: string): Step => ({
    send: { method: 'POST', path: '/', raw: text },
    expect: { status: [400, 501, 0], bodyLacks: inside },
  });
  const send = jsonSend(context);
  const host = 'Host: {{host}}\r\n';
  return [
    ...when(
      unknownPath(context),
      ['E-2', 'an unknown path is a problem document', everyPath],
      (send) =>
        prove(
          'E-2',
          'an unknown path is a problem document',
          'the framework’s own page tells its name and version',
          [{ send, expect: { status: [404], ...unknown } }],
        ),
    ),
    ...when(
      ours && !answersAll(context) && context.can.identities.find((one) => one === 'user'),
      [
        'E-2/known',
        'an unknown path is a problem document to a known caller',
        'no signed-in caller',
      ],
      (as) =>
        prove(
          'E-2/known',
          'an unknown path is a problem document to a known caller',
          'the framework’s own page tells its name and version',
          [
            {
              send: { method: 'GET', path: '/secure-proof-no-such-path', as },
              expect: { status: [404], bodyLacks: [...inside, ...byFramework] },
            },
          ],
        ),
    ),
    ...when(
      send,
      ['E-2/json', 'broken JSON is a problem document', 'no route takes a body'],
      (to) =>
        prove(
          'E-2/json',
          'broken JSON is a problem document',
          'the parser’s error tells of the inside',
          [
            {
              send: {
                method: to.method,
                path: to.path,
                as: to.as,
                headers: [['Content-Type', 'application/json']],
                body: '{"a":',
              },
              expect: { status: [400, 422], ...plain },
            },
          ],
        ),
    ),
    prove(
      'E-2/path',
      'a path that is no UTF-8 is refused without a trace',
      'a stack goes to the client',
      [
        get('/%ff', { status: [400, 401, 404], bodyLacks: inside }),
        {
          send: {
            method: 'GET',
            path: openPath(context),
            headers: [['X-Long', 'x'.repeat(40_000)]],
          },
          expect: { status: [400, 431, 0] },
        },
        {
          send: {
            method: 'GET',
            path: openPath(context),
            headers: [['Cookie', 'a=%E0%A4%A; =; \u0001']],
          },
          expect: { notStatus: [500], bodyLacks: inside },
        },
      ],
    ),
    ...when(send, ['E-1', 'an unexpected error tells nothing', 'no route takes a body'], (to) =>
      prove(
        'E-1',
        'values that no handler expects tell nothing and end nothing',
        'a stack goes to the client, or the process ends',
        [{ a: null }, [], { email: 1, password: [] }, { toString: 1 }].map(
          (json): Step => ({
            send: { method: to.method, path: to.path, as: to.as, json },
            expect: { notStatus: [0], bodyLacks: inside },
          }),
        ),
      ),
    ),
    ...thrown(context),
    ...when(
      !answersAll(context) && [
        '/.env',
        '/.git/HEAD',
        '/.git/config',
        '/debug',
        '/actuator',
        '/package.json',
        '/secure.yaml',
        '/security.sqlite',
      ],
      ['E-3', 'files and debug paths of the project are not served', everyPath],
      (paths) =>
        prove(
          'E-3',
          'files and debug paths of the project are not served',
          'secrets are read over HTTP',
          paths.map((path) => get(path, { status: [400, 401, 403, 404] })),
        ),
    ),
    prove('E-3/debug', 'a debug switch in the request does nothing', 'anybody sees the stack', [
      {
        send: {
          method: 'GET',
          path: '/secure-proof-no-such-path?debug=true',
          headers: [['X-Debug', '1']],
        },
        expect: { bodyLacks: inside },
      },
    ]),
    prove(
      'E-4',
      'TRACE and unknown methods are refused',
      'a request comes back with its credentials',
      ['TRACE', 'TRACK', 'FOO'].map(
        (method): Step => ({
          send: { method, path: openPath(context) },
          expect: { status: [400, 401, 403, 404, 405, 501, 0], bodyLacks: lacks },
        }),
      ),
    ),
    ...(ours
      ? [
          prove(
            'E-2/id',
            'a request id of the client is not trusted blindly',
            'a line break or a huge id enters the log',
            [
              {
                send: {
                  method: 'GET',
                  path: openPath(context),
                  headers: [['X-Request-Id', `${'x'.repeat(2000)}<script>`]],
                },
                expect: { header: { 'x-request-id': /^[\w-]{8,200}$/ } },
              },
            ],
          ),
        ]
      : [skip('E-2/id', 'a request id of the client', 'the application’s own errors are kept')]),
    skip('E-7', 'a store that is away', 'no store of the application is stopped by the proof'),
    skip('E-8', 'requests in flight end before a stop', 'a load test, not a proof of one run'),
    ...when(
      context.can.developmentServer === undefined && raw,
      [
        'E-9',
        'a request with two lengths is refused',
        `the development server of ${context.can.developmentServer} answers`,
      ],
      (raw) =>
        prove(
          'E-9',
          'a request with two lengths is refused',
          'a proxy and the application read two requests',
          [
            raw(
              `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
            ),
            raw(`POST / HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`),
            raw(`POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`),
          ],
        ),
    ),
    skip('E-10', 'slow clients are cut off', 'the times are longer than a proof'),
  ];
}

/** An error inside the application, which its own handlers meet first. A page of its own may stay, without a stack. */
function thrown(context: ProbeContext): readonly ProbeEntry[] {
  const title = 'an error that is thrown inside tells nothing';
  return when(
    context.can.fault,
    ['E-1/thrown', title, 'no error can be put into this application as it is started'],
    (header) =>
      prove('E-1/thrown', title, 'a message or a stack goes to the client', [
        {
          send: { method: 'GET', path: openPath(context), headers: [header] },
          expect: {
            notStatus: [0],
            bodyLacks: [...inside, /^(?!\s*<)[\s\S]*secure-proof-fault/],
          },
        },
      ]),
  );
}

/** A page that stands for every path answers GET alone. */
function unknownPath(context: ProbeContext): Step['send'] | undefined {
  const path = '/secure-proof-no-such-path';
  if (!answersAll(context)) return { method: 'GET', path };
  const pages = context.policy.decisions.filter((one) => /\*/.test(one.path));
  const open = pages.every(({ method, class: is }) => method === 'GET' && is === 'page');
  const ours = context.policy.kept.authz === undefined && context.policy.unlisted === 'deny';
  return open && ours ? { method: 'POST', path, json: {} } : undefined;
}
