import { expect, test } from 'vitest';
import { controls } from '../src/controls/index.ts';
import { readExpress } from '../src/frameworks/express/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';

const head =
  "const express = require('express');\nconst app = express();\napp.use(express.json());\n";
const tail = 'app.listen(3000);\n';

test('a body that a schema decided on is no operator and no mass assignment', async () => {
  const handler = [
    "const { z } = require('zod');",
    "const User = require('mongoose').model('User');",
    'const check = (schema) => (req, res, next) => {',
    '  if (!schema.safeParse(req.body).success) return res.sendStatus(400);',
    '  next();',
    '};',
    'const find = async (req, res) => res.json(await User.findOne({ email: req.body.email }));',
  ].join('\n');
  const dependencies = { express: '5.3.0', mongoose: '9.0.0', zod: '4.6.7' };
  const open = await audit(`${head}${handler}\napp.post('/find', find);\n${tail}`, dependencies);
  expect(open).toContain('validation/nosql');
  const guarded = `${head}${handler}\napp.post('/find', check(z.object({})), find);\n${tail}`;
  expect(await audit(guarded, dependencies)).not.toContain('validation/nosql');
});

test('a leaking error handler is told once', async () => {
  const handler =
    "app.get('/', (req, res) => res.json({}));\napp.use((err, req, res, next) => {\n  res.status(500).json({ error: err.stack });\n});\n";
  const found = await audit(head + handler + tail);
  expect(found.filter((id) => id === 'errors/stack-leak')).toEqual(['errors/stack-leak']);
});

test('headers set by hand are complete only when none of the needed is missing', async () => {
  const route = "app.get('/', (req, res) => res.json({}));\n";
  const some =
    "app.use((req, res, next) => {\n  res.set('X-Frame-Options', 'DENY');\n  next();\n});\n";
  const states = await Promise.all(
    [some + route, `app.use(require('helmet')());\n${route}`, route].map(async (body) => {
      const surface = await read(head + body + tail);
      return controls.headers.audit(surface).posture?.state;
    }),
  );
  expect(states).toEqual(['Partial', 'Complete', 'Missing']);
});

test('switching off what is better off is no flaw', async () => {
  const app = `${head}app.use(require('helmet')({ crossOriginEmbedderPolicy: false }));\napp.get('/', (req, res) => res.json({}));\n${tail}`;
  expect(controls.headers.audit(await read(app)).posture?.state).toBe('Complete');
  expect(await audit(app)).not.toContain('headers/header-off');
});

test('optional sign-in leaves a route that writes open', async () => {
  const app = (options: string): string =>
    `${head}const { expressjwt } = require('express-jwt');\nconst secret = process.env.JWT_SECRET;\napp.post('/notes', expressjwt({ secret, algorithms: ['HS256']${options} }), (req, res) => res.json({}));\n${tail}`;
  expect(await audit(app(', credentialsRequired: false'))).toContain('auth/none');
  expect(await audit(app(''))).not.toContain('auth/none');
});

async function audit(text: string, dependencies?: Record<string, string>): Promise<string[]> {
  const surface = await read(text, dependencies);
  return Object.values(controls).flatMap((control) =>
    control.audit(surface).findings.map(({ id }) => id),
  );
}

function read(text: string, dependencies: Record<string, string> = { express: '5.3.0' }) {
  const project: Project = {
    root: '/project',
    tree: memoryTree({ 'src/app.js': text, 'package.json': JSON.stringify({ dependencies }) }),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: '5.3.0',
    frameworkMajor: 5,
    manifest: 'package.json',
    modules: 'cjs',
    typescript: false,
    packageManager: 'npm',
    entry: 'src/app.js',
    start: undefined,
    test: undefined,
    member: '',
    dependencies,
    notes: [],
  };
  return readExpress(project);
}
