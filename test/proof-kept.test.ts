import { expect, it, test } from 'vitest';
import type { Decision } from '../src/controls/policy.ts';
import { prove } from '../src/proof/prove.ts';
import type { Verdict } from '../src/proof/verdict.ts';
import type { Guard, Route, Trait } from '../src/surface/surface.ts';
import { proofInput } from './proof-input.ts';

const place = { file: 'server.mjs', line: 1 };
const auth: Guard = {
  name: 'session',
  kinds: ['auth'],
  scope: 'route',
  place,
  detail: {},
  confidence: 'high',
};

function routeOf(id: string, guards: readonly Guard[], traits: readonly Trait[] = []): Route {
  const [method = '', path = ''] = id.split(' ');
  return {
    id,
    method,
    path,
    template: path.replace(/:(\w+)/g, '{$1}'),
    kind: 'http',
    place,
    handler: { name: undefined, place },
    params: [],
    body: method === 'POST' ? 'json' : 'none',
    response: 'json',
    guards,
    credentials: [],
    sensitivity: [],
    traits,
    confidence: 'high',
  };
}

const routes = [
  routeOf('POST /login', [], ['login']),
  routeOf('GET /open', []),
  routeOf('GET /mine', [auth]),
  routeOf('GET /notes/:id', [auth]),
  routeOf('GET /admin', [auth]),
  routeOf('POST /logout', [auth], ['logout']),
  routeOf('POST /notes', [auth]),
];

const decisions = routes.map(
  ({ id, method, path, body }): Decision => ({
    route: id,
    method,
    path,
    class: 'user',
    access: 'kept',
    limit: 'general',
    csrf: false,
    body: body === 'json' ? 'json' : 'none',
    reason: 'fixture',
    confidence: 'high',
    needsAnswer: false,
    source: 'derived',
  }),
);

const identity = (name: string, owns?: readonly string[]) => ({
  login: { method: 'POST', path: '/login', json: { name, password: 'open sesame' } },
  cookie: 'sid',
  owns,
});
const everybody = {
  user: identity('ben', ['/notes/7']),
  other: identity('cleo', ['/notes/8']),
  admin: identity('ada'),
};

async function verdicts(
  identities: Parameters<typeof prove>[0]['identities'],
  weak = '',
): Promise<readonly Verdict[]> {
  const input = proofInput('kept', {
    auth: 'kept',
    decisions,
    kept: { auth: 'its own', authz: 'its own', headers: 'x', ratelimit: 'x', errors: 'x' },
  });
  const surface = { ...input.surface, routes };
  const proof = await prove({ ...input, surface, identities, environment: { WEAK: weak } });
  return proof.verdicts;
}

const of = (all: readonly Verdict[], ...ids: string[]): string[] =>
  all
    .filter(({ probe }) => ids.includes(probe))
    .map(({ probe, route = '-', identity, verdict }) => `${probe} ${route} ${identity} ${verdict}`);

const signedIn = ['J-1/known', 'J-23', 'J-24', 'S-5', 'S-7', 'X-3'];

it('asks the routes of a kept sign-in as everybody whom secure.yaml describes', async () => {
  expect(of(await verdicts(everybody), ...signedIn).sort()).toEqual([
    'J-1/known GET /admin admin proved',
    'J-1/known GET /mine user proved',
    'J-1/known GET /notes/:id user proved',
    'J-23 - other proved',
    'J-23 - user proved',
    'J-24 GET /admin user proved',
    'S-5 POST /logout user proved',
    'S-7 - user proved',
    'X-3 POST /notes user proved',
  ]);
}, 60_000);

test.each([
  ['owner', ['J-23 - other failed', 'J-23 - user failed']],
  ['logout', ['S-5 POST /logout user failed']],
  ['cookie', ['S-7 - user failed']],
])('a kept sign-in that is wrong in its %s fails', { timeout: 60_000 }, async (weak, wanted) => {
  const all = of(await verdicts(everybody, weak), ...signedIn);
  expect(all.filter((one) => one.endsWith('failed'))).toEqual(wanted);
});

it('says of each identity why it is not there', async () => {
  const all = await verdicts({ user: everybody.user });
  const why = (id: string): string | undefined => all.find(({ probe }) => probe === id)?.why;
  expect(why('J-23')).toBe('secure.yaml describes no identity "other"');
  expect(why('J-24')).toBe('secure.yaml describes no identity "admin"');
  expect(why('R-16')).toContain('requests are counted by address');
  expect(of(all, 'J-1/known')).toContain('J-1/known GET /mine user proved');
}, 60_000);

it('asks no value of ours where headers of the application’s own stay', async () => {
  const input = proofInput('hardened');
  const helmet: Guard = {
    ...auth,
    name: 'helmet()',
    kinds: ['headers'],
    library: 'helmet',
    scope: 'app',
  };
  const own = await prove({ ...input, surface: { ...input.surface, guards: [helmet] } });
  const h7 = own.verdicts.find(({ probe }) => probe === 'H-7');
  expect(h7?.why).toBe('helmet of the application sets its own, which stays');
  expect(own.verdicts.filter((one) => /^H-/.test(one.probe) && one.verdict === 'failed')).toEqual(
    [],
  );
}, 120_000);
