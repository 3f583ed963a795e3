import { expect, test } from 'vitest';
import { controlIds } from '../src/controls/control.ts';
import { controls } from '../src/controls/index.ts';
import { readGin } from '../src/frameworks/gin/reader.ts';
import { factsOf } from '../src/surface/facts.ts';
import { fixtureProject } from './fixtures.ts';

const read = () => readGin(fixtureProject('gin/read/shop', { framework: 'gin', language: 'go' }));

test('every gin route is read with what really stands before it', async () => {
  const { routes } = await read();
  const rows = routes.map(
    ({ method, path, guards }) => `${method} ${path} [${guards.map((one) => one.kinds).join(' ')}]`,
  );
  expect(rows).toEqual([
    'GET /health []',
    'GET /api/v1/early [cors]',
    'GET /api/v1/orders [cors auth]',
    'PUT /api/v1/orders/:id [cors auth]',
    'POST /api/v1/items [cors auth authz validation]',
    'DELETE /api/v1/items/:id [cors auth unknown]',
    'ALL /echo [cors]',
    'GET /search [cors]',
    'POST /search [cors]',
    'GET /assets/*filepath [cors]',
  ]);
});

test('a path that is computed is unresolved, not dropped', async () => {
  const { unresolved } = await read();
  expect(unresolved).toEqual([
    { what: 'a route whose path is computed', place: { file: 'main.go', line: 28 } },
  ]);
});

test('the fields of a bound struct are the body', async () => {
  const { routes } = await read();
  const create = routes.find((route) => route.id === 'POST /api/v1/items');
  expect(create?.body).toBe('json');
  expect(create?.params.map(({ name, type, optional }) => [name, type, optional])).toEqual([
    ['name', 'string', false],
    ['price', 'integer', true],
  ]);
});

test('what is dangerous in Go code becomes a finding', async () => {
  const surface = await read();
  const ids = controlIds.flatMap((id) => controls[id].audit(surface).findings.map((one) => one.id));
  expect(ids).toEqual(
    expect.arrayContaining(['cors/any-origin-with-credentials', 'ratelimit/trust-proxy-any']),
  );
  expect(factsOf(surface.facts, 'secret').map((one) => one.place.line)).toEqual([11]);
  expect(factsOf(surface.facts, 'cookie')[0]?.detail).toMatchObject({
    name: 'session',
    secure: false,
    httpOnly: false,
  });
  const named = factsOf(surface.facts, 'dependency').map(({ detail }) => detail.name);
  expect(named).toContain('github.com/dgrijalva/jwt-go');
});

test('groups are followed through embedded structs; a configured prefix makes them less sure', async () => {
  const surface = await readGin(
    fixtureProject('gin/read/groups', { framework: 'gin', language: 'go' }),
  );
  const rows = surface.routes.map(
    ({ id, guards, confidence }) =>
      `${id} [${guards.map(({ name, kinds }) => `${name}: ${kinds.join(' ')}`).join()}] ${confidence}`,
  );
  expect(rows).toEqual([
    'GET /v1/users [JWTAuth: auth] low',
    'DELETE /v1/users/:id [JWTAuth: auth] low',
    'GET /v1/roles [JWTAuth: auth] low',
    'GET /ping [] high',
  ]);
  expect(surface.unresolved).toEqual([
    { what: 'the path of a group', place: { file: 'main.go', line: 13 } },
  ]);
});
