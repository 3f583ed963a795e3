import { claims, jsonSend, ownPath, valuesOf } from '../claims.ts';
import type { Expectation, ProbeContext, ProbeEntry, RequestSpec } from '../probe.ts';
import { addressProbes } from './addresses.ts';
import { around, json, nested } from './bodies.ts';
import { massAssignment } from './fields.ts';
import { textProbes } from './texts.ts';

const { prove, skip, when } = claims('validation');

/** V-1 to V-24. */
export function probes(context: ProbeContext): readonly ProbeEntry[] {
  const send = jsonSend(context);
  if (send === undefined) {
    return [
      skip('V-1', 'input is checked', 'no route takes a JSON body that this run may send'),
      ...unsentBodies(context),
      ...addressProbes(context),
    ];
  }
  const values = valuesOf(context).validation;
  const base: RequestSpec = { method: send.method, path: send.path, as: send.as };
  const route = send.route === undefined ? {} : { route: send.route };
  const refuses = (
    id: string,
    title: string,
    failure: string,
    sends: readonly Partial<RequestSpec>[],
    expect: Expectation,
  ): ProbeEntry =>
    prove(
      id,
      title,
      failure,
      sends.map((each) => ({ send: { ...base, ...each }, expect })),
      route,
    );
  const sample = typeof send.sample === 'object' && send.sample !== null ? send.sample : {};
  const no = [400, 422];
  const cap = cappedAt(context, send.route) ?? values.bodyBytes;
  return [
    refuses(
      'V-1',
      'a body that is not an object of fields is refused',
      'handlers meet what they do not expect',
      [{ json: 'text' }, { json: 42 }],
      { status: no },
    ),
    refuses(
      'V-3',
      'prototype keys are refused',
      'every object of the process is changed',
      [
        around(sample, '"__proto__":{"polluted":1}'),
        around(sample, '"constructor":{"prototype":{"polluted":1}}'),
        around(sample, '"a":{"b":[{"__proto__":{"polluted":1}}]}'),
      ],
      { status: no },
    ),
    refuses(
      'V-4',
      'query operators in a body are refused',
      'a password is compared with "anything"',
      [
        { json: { ...sample, email: { $ne: null }, password: { $ne: null } } },
        { json: { ...sample, filter: { $where: 'sleep(5000)' } } },
        { json: { $gt: '' } },
      ],
      { status: no, within: 3000 },
    ),
    refuses(
      'V-9',
      `a body of ${cap} bytes and more is refused`,
      'one request takes the memory',
      [
        around(sample, `"a":"${'x'.repeat(cap + 16)}"`),
        { ...around(sample, `"a":"${'x'.repeat(cap + 16)}"`), chunked: true },
      ],
      { status: [413], within: 5000 },
    ),
    refuses(
      'V-10',
      'deep nesting is refused',
      'a handler runs out of stack',
      [nested(sample, values.depth + 1), nested(sample, 1000), nested(sample, 10_000)],
      { status: [400, 413, 422], within: 5000 },
    ),
    refuses(
      'V-11',
      'too many keys and items are refused',
      'one request blocks the process',
      [
        {
          json: {
            ...sample,
            ...Object.fromEntries(Array.from({ length: values.keys + 1 }, (_, n) => [`k${n}`, 1])),
          },
        },
        around(sample, `"a":[${'0,'.repeat(values.keys + 1)}0]`),
      ],
      { status: [400, 413, 422], within: 3000 },
    ),
    refuses(
      'V-12',
      'malformed JSON is refused without a trace',
      'the parser’s error tells of the inside',
      [
        { body: '{"a":1,}', headers: json },
        { body: '{"a":', headers: json },
        { body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a]), headers: json },
        { json: { ...sample, note: 'a\u0000b' } },
      ],
      { status: no, bodyLacks: [/ at .*\(.*:\d+:\d+\)/, 'node_modules', 'Traceback'] },
    ),
    refuses(
      'V-13',
      'a key that comes twice is no crash',
      'validator and handler read different values',
      [around(sample, '"role":"user","role":"admin"')],
      { notStatus: [0], bodyLacks: [/ at .*\(.*:\d+:\d+\)/, 'Traceback'] },
    ),
    refuses(
      'V-14',
      'JSON under another content type is refused',
      'a page of another site writes without a preflight',
      [
        { body: JSON.stringify({ a: 1 }), headers: [['Content-Type', 'text/plain']] },
        {
          body: JSON.stringify({ a: 1 }),
          headers: [['Content-Type', 'application/json; charset=utf-7']],
        },
      ],
      { status: [400, 415, 422] },
    ),
    refuses(
      'V-15',
      'XML is refused',
      'external entities are read',
      [
        {
          body: '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
          headers: [['Content-Type', 'application/xml']],
        },
      ],
      { status: [400, 415, 422], bodyLacks: ['root:'] },
    ),
    ...addressProbes(context),
    ...massAssignment(context),
    ...textProbes(context),
    skip('V-8', 'stored markup is encoded in pages', 'no page here is known to show stored text'),
    skip(
      'V-17',
      'coerced values reach the handler',
      'what the handler received is not seen from outside',
    ),
    skip('V-19', 'file names are made by the server', 'uploads are not sent to an unknown store'),
    skip('V-20', 'multipart bounds', 'uploads are not sent to an unknown store'),
    skip('V-21', 'look-alike names', 'which fields name people is not known'),
    skip('V-22', 'answers hold declared fields only', 'the application declares no answers'),
    skip('V-23', 'valid requests work as before', 'the project’s own tests prove it'),
    ...when(
      context.can.ownAuth?.type !== 'apikey' && ownPath(context, '/register'),
      ['V-24', 'a refusal does not repeat the password', 'no emitted registration'],
      (path) =>
        prove(
          'V-24',
          'a refusal does not repeat the password',
          'passwords stand in logs of clients and proxies',
          [
            {
              send: { method: 'POST', path, json: { email: 'a@proof.example', password: 'Kq7' } },
              expect: { status: no, bodyLacks: ['Kq7'] },
            },
          ],
        ),
    ),
  ];
}

/** The cap holds for every path: one that does not exist is asked, so that nothing is written. */
function unsentBodies(context: ProbeContext): readonly ProbeEntry[] {
  const cap = valuesOf(context).validation.bodyBytes;
  const { kept } = context.policy;
  return when(
    kept.validation === undefined,
    ['V-9', 'a large body is refused', kept.validation ?? ''],
    () =>
      prove('V-9', `a body of ${cap} bytes and more is refused`, 'one request takes the memory', [
        {
          send: {
            method: 'POST',
            path: '/secure-proof-no-such-path',
            json: { a: 'x'.repeat(cap + 16) },
          },
          expect: { status: [413], within: 5000 },
        },
      ]),
  );
}

function cappedAt(context: ProbeContext, route: string | undefined): number | undefined {
  return context.policy.decisions.find((decision) => decision.route === route)?.bodyBytes;
}
