import { expect, test } from 'vitest';
import { decide } from '../src/policy/decide.ts';
import { contradictions, readDecisions } from '../src/policy/read.ts';
import { writeDecisions } from '../src/policy/write.ts';
import type { Guard } from '../src/surface/surface.ts';
import { project, route, surface } from './surfaces.ts';

const place = { file: 'src/app.js', line: 1 };
const api = surface({
  routes: [
    route('GET /health', { traits: ['health'] }),
    route('POST /login', { traits: ['login', 'writes'] }),
    route('POST /hooks/pay', { traits: ['webhook', 'writes', 'raw-body'], body: 'raw' }),
    route('GET /admin/stats', { traits: ['admin'] }),
    route('POST /notes', { traits: ['writes'], body: 'json' }),
    route('GET /notes', { traits: ['anonymous-in-tests'] }),
  ],
});

function decided(text?: string, over: Partial<Parameters<typeof decide>[0]> = {}) {
  return decide({
    project: project(),
    surface: api,
    postures: [],
    level: 'standard',
    auth: undefined,
    file: text === undefined ? undefined : readDecisions(text),
    selected: () => true,
    ...over,
  });
}

test('every route has a decision and the unknown one is protected', () => {
  const access = Object.fromEntries(decided().decisions.map((one) => [one.route, one.access]));
  expect(access).toEqual({
    'GET /health': 'public',
    'POST /login': 'public',
    'POST /hooks/pay': 'public',
    'GET /admin/stats': 'role:admin',
    'POST /notes': 'user',
    'GET /notes': 'public',
  });
});

test('what is opened on thin evidence asks for an answer', () => {
  const asked = decided()
    .decisions.filter((one) => one.needsAnswer)
    .map((one) => one.route);
  expect(asked).toEqual(['POST /hooks/pay', 'GET /notes']);
});

test('authentication of the application itself is kept', () => {
  const guard: Guard = {
    name: 'requireUser',
    kinds: ['auth'],
    scope: 'route',
    place,
    detail: {},
    confidence: 'high',
  };
  const policy = decided(undefined, {
    surface: surface({ routes: [route('GET /me', { guards: [guard] }), route('GET /x')] }),
  });
  expect(policy.auth).toBe('kept');
  expect(policy.kept.auth).toContain('requireUser');
  expect(policy.decisions.map((one) => one.access)).toEqual(['kept', 'kept']);
});

test('routes outside the target stay as they are', () => {
  const policy = decided(undefined, { selected: (each) => each.path === '/notes' });
  expect(policy.decisions.find((one) => one.route === 'GET /admin/stats')?.access).toBe('kept');
  expect(policy.decisions.find((one) => one.route === 'POST /notes')?.access).toBe('user');
});

test('places that could not be read leave unlisted paths as they are', () => {
  expect(decided().unlisted).toBe('deny');
  const unread = surface({ ...api, unresolved: [{ what: 'app.use(dynamic)', place }] });
  expect(decided(undefined, { surface: unread }).unlisted).toBe('kept');
});

test('a second writing changes nothing', () => {
  const first = writeDecisions(decided(), api, 'express', undefined);
  const second = writeDecisions(decided(first), api, 'express', first);
  expect(second).toBe(first);
});

test('comments, numbers and answers of the owner survive a change of level and back', () => {
  const first = writeDecisions(decided(), api, 'express', undefined);
  const edited = first
    .replace('routes:', '# reviewed by Ada\nroutes:')
    .replace('"GET /notes": { access: public', '"GET /notes": { access: user')
    .replace('GET /notes: { access: public', 'GET /notes: { access: user')
    .replace(
      'general: { limit: 60, windowSeconds: 60 }',
      'general: { limit: 77, windowSeconds: 60 }',
    );
  const strict = writeDecisions(decided(edited, { level: 'strict' }), api, 'express', edited);
  expect(strict).toContain('# reviewed by Ada');
  expect(strict).toContain('general: { limit: 77, windowSeconds: 60 }');
  expect(strict).toContain('auth: { limit: 3, windowSeconds: 3600 }');
  expect(
    decided(strict, { level: 'strict' }).decisions.find((one) => one.route === 'GET /notes')
      ?.access,
  ).toBe('user');
  const back = writeDecisions(decided(strict, { level: 'standard' }), api, 'express', strict);
  expect(back).toBe(edited);
});

test('a Windows file keeps its line endings', () => {
  const first = writeDecisions(decided(), api, 'express', undefined).replaceAll('\n', '\r\n');
  expect(writeDecisions(decided(first), api, 'express', first)).toBe(first);
});

test.each([
  ['version: 1\nlevel: strikt\n', 'secure.yaml:2: level: one of basic, standard, strict'],
  ['version: 1\nroutes:\n  GET /x: { acces: user }\n', 'secure.yaml:3:'],
  ['version: 1\nenvironment:\n  origins: ["https://a.example/"]\n', 'secure.yaml:3:'],
  ['version: 1\nlevel: [\n', 'secure.yaml:'],
])('a wrong file names its line: %j', (text, message) => {
  expect(() => readDecisions(text)).toThrow(message);
});

test('a decision about a route that is not there contradicts the code', () => {
  const text = 'version: 1\nroutes:\n  GET /gone: { access: user }\n';
  expect(() => contradictions(text, readDecisions(text), api)).toThrow(
    'secure.yaml:3: GET /gone is not a route',
  );
});
