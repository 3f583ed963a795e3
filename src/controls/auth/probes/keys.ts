import { claims, ownPath } from '../../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../../probe.ts';

const { prove, skip } = claims('auth');

/** K-1 to K-8. */
export function keyProbes(context: ProbeContext): readonly ProbeEntry[] {
  if (!context.can.identities.includes('admin')) {
    return [skip('K-1', 'unknown keys are refused', `no administrator: ${context.can.without}`)];
  }
  const me = ownPath(context, '/me') ?? '';
  const keys = ownPath(context, '/keys') ?? '';
  const withKey = (...values: readonly string[]): Step['send'] => ({
    method: 'GET',
    path: me,
    headers: values.map((value): readonly [string, string] => ['X-API-Key', value]),
  });
  const refused = { status: [400, 401, 431] };
  const made: Step = {
    send: { method: 'POST', path: keys, as: 'admin', json: { name: 'proof {{unique}}' } },
    expect: { status: [201] },
    save: { id: '/id', key: '/key' },
  };
  return [
    prove(
      'K-1',
      'wrong keys are refused alike',
      'ids of keys can be found out',
      [
        { send: withKey('sk_0000000000000000.wrong'), expect: { status: [401] } },
        { send: withKey('{{user.key}}x'), expect: { status: [401], like: 0 } },
        { send: { method: 'GET', path: me }, expect: { status: [401] } },
      ],
      { identity: 'user' },
    ),
    prove(
      'K-2',
      'a key in the address or the body is not read',
      'keys end in logs',
      [
        {
          send: { method: 'GET', path: `${me}?api_key={{user.key}}&X-API-Key={{user.key}}` },
          expect: { status: [401] },
        },
      ],
      { identity: 'user' },
    ),
    prove(
      'K-3',
      'malformed keys are refused',
      'joined headers pass or crash',
      [
        { send: withKey('{{user.key}}', 'sk_x.y'), expect: refused },
        { send: withKey('{{user.key}},{{user.key}}'), expect: refused },
        { send: withKey('x'.repeat(9000)), expect: refused },
        { send: withKey('ключ'), expect: refused },
      ],
      { identity: 'user' },
    ),
    prove(
      'K-4',
      'a deleted key is dead',
      'a leaked key cannot be stopped',
      [
        made,
        { send: withKey('{{key}}'), expect: { status: [200] } },
        {
          send: { method: 'DELETE', path: `${keys}/{{id}}`, as: 'admin' },
          expect: { status: [204] },
        },
        { send: withKey('{{key}}'), expect: { status: [401] } },
      ],
      { identity: 'admin' },
    ),
    prove(
      'K-5',
      'a rotated key and the old one both live until the old is deleted',
      'rotation takes the clients down',
      [
        made,
        {
          send: { method: 'POST', path: `${keys}/{{id}}/rotate`, as: 'admin' },
          expect: { status: [201] },
          save: { next: '/key' },
        },
        { send: withKey('{{next}}'), expect: { status: [200] } },
        { send: withKey('{{key}}'), expect: { status: [200] } },
        {
          send: { method: 'DELETE', path: `${keys}/{{id}}`, as: 'admin' },
          expect: { status: [204] },
        },
        { send: withKey('{{key}}'), expect: { status: [401] } },
        { send: withKey('{{next}}'), expect: { status: [200] } },
      ],
      { identity: 'admin' },
    ),
    prove(
      'K-6',
      'without any key in the store everybody is refused',
      'an empty store opens the door',
      [{ send: withKey('sk_0000000000000000.x'), expect: { status: [401] } }],
      { environment: { SECURITY_ADMIN_KEY: '' } },
    ),
    skip('K-7', 'wrong keys are limited per address', 'R-1 holds the limit of every request'),
    skip('K-8', 'keys stand in no log', 'J-33 searches for every secret of the run'),
  ];
}
