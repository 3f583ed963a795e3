import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readExpress } from '../src/frameworks/express/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { templateOf } from '../src/languages/javascript/describe.ts';
import type { Project } from '../src/project/project.ts';
import type { Route, Surface } from '../src/surface/surface.ts';

function projectOf(files: Record<string, string>, major = 5): Project {
  return {
    root: '/',
    tree: memoryTree(files),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: `${major}.0.0`,
    frameworkMajor: major,
    manifest: 'package.json',
    modules: 'cjs',
    typescript: false,
    packageManager: 'npm',
    entry: undefined,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  };
}

function filesOf(path: string): Record<string, string> {
  const root = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules'))
    .filter((name) => statSync(`${root}/${name}`).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${root}/${name}`, 'utf8')]));
}

const read = (name: string): Promise<Surface> =>
  readExpress(projectOf(filesOf(`fixtures/express/read/${name}`)));

/** Every route with the guards that stand before it, in their order. */
function rows({ routes }: Surface): string[] {
  return routes.map((route) => {
    const guards = route.guards.map((one) => {
      const scope = one.prefix === undefined ? one.scope : `${one.scope} ${one.prefix}`;
      return `${one.name} (${scope})`;
    });
    return [route.id, ...guards].join(' < ');
  });
}

const route = (surface: Surface, id: string): Route => {
  const found = surface.routes.find((one) => one.id === id);
  if (!found)
    throw new Error(`${id} is not among ${surface.routes.map((one) => one.id).join(', ')}`);
  return found;
};

const params = (surface: Surface, id: string): string[] =>
  route(surface, id).params.map((one) => {
    const values = one.enum === undefined ? '' : ` of ${one.enum.join('|')}`;
    return `${one.in} ${one.name}: ${one.type}${one.optional ? '?' : ''}${values}`;
  });

test('routers, path lists, tables in loops, expressions and applications inside applications', async () => {
  const surface = await read('mounts');
  expect(rows(surface)).toEqual(
    [
      'GET /api/v1/users',
      'GET /api/v1/users/:userId',
      'PUT /api/v1/users/:userId',
      'GET /api/v1/users/:userId/notes',
      'GET /people',
      'GET /people/:userId',
      'PUT /people/:userId',
      'GET /people/:userId/notes',
      'GET /health',
      'GET /healthz',
      'GET /ready',
      'ALL /echo',
      'GET /^\\/item-(\\d+)$/',
      'GET /files/:name.:ext',
      'POST /jobs',
      'DELETE /jobs/:id',
      'PATCH /orders/:id',
      'GET /carts',
      'POST /carts',
      'GET /admin',
    ].map((id) => `${id} < express.json() (app)`),
  );
  expect(route(surface, 'GET /people/:userId/notes').template).toBe('/people/{userId}/notes');
  expect(surface.apps).toEqual([{ name: 'app', place: { file: 'app.js', line: 6 } }]);
  expect(surface.unresolved).toEqual([]);
});

test('a guard covers what is registered after it and under its prefix, and nothing else', async () => {
  const surface = await read('order');
  const [helmet, signedIn, json] = [
    'helmet() (app)',
    'signedIn (router /api)',
    'express.json() (router /api/users)',
  ];
  expect(rows(surface)).toEqual([
    'GET /early',
    `GET /plain < ${helmet}`,
    `ALL /api/admin/*rest < ${helmet} < ${signedIn}`,
    `GET /api/users/first < ${helmet} < ${signedIn} < ${json}`,
    `GET /api/users/:id < ${helmet} < ${signedIn} < ${json} < loadUser (parameter) < check('scope') (router /api/users) < check('one') (route) < check('two') (route)`,
    `GET /api/admin/stats < ${helmet} < ${signedIn} < isAdmin (route)`,
    `GET /api/last < ${helmet} < ${signedIn} < check('leaks') (router /api)`,
    `GET /apiary < ${helmet}`,
  ]);
  expect(surface.guards.map((one) => one.name)).toEqual(['helmet()']);
  expect(surface.errorHandlers).toEqual([
    { name: 'error handler', place: { file: 'app.js', line: 28 }, leaks: 'message' },
  ]);
});

test('a loader that lists its folder and calls what it finds', async () => {
  const surface = await read('loader');
  expect(rows(surface)).toEqual(['GET /cats', 'POST /cats/:id', 'GET /dogs', 'POST /dogs/:id']);
  expect(route(surface, 'POST /dogs/:id').place).toEqual({ file: 'routes/dogs.js', line: 3 });
});

test('TypeScript classes that hold the application, routers of base classes, and path aliases', async () => {
  const surface = await read('classes');
  expect(rows(surface)).toEqual(
    ['GET /notes', 'POST /notes', 'DELETE /tags/:tag', 'POST /typed', 'PUT /cast'].map(
      (id) => `${id} < express.json() (app)`,
    ),
  );
  expect(route(surface, 'POST /notes').handler).toEqual({
    name: 'create',
    place: { file: 'src/routes/notes.ts', line: 9 },
  });
  expect(params(surface, 'POST /notes')).toEqual(['body title: string?']);
  const tag = ['body label: string?', 'body weight: number?'];
  expect(params(surface, 'POST /typed')).toEqual(tag);
  expect(params(surface, 'PUT /cast')).toEqual(tag);
});

test('what cannot be read is said, each with its place', async () => {
  const surface = await read('unresolved');
  expect(rows(surface)).toEqual(['GET /known']);
  expect(surface.unresolved.map((one) => `${one.place.line} ${one.what}`).sort()).toEqual([
    '10 use(config.load().router)',
    '11 use /…: a path that is not known',
    '12 an application handed to decorate(…)',
    '13 app.mystery(…)',
    '9 GET /…: a path that is not known',
  ]);
  expect(surface.notAnalysed.map((one) => one.file)).toEqual(['broken.js']);
});

test('keys of the request, with what their use and their checks show', async () => {
  const surface = await read('params');
  expect(params(surface, 'POST /orders/:orderId')).toEqual([
    'path orderId: number',
    'body items: array',
    'body note: unknown?',
    'body status: unknown of new|paid',
    'query page: integer?',
    'header Idempotency-Key: unknown?',
    'cookie theme: unknown?',
  ]);
  expect(params(surface, 'POST /sent')).toEqual([
    'body to: string',
    'body subject: unknown?',
    'header x-trace: unknown?',
  ]);
  expect(params(surface, 'POST /checked')).toEqual([
    'body email: string',
    'body age: integer?',
    'query dry: boolean',
  ]);
  expect(params(surface, 'POST /login')).toEqual(['body email: string', 'body remember: boolean?']);
  expect(params(surface, 'POST /parsed')).toEqual([
    'body email: string',
    'body kind: string? of a|b',
    'body size: integer',
  ]);
});

test('a body that goes on as a whole has no closed list of keys', async () => {
  const files = {
    'app.js': `const app = require('express')();
app.post('/a', (req, res) => res.json(save(req.body, req.body.title)));
app.post('/b', (req, res) => { const { title, ...rest } = req.body; res.json(rest); });
app.post('/c', (req, res) => res.json(req.body.title));
`,
  };
  const { routes } = await readExpress(projectOf(files));
  const seen = routes.map((one) => one.params.map((each) => `${each.name} ${each.confidence}`));
  expect(seen).toEqual([['title medium'], ['title medium'], ['title high']]);
});

test('handlers behind wrappers, files, documents, events and raw bodies', async () => {
  const surface = await read('behind');
  expect(rows(surface)).toEqual([
    'ALL /api-docs{/*rest} < swaggerUi.serve (router /api-docs)',
    'ALL /status{/*rest}',
    'GET /users',
    'POST /users',
    "POST /avatar < upload.single('avatar') (route)",
    'GET /events',
    "POST /hooks/stripe < express.raw({ type: '*/*' }) (route)",
    'GET /assets',
  ]);
  expect(params(surface, 'GET /users')).toEqual(['query sort: unknown?']);
  expect(params(surface, 'POST /avatar')).toEqual(['file avatar: object?']);
  const words = surface.routes.map((one) => `${one.kind} ${one.body} ${one.response}`);
  expect(words).toEqual([
    'http unknown unknown',
    'http none json',
    'http none json',
    'http unknown json',
    'http multipart json',
    'sse none stream',
    'http raw json',
    'static none file',
  ]);
  expect(route(surface, 'ALL /api-docs{/*rest}').traits).toContain('docs');
  expect(route(surface, 'POST /hooks/stripe').traits).toEqual(
    expect.arrayContaining(['webhook', 'raw-body']),
  );
});

test('the example is read end to end', async () => {
  const files = filesOf('examples/express');
  const surface = await readExpress(projectOf(files));
  expect(surface.routes.map((one) => one.id)).toEqual([
    'POST /hooks/payments',
    'GET /health',
    'GET /api/users',
    'POST /api/users',
    'GET /api/users/:id',
    'PUT /api/users/:id',
    'DELETE /api/users/:id',
    'GET /api/notes',
    'POST /api/notes',
    'GET /api/notes/:id',
    'PUT /api/notes/:id',
    'DELETE /api/notes/:id',
    'GET /api/admin/stats',
    'DELETE /api/admin/notes',
    'POST /api/uploads',
    'GET /',
  ]);
  // The payment provider's route stands before the JSON parser.
  expect(route(surface, 'POST /hooks/payments').body).toBe('raw');
  expect(route(surface, 'POST /api/notes').body).toBe('json');
  expect(surface.errorHandlers.map((one) => one.leaks)).toEqual(['stack']);
  expect(surface.unresolved).toEqual([]);
});

test('consign calls every file of its folders with the application', async () => {
  const surface = await read('consign');
  expect(rows(surface)).toEqual(['GET /pets', 'POST /pets']);
  expect(route(surface, 'GET /pets').handler).toEqual({
    name: 'list',
    place: { file: 'app/controllers/pets.js', line: 2 },
  });
  expect(surface.unresolved).toEqual([]);
});

test('names that get their value later, in a ring of imports or further down', async () => {
  const surface = await read('ring');
  expect(rows(surface)).toEqual(['GET /notes < limited (router /notes)']);
  expect(route(surface, 'GET /notes').guards[0]?.kinds).toEqual(['ratelimit']);
});

test('classes whose decorators make the routes', async () => {
  const surface = await read('decorated');
  expect(rows(surface)).toEqual([
    'GET /api/notes < audit (route)',
    'POST /api/notes < audit (route) < @Authorized() (route)',
    "DELETE /api/notes/:id < audit (route) < @Authorized(['admin']) (route)",
  ]);
  expect(route(surface, 'DELETE /api/notes/:id').guards[1]?.kinds).toEqual(['auth', 'authz']);
  expect(params(surface, 'GET /api/notes')).toEqual(['query size: number?']);
  expect(params(surface, 'POST /api/notes')).toEqual([
    'body title: string?',
    'body tags: array?',
    'body kind: string? of plain|list',
  ]);
});

test('routers that are called, loaded with a request, or mounted when something is ready', async () => {
  const surface = await read('late');
  expect(rows(surface)).toEqual([
    'GET /wrapped/in',
    'GET /asked/in < asked(inner) (router /asked)',
    'GET /lazy/x',
    'GET /event',
    'GET /connected',
    'GET /debug',
    'GET /bound',
  ]);
  expect(route(surface, 'GET /asked/in').guards[0]?.kinds).toEqual(['auth']);
  expect(route(surface, 'GET /debug').confidence).toBe('medium');
  expect(surface.unresolved).toEqual([]);
});

test('error handlers tell what they send, through the functions and objects that they use', async () => {
  const handler = (body: string, more = '') => `const app = require('express')();
${more}
app.use((err, req, res, next) => { ${body} });
`;
  const leak = async (text: string) => {
    const { errorHandlers } = await readExpress(projectOf({ 'app.js': text }));
    return errorHandlers.map((one) => one.leaks);
  };
  expect(await leak(handler('res.status(500).json({ error: "internal" });'))).toEqual(['none']);
  expect(await leak(handler('res.status(500).json({ error: err.message });'))).toEqual(['message']);
  expect(
    await leak(
      handler('answer(err, res);', 'function answer(e, res) { res.json({ stack: e.stack }); }'),
    ),
  ).toEqual(['stack']);
  expect(await leak(handler('const body = { message: err.message }; res.send(body);'))).toEqual([
    'message',
  ]);
  expect(await leak(handler('res.render("error", { error: err });'))).toEqual(['message']);
});

test('a router without a path is as wide as the application, and a helper of tests makes no second one', async () => {
  const surface = await readExpress(
    projectOf({
      'app.js': `const express = require('express');
const outer = express.Router();
outer.use(require('helmet')());
const app = express();
app.use(outer);
app.get('/a', (req, res) => res.json({}));
`,
      'support/fake.js': `const express = require('express');
module.exports = () => { const app = express(); app.get('/a', (req, res) => res.json({})); return app; };
`,
    }),
  );
  expect(rows(surface)).toEqual(["GET /a < require('helmet')() (app)"]);
  expect(surface.guards.map((one) => one.kinds)).toEqual([['headers']]);
  expect(surface.apps).toHaveLength(1);
});

test('a body parser that a function of the project wraps still parses', async () => {
  const { routes } = await readExpress(
    projectOf({
      'app.js': `const express = require('express');
const app = express();
const unless = (path, inner) => (req, res, next) => (req.path === path ? next() : inner(req, res, next));
app.use(express.urlencoded({ extended: false }));
app.post('/form', (req, res) => res.json(req.body.a));
app.use(unless('/raw', express.json()));
app.post('/json', (req, res) => res.json(req.body.a));
`,
    }),
  );
  expect(routes.map((one) => one.body)).toEqual(['form', 'json']);
});

test.each([
  ['/users/:id', '/users/{id}'],
  ['/users/:id(\\d+)', '/users/{id}'],
  ['/users/:id?', '/users/{id}'],
  ['/users/:id{/:op}', '/users/{id}/{op}'],
  ['/files/*path', '/files/{*path}'],
  ['/files/:path*', '/files/{*path}'],
  ['/files/*', '/files/{*rest}'],
  ['/files(.*)', '/files{*rest}'],
  ['/:from-:to', '/{from}-{to}'],
  ['/status(/*)?', '/status/{*rest}'],
  ['/status{/*rest}', '/status/{*rest}'],
  ['/a(?!/b)/:c', '/a/{c}'],
])('%s is %s in every report', (path, template) => {
  expect(templateOf(path)).toBe(template);
});

test('websockets of express-ws, and a router whose application is elsewhere', async () => {
  const sockets = await readExpress(
    projectOf({
      'app.js': `const app = require('express')();
require('express-ws')(app);
app.ws('/chat', (socket, req) => socket.send(req.query.room));
`,
    }),
  );
  expect(sockets.routes.map((one) => `${one.id} ${one.kind}`)).toEqual(['WS /chat websocket']);
  expect(params(sockets, 'WS /chat')).toEqual(['query room: unknown?']);
  expect(sockets.unresolved).toEqual([]);
  const alone = await readExpress(
    projectOf({
      'router.js': `const router = require('express').Router();
router.get('/a', (req, res) => res.json({}));
module.exports = router;
`,
    }),
  );
  expect(rows(alone)).toEqual(['GET /a']);
  expect(alone.apps).toEqual([]);
  expect(alone.unresolved.map((one) => one.place)).toEqual([{ file: 'router.js', line: 1 }]);
});
