import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { controls } from '../src/controls/index.ts';
import type { Policy } from '../src/controls/policy.ts';
import { express } from '../src/frameworks/express/index.ts';
import type { Blueprint } from '../src/frameworks/framework.ts';
import { makePlan, type Plan } from '../src/frameworks/plan.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { decide } from '../src/policy/decide.ts';
import type { Project } from '../src/project/project.ts';
import { fixtureProject } from './fixtures.ts';

const folder = path.join(import.meta.dirname, '..', 'blueprints/express');

function blueprint(): Blueprint {
  const names = readdirSync(path.join(folder, 'src/security'));
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  return {
    files: Object.fromEntries(
      names.map((name) => [name, readFileSync(path.join(folder, 'src/security', name), 'utf8')]),
    ),
    packages: { ...devDependencies, ...dependencies },
  };
}

async function harden(
  files: Record<string, string>,
  over: Partial<Project> = {},
): Promise<{ plan: Plan; policy: Policy }> {
  const project: Project = {
    ...fixtureProject('project'),
    framework: 'express',
    typescript: false,
    modules: 'cjs',
    frameworkMajor: 5,
    entry: 'app.js',
    tree: memoryTree({ 'package.json': '{"dependencies":{"express":"^5.1.0"}}', ...files }),
    ...over,
  };
  const surface = await express.read(project);
  const policy = decide({
    project,
    surface,
    postures: [],
    level: 'standard',
    auth: 'jwt',
    file: undefined,
    selected: () => true,
  });
  return { plan: makePlan(express, { project, surface, policy, blueprint: blueprint() }), policy };
}

const app = (...lines: string[]): string =>
  ["const express = require('express');", 'const app = express();', ...lines, ''].join('\n');

/** The calls of the mounted file in their order, one a line. */
async function order(...lines: string[]): Promise<string[]> {
  const { plan } = await harden({ 'app.js': app(...lines), 'routes.js': 'module.exports = 1;\n' });
  return (plan.edited['app.js'] ?? '')
    .split('\n')
    .filter((line) => /^\w+\(|^app\.|^server/.test(line));
}

test('a server that is made before the routes does not end the set-up', async () => {
  expect(
    await order(
      "const server = require('http').createServer(app);",
      "app.use(express.static('public'));",
      "app.get('/', (req, res) => res.send('x'));",
      'server.listen(3000);',
    ),
  ).toEqual([
    'secure(app);',
    "app.use(express.static('public'));",
    "app.get('/', (req, res) => res.send('x'));",
    'secureErrors(app);',
    'server.listen(3000);',
  ]);
});

test('routes that a function registers behind it are in front of the error handler', async () => {
  expect(
    await order(
      "const server = require('http').createServer(app);",
      "require('./routes')(app);",
      'server.listen(3000);',
    ),
  ).toEqual([
    'secure(app);',
    "require('./routes')(app);",
    'secureErrors(app);',
    'server.listen(3000);',
  ]);
});

test.each([
  ["express.static(path.join(__dirname, 'public'))", 'src/public'],
  ["express.static(__dirname + '/public')", 'src/public'],
  ["express.static(__dirname + '/../public')", 'public'],
  ["express.static('public')", 'public'],
  ["express.static(path.join(process.cwd(), 'public'))", 'public'],
])('%s of src/app.js stays public', async (code, directory) => {
  const { policy } = await harden(
    {
      'src/app.js': `const path = require('path');\n${app(`app.use(${code});`)}`,
      'src/public/index.html': 'x',
      'public/index.html': 'x',
    },
    { entry: 'src/app.js' },
  );
  expect(policy.files).toEqual([{ prefix: '', directory }]);
  expect(policy.unlisted).toBe('deny');
});

test('files in a folder that cannot be read close nothing that was open', async () => {
  const { policy } = await harden({ 'app.js': app('app.use(express.static(process.env.FILES));') });
  expect([policy.files, policy.unlisted]).toEqual([[], 'kept']);
});

test('files that name each other from the root are read', async () => {
  const { policy } = await harden({
    'app.js': app("app.use('/users', require('users/controller'));"),
    'users/controller.js': `const router = require('express').Router();
router.post('/', require('lib/ask'), (req, res) => res.json({}));
module.exports = router;\n`,
    'lib/ask.js': `module.exports = (req, res, next) =>
  req.headers.authorization === process.env.KEY ? next() : res.status(401).end();\n`,
  });
  expect(policy.auth).toBe('kept');
});

test('passwords that are compared or stored tell where callers sign in and up', async () => {
  const { policy } = await harden({
    'app.js': app(
      'app.use(express.json());',
      "app.post('/sessions/create', (req, res) => { const u = find(req.body.name); if (u.password !== req.body.password) return res.sendStatus(401); res.json({ token: u.token }); });",
      "app.post('/people', async (req, res) => { if (req.body.password !== req.body.confirmPassword) return res.sendStatus(400); users.push({ password: await bcrypt.hash(req.body.password, 12) }); res.sendStatus(201); });",
      "app.post('/notes', (req, res) => { if (typeof req.body.password !== 'string') return res.sendStatus(400); res.json({}); });",
    ),
  });
  expect(policy.decisions.map((one) => `${one.path} ${one.class} ${one.limit}`)).toEqual([
    '/sessions/create login auth',
    '/people login auth',
    '/notes user api',
  ]);
});

test('a session that is restored guards nothing, and strategies sign in', async () => {
  const { policy } = await harden({
    'app.js': app(
      "const passport = require('passport');",
      "app.use(require('express-session')({ secret: process.env.S }));",
      "app.use(passport.authenticate('session'));",
      "app.get('/', (req, res) => res.render('index'));",
      "app.post('/enter', passport.authenticate('local', { successRedirect: '/' }));",
      "app.get('/mine', passport.authenticate('jwt'), (req, res) => res.json({}));",
    ),
  });
  expect(policy.decisions.map((one) => `${one.path} ${one.class} ${one.limit}`)).toEqual([
    '/ page general',
    '/enter login auth',
    '/mine user api',
  ]);
});

test('what pages of the project call is not said to be called by tests', async () => {
  const { policy } = await harden({
    'app.js': app(
      "app.use(express.static('web'));",
      "app.get('/items', (req, res) => res.json([]));",
      "app.get('/tested', (req, res) => res.json([]));",
    ),
    'web/page.js': "fetch('/items').then(show);\n",
    'test/app.test.js':
      "const request = require('supertest');\nrequest(app).get('/tested').expect(200);\n",
  });
  expect(policy.decisions.map(({ path: at, reason }) => `${at}: ${reason}`)).toEqual([
    '/items: a page or script of the project calls it without a credential',
    "/tested: the project's own tests call it without a credential",
  ]);
});

test('libraries in a folder of files are no code of the server', async () => {
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({
      'package.json': '{}',
      'app.js': app("app.use(express.static('web'));"),
      'web/lib.js': 'if (secret === token) run();\n',
    }),
  });
  expect(surface.facts.map(({ kind }) => kind)).toEqual(['static']);
});

test.each([
  ['ws', 'new WebSocketServer({ server });', ['auth/websocket-open']],
  [
    'ws',
    "new WebSocketServer({ server }); server.on('upgrade', (req) => session(req, {}, () => req.session.userId));",
    ['csrf/websocket-origin'],
  ],
  [
    'ws',
    "new WebSocketServer({ server }); server.on('upgrade', (req) => { if (req.headers.origin !== own) return; session(req, {}, go); });",
    [],
  ],
  [
    'socket.io',
    "require('socket.io')(server).use((s, next) => verify(s.handshake.auth.token, next));",
    [],
  ],
  ['socket.io', "require('socket.io')(server).on('connection', talk);", ['auth/websocket-open']],
])('%s beside the routes: %s', async (library, code, wanted) => {
  const lines = [
    "const { WebSocketServer } = require('ws');",
    "const server = require('http').createServer(app);",
    code,
  ];
  const files = { 'app.js': app(...lines) };
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({ 'package.json': '{}', ...files }),
  });
  const findings = [
    ...controls.csrf.audit(surface).findings,
    ...controls.auth.audit(surface).findings,
  ];
  expect(findings.map(({ id }) => id).filter((id) => id.includes('websocket'))).toEqual(wanted);
  const { plan } = await harden(files);
  expect(plan.notes.join()).toContain(`not covered: websockets of ${library} at app.js:5`);
});

test('a websocket of express-ws opens as before, and is asked about', async () => {
  const { plan, policy } = await harden({
    'app.js': app("require('express-ws')(app);", "app.ws('/echo', (ws) => ws.send('x'));"),
  });
  expect(
    policy.decisions.map(({ route, access, needsAnswer }) => [route, access, needsAnswer]),
  ).toEqual([['WS /echo', 'public', true]]);
  const printed = plan.files.find(({ file }) => file.endsWith('policy.js'))?.text;
  expect(printed).toContain("{ method: 'GET', path: '/echo/.websocket', access: 'public' }");
});

test('code in front of a page does not decide for the page', async () => {
  const { policy } = await harden({
    'app.js': app(
      "app.all('/users/:id{/:op}', (req, res, next) => { req.user = users[req.params.id]; if (req.user) next(); else next(new Error('none')); });",
      "app.get('/users/:id', (req, res) => res.render('user'));",
    ),
  });
  expect(policy.decisions.map(({ route, access }) => `${route} ${access}`)).toEqual([
    'GET /users/:id public',
  ]);
});

test('an application that rewrites paths is told that the gate decides by what was asked for', async () => {
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({
      'package.json': '{}',
      'app.js': app(
        "app.use((req, res, next) => { req.url = req.url.replace('/en', ''); next(); });",
      ),
    }),
  });
  expect(surface.unresolved).toEqual([
    {
      what: 'the request’s path or method is rewritten: the gate decides by what was asked for',
      place: { file: 'app.js', line: 3 },
    },
  ]);
});

test('an object whose handler asks who calls is no finding, another is one', async () => {
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({
      'package.json': '{}',
      'app.js': app(
        "const jwt = require('express-jwt').expressjwt({ secret: process.env.S, algorithms: ['HS256'] });",
        "app.get('/mine/:id', jwt, (req, res) => { const me = req.user; if (me.sub !== req.params.id) return res.sendStatus(401); res.json({}); });",
        "app.get('/any/:id', jwt, (req, res) => res.json(all[req.params.id]));",
      ),
    }),
  });
  expect(controls.authz.audit(surface).findings.map(({ id, route }) => `${id} ${route}`)).toEqual([
    'authz/object-by-id GET /any/:id',
  ]);
});

test('a role that is answered with 401 is a role', async () => {
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({
      'package.json': '{}',
      'app.js': app(
        "const roles = (...wanted) => (req, res, next) => { if (!wanted.includes(req.user.role)) { throw new UnauthorizedError('Unauthorized to access this route'); } next(); };",
        'const signedIn = (req, res, next) => { if (!req.user) return res.status(401).end(); next(); };',
        "app.get('/all', [signedIn, roles('admin')], (req, res) => res.json([]));",
      ),
    }),
  });
  const kinds = surface.routes[0]?.guards.map((one) => one.kinds.includes('authz'));
  expect(kinds).toEqual([false, true]);
});

test('a handler that asks for a token of its own and for a role itself is not said to be open', async () => {
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({
      'package.json': '{}',
      'session.js': `module.exports = (req, res) => {
  const session = sessions.get(req.headers['x-own-token']);
  if (!session) { res.status(401); res.send({}); return null; }
  return session;
};\n`,
      'app.js': app(
        "const session = require('./session');",
        "app.post('/admin/access', (req, res) => { const s = session(req, res); if (!s) return; if (!isAdmin(s.id)) { res.status(403).send({}); return; } res.json({}); });",
        "app.post('/admin/open', (req, res) => res.json({}));",
      ),
    }),
  });
  const found = ['auth', 'authz'].flatMap((id) => controls[id as 'auth'].audit(surface).findings);
  expect(found.map(({ id, route }) => `${id} ${route}`)).toEqual([
    'auth/admin-open POST /admin/open',
  ]);
});

test('a token of passport that lies in a cookie is a cookie', async () => {
  const surface = await express.read({
    ...fixtureProject('project'),
    framework: 'express',
    tree: memoryTree({
      'package.json': '{}',
      'app.js': app(
        "const passport = require('passport');",
        "passport.use(new (require('passport-jwt').Strategy)({ secretOrKey: process.env.S, jwtFromRequest: (req) => req.cookies?.token }, found));",
        "app.post('/links', passport.authenticate('jwt', { session: false }), (req, res) => res.json({}));",
      ),
    }),
  });
  expect(controls.csrf.audit(surface).findings.map(({ id }) => id)).toEqual(['csrf/unprotected']);
});

const kept = (...lines: string[]) => [
  "const jwt = require('jsonwebtoken');",
  "const bcrypt = require('bcryptjs');",
  "const session = require('express-session');",
  ...lines,
  "app.post('/login', (req, res) => { if (!bcrypt.compareSync(req.body.password, found.hash)) return res.sendStatus(401); res.json({ token: jwt.sign({ id: 1 }, process.env.JWT_SECRET, { expiresIn: '1h' }) }); });",
];

test.each([
  [
    'app.use(session({ secret: process.env.S, resave: false }));',
    "app.use(session({ secret: process.env.S, resave: false, cookie: { secure: 'auto', sameSite: 'lax' } }));",
  ],
  [
    'app.use(\n  session({\n    secret: process.env.S,\n    cookie: {\n      maxAge: 60, // a minute\n    },\n  }),\n);',
    "app.use(\n  session({\n    secret: process.env.S,\n    cookie: {\n      maxAge: 60, // a minute\n      secure: 'auto',\n      sameSite: 'lax',\n    },\n  }),\n);",
  ],
  [
    'const me = jwt.verify(token, process.env.JWT_SECRET);',
    "const me = jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'] });",
  ],
  [
    'jwt.verify(token, process.env.JWT_SECRET, (error, me) => done(error, me));',
    "jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'] }, (error, me) => done(error, me));",
  ],
  ['const hash = bcrypt.hashSync(password, 8);', 'const hash = bcrypt.hashSync(password, 10);'],
  [
    'const hash = bcrypt.hashSync(password, bcrypt.genSaltSync(5));',
    'const hash = bcrypt.hashSync(password, bcrypt.genSaltSync(10));',
  ],
])('a sign-in that stays is mended: %s', async (before, after) => {
  const files = { 'app.js': app(...kept(before)) };
  const first = await harden(files);
  const text = first.plan.edited['app.js'] ?? '';
  expect(text).toContain(after);
  expect(first.policy.auth).toBe('kept');
  expect(first.plan.notes).toHaveLength(1);
  const again = await harden({ 'app.js': app(...kept(after)) });
  expect(again.plan.notes).toEqual([]);
});

test.each([
  ['const options = load(); app.use(session(options));'],
  ['app.use(session({ secret: process.env.S, cookie: settings }));'],
  ['const me = jwt.verify(token, process.env.PUBLIC_KEY);'],
  ['const me = jwt.verify(token, process.env.JWT_SECRET, options);'],
  ['const hash = bcrypt.hashSync(password, 12);'],
])('what may be right, or cannot be read, stays: %s', async (line) => {
  const { plan } = await harden({ 'app.js': app(...kept(line)) });
  expect(plan.edited['app.js']).toContain(line);
  expect(plan.notes).toEqual([]);
});

test('a front end elsewhere keeps its cookie, and other algorithms keep their tokens', async () => {
  const lines = [
    "app.use(require('cors')({ origin: 'https://app.example.com', credentials: true }));",
    'app.use(session({ secret: process.env.S }));',
    "jwt.sign({}, process.env.OTHER_SECRET, { algorithm: 'HS512' });",
    'jwt.verify(token, process.env.JWT_SECRET);',
  ];
  const { plan } = await harden({ 'app.js': app(...kept(...lines)) });
  const text = plan.edited['app.js'] ?? '';
  expect(text).toContain("session({ secret: process.env.S, cookie: { secure: 'auto' } })");
  expect(text).toContain('jwt.verify(token, process.env.JWT_SECRET);');
});

test('a variable that the application reads for itself is named', async () => {
  const { plan } = await harden({
    'app.js': app("app.set('trust proxy', process.env.TRUST_PROXY);"),
  });
  expect(plan.notes).toEqual([
    'TRUST_PROXY is read by the application, too (app.js): the folder takes a hop count or CIDRs and refuses true',
  ]);
});

test('a compiler that cannot read the types of zod 4 gets no schemas', async () => {
  const files = {
    'tsconfig.json': '{}',
    'src/app.ts': `import express from 'express';
const app = express();
app.post('/notes', (req, res) => { if (!req.body.title) return res.sendStatus(400); res.json({}); });
`,
  };
  const packages = async (typescript: string) => {
    const over = { typescript: true, entry: 'src/app.ts', dependencies: { typescript } };
    return (await harden(files, over)).plan.packages.map(({ name }) => name);
  };
  expect(await packages('^5.4.0')).toContain('zod');
  expect(await packages('^4.7.4')).not.toContain('zod');
});
