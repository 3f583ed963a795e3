import { expect, test } from 'vitest';
import { comparison } from '../src/frameworks/nestjs/live/table.ts';
import { readNestjs } from '../src/frameworks/nestjs/reader.ts';
import { liveRows, reconcile } from '../src/frameworks/reconcile.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Surface } from '../src/surface/surface.ts';
import { fixtureProject } from './fixtures.ts';

const read = (name: string, folder = `nestjs/read/${name}`) =>
  readNestjs(fixtureProject(folder, { framework: 'nestjs', typescript: true }));

/** Every route with its guards, as one line. */
const table = (surface: Surface) =>
  surface.routes.map(({ id, guards }) => [id, ...guards.map(({ name }) => name)].join(' | '));
const route = (surface: Surface, id: string) => {
  const found = surface.routes.find((one) => one.id === id);
  if (!found) throw new Error(`${id} was not read`);
  return found;
};

test('guards stand in the order in which Nest runs them, and markers take routes out', async () => {
  const surface = await read('order');
  // Seen at run time with Nest 10.4, 11.2 and 12.5; TraceGuard runs too, and refuses nobody.
  expect(table(surface)).toEqual([
    'GET /accounts | JwtGuard | ApiKeyGuard',
    'GET /accounts/count | ApiKeyGuard',
    'POST /accounts | JwtGuard | RolesGuard | ApiKeyGuard | OwnerGuard',
    'DELETE /accounts/:id | JwtGuard | ApiKeyGuard | OwnerGuard',
    'GET /open',
  ]);
  const guards = route(surface, 'POST /accounts').guards;
  expect(guards.map((one) => [one.kinds, one.scope])).toEqual([
    [['auth'], 'app'],
    [['authz'], 'app'],
    [['auth'], 'router'],
    [['authz'], 'route'],
  ]);
  expect(guards[1]?.detail).toEqual({ roles: ['admin'] });
  expect(route(surface, 'GET /accounts/count').credentials).toEqual(['apikey']);
});

test('a guard is tried with the markers of each route, however it reads them', async () => {
  const surface = await read('markers');
  expect(table(surface)).toEqual([
    'GET /plain | SessionGuard',
    'GET /plain/open',
    'GET /plain/said | SessionGuard',
    'GET /class | SessionGuard',
    'GET /jwt | JwtGuard',
    'GET /jwt/open',
    'GET /jwt/admin | JwtGuard | RolesGuard',
    'GET /jwt/nobody | JwtGuard',
    'GET /all-open',
    'GET /all-open/look',
  ]);
  expect(route(surface, 'GET /plain').credentials).toEqual(['cookie']);
  expect(route(surface, 'GET /jwt/admin').guards[1]).toMatchObject({
    kinds: ['authz'],
    detail: { roles: ['admin', 'owner'] },
  });
});

test('a schema counts where a pipe asks for it: zod, valibot, Standard Schema of Nest 12', async () => {
  const surface = await read('schemas');
  const builtIn = 'useSecurityHeaders() | enableCsrfProtection()';
  expect(table(surface)).toEqual([
    `POST /animals/cats | ${builtIn} | StandardSchemaValidationPipe`,
    `POST /animals/dogs | ${builtIn} | StandardSchemaValidationPipe`,
    `PUT /animals/cats | ${builtIn}`,
    `PUT /animals/cats/checked | ${builtIn} | ZodValidationPipe`,
  ]);
  expect(route(surface, 'POST /animals/cats').needs).toBe('version 1');
  const checked = route(surface, 'PUT /animals/cats/checked').params;
  expect(checked.map(({ name, type, optional }) => [name, type, optional])).toEqual([
    ['name', 'string', false],
    ['age', 'number', true],
    ['kind', 'string', false],
  ]);
});

test('prefixes, versions, router trees and inherited methods make the paths', async () => {
  const surface = await read('paths');
  // The table of Nest 10.4, 11.2 and 12.5 in preview mode, RouterModule restored.
  expect(table(surface)).toEqual([
    'GET /api/v1/cats/count',
    'GET /api/v2/cats/count',
    'POST /api/v3/cats/new',
    'POST /api/v3/cats/create',
    'GET /api/cats/any',
    'GET /api/v1/cats/:id',
    'GET /api/v2/cats/:id',
    'GET /api/v1/felines/count',
    'GET /api/v2/felines/count',
    'POST /api/v3/felines/new',
    'POST /api/v3/felines/create',
    'GET /api/felines/any',
    'GET /api/v1/felines/:id',
    'GET /api/v2/felines/:id',
    'GET /health',
    'POST /hooks/:name',
    'GET /api/hooks/:name',
    'ALL /api/v1/dogs/anything',
    'GET /api/v1/dogs/events',
    'GET /api/v1/back/stats',
    'GET /api/v1/back/reports/daily',
    'GET /api/v1/site',
  ]);
  expect(surface.unresolved).toEqual([]);
  expect(route(surface, 'GET /api/v1/dogs/events')).toMatchObject({
    kind: 'sse',
    response: 'stream',
  });
  const needs = surface.routes.flatMap((one) => (one.needs === undefined ? [] : [one.id]));
  expect(needs).toEqual(['GET /api/v1/site']);
  expect(route(surface, 'GET /api/v1/site').needs).toBe('the host admin.example.com');
  expect(route(surface, 'GET /api/v1/felines/:id').handler).toEqual({
    name: 'CatsController.one',
    place: { file: 'src/controllers/base.controller.ts', line: 6 },
  });
});

test('middleware covers what it is mounted on, and nothing that is excluded', async () => {
  const surface = await read('middleware');
  const everywhere = 'helmet() | cookie-parser()';
  expect(table(surface)).toEqual([
    `GET /api/cats | ${everywhere} | cors: true | UserMiddleware`,
    `POST /api/cats | ${everywhere} | cors: true | UserMiddleware`,
    `GET /api/cats/public | ${everywhere} | cors: true`,
    `GET /api/dogs | ${everywhere} | cors: true`,
    `DELETE /api/dogs/:id | ${everywhere} | cors: true | UserMiddleware`,
    `GET /api/reports/daily | ${everywhere} | requireToken | cors: true`,
  ]);
  expect(surface.facts).toContainEqual({
    kind: 'cors',
    detail: {
      origins: 'list',
      list: ['https://shop.example'],
      credentials: false,
      library: '@nestjs/core',
    },
    place: { file: 'src/main.ts', line: 8 },
    confidence: 'high',
  });
});

test('parameters come from decorators, classes, schemas and the handler itself', async () => {
  const surface = await read('params');
  const shown = (id: string) =>
    route(surface, id).params.map(
      (one) =>
        `${one.in} ${one.name}${one.optional ? '?' : ''}: ${one.enum?.join('|') ?? one.type} ${one.confidence}`,
    );
  expect(table(surface)).toEqual([
    'GET /orders',
    'POST /orders | ValidationPipe',
    'PATCH /orders/:id | ValidationPipe',
    'PUT /orders/:id/note',
    'POST /orders/loose',
    'POST /orders/review | ZodPipe',
    'POST /orders/by-hand',
    "POST /orders/picture | FileInterceptor('picture')",
  ]);
  expect(shown('GET /orders')).toEqual(['query page?: integer high', 'query search?: string high']);
  expect(shown('POST /orders')).toEqual([
    'body title: string high',
    'body email: string high',
    'body count: integer high',
    'body size?: s|l high',
    'body paidBy: card|cash high',
    'body tags: array high',
  ]);
  expect(shown('PATCH /orders/:id').slice(0, 3)).toEqual([
    'path id: integer high',
    'body title: string high',
    'body email?: string high',
  ]);
  expect(shown('PUT /orders/:id/note').slice(1)).toEqual([
    'body text: string medium',
    'body pinned?: boolean medium',
  ]);
  expect(shown('POST /orders/loose')).toEqual([
    'body name: unknown medium',
    'body kind?: unknown medium',
    'header x-trace?: string high',
  ]);
  expect(shown('POST /orders/review')).toEqual([
    'body stars: integer high',
    'body text?: string high',
    'body mood: good|bad high',
  ]);
  expect(shown('POST /orders/by-hand')).toEqual(['body code?: unknown medium']);
  expect(surface.facts.filter(({ kind }) => kind === 'body-parser')).toEqual([
    {
      kind: 'body-parser',
      detail: { parser: 'multipart' },
      place: { file: 'src/orders.controller.ts', line: 63 },
      confidence: 'high',
    },
  ]);
  expect(route(surface, 'POST /orders/picture')).toMatchObject({
    body: 'multipart',
    traits: ['writes', 'upload'],
  });
});

test('a strategy says which credential is read; one that lets callers pass is no guard', async () => {
  const surface = await read('passport');
  expect(table(surface)).toEqual([
    "POST /enter | ThrottlerGuard | AuthGuard('local')",
    "GET /me | ThrottlerGuard | AuthGuard('jwt')",
    'GET /feed | ThrottlerGuard',
    'GET /ping',
  ]);
  expect(route(surface, 'GET /me').credentials).toEqual(['cookie']);
  expect(route(surface, 'POST /enter').traits).toContain('login');
  expect(route(surface, 'POST /enter').guards[0]?.detail).toEqual({ limit: 5, ttl: 60000 });
});

test('every application of a monorepo is read through the aliases of its libraries', async () => {
  const surface = await read('monorepo');
  expect(table(surface)).toEqual([
    'GET /back/staff',
    'GET /back/health',
    'GET /shop/items',
    'GET /shop/health',
  ]);
  expect(surface.apps.map(({ place }) => place.file)).toEqual([
    'apps/back/src/main.ts',
    'apps/shop/src/main.ts',
  ]);
});

test('resolvers, gateways, files and documentation are routes of their own kind', async () => {
  const surface = await read('sides');
  expect(surface.routes.map(({ id, kind, handler }) => [id, kind, handler.name])).toEqual([
    ['POST /graphql', 'graphql', undefined],
    ['POST Query.books', 'graphql', 'BooksResolver.books'],
    ['POST Mutation.addBook', 'graphql', 'BooksResolver.addBook'],
    ['WS /chat', 'websocket', 'ChatGateway.say'],
    ['GET /assets/*path', 'static', undefined],
    ['GET /docs', 'http', undefined],
    ['GET /docs-json', 'http', undefined],
    ['GET /docs-yaml', 'http', undefined],
  ]);
  expect(route(surface, 'POST Mutation.addBook').guards.map(({ name }) => name)).toEqual([
    'TokenGuard',
  ]);
  expect(route(surface, 'WS /chat').guards.map(({ name }) => name)).toEqual(['TokenGuard']);
  expect(surface.errorHandlers).toEqual([
    { name: 'EverythingFilter', place: { file: 'src/main.ts', line: 8 }, leaks: 'stack' },
    { name: 'BaseExceptionFilter', place: { file: 'src/main.ts', line: 15 }, leaks: 'none' },
  ]);
});

test('routes that a decorator makes are read; those of a contract are named', async () => {
  const surface = await read('crud');
  expect(table(surface)).toEqual([
    'GET /heroes/best',
    'GET /heroes',
    'GET /heroes/:id',
    'POST /heroes',
    'PATCH /heroes/:id',
    'DELETE /heroes/:id | TokenGuard',
  ]);
  expect(surface.unresolved.map(({ what }) => what)).toEqual([
    'the routes of a contract (TsRestHandler)',
  ]);
});

test('what cannot be read is named, and never called a route', async () => {
  const surface = await read('unresolved');
  expect(table(surface)).toEqual(['GET /known']);
  expect(surface.routes[0]?.confidence).toBe('low');
  expect(
    surface.unresolved.map(({ what, place }) => `${place.file}:${place.line} ${what}`),
  ).toEqual([
    'src/main.ts:5 the global prefix',
    'src/app.module.ts:12 the path of KnownController.late',
    'src/app.module.ts:26 an imported module',
    'src/app.module.ts:19 LostController: no module that was read lists it',
  ]);
  expect(surface.notAnalysed.map(({ file }) => file)).toEqual(['src/broken.ts']);
});

test('controllers without an application are read with less confidence', async () => {
  const surface = await read('bare');
  expect(table(surface)).toEqual(['GET /cats/:id']);
  expect(surface.routes[0]?.confidence).toBe('medium');
  expect(surface.unresolved).toHaveLength(1);
});

test('a difference between the sources and the running application is seen on both sides', async () => {
  const { routes } = await read('bare');
  const row = { method: 'GET', path: '/cats/:name', handler: { name: 'CatsController.one' } };
  const output = `a line of the application\n${JSON.stringify({ live: 'nestjs', routes: [row] })}\n`;
  expect(reconcile(routes, liveRows('nestjs', output) as never, comparison)).toMatchObject({
    missing: ['GET /cats/:name'],
    extra: ['GET /cats/:id'],
  });
  const same = [{ ...row, path: '/cats/:id' }];
  expect(reconcile(routes, same, comparison)).toMatchObject({ missing: [], extra: [] });
  expect(liveRows('nestjs', '{"live":"nestjs","error":"no AppModule"}\n')).toEqual({
    why: 'no AppModule',
  });
});

test('what the owner’s tests call without a credential is marked', async () => {
  const surface = await read('order');
  const marked = surface.routes.filter((one) => one.traits.includes('anonymous-in-tests'));
  expect(marked.map((one) => one.id)).toEqual(['GET /open']);
});

test('an empty tree has no routes', async () => {
  const project = fixtureProject('nestjs/read/bare', { tree: memoryTree({}) });
  expect((await readNestjs(project)).routes).toEqual([]);
});
