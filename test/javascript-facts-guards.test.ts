import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { guardByBody, guardByLibrary } from '../src/languages/javascript/guards/index.ts';
import {
  isParsed,
  type Node,
  type Parsed,
  parseFile,
  walk,
} from '../src/languages/javascript/parse.ts';

const file = resolve(import.meta.dirname, '../fixtures/javascript/facts/guards/middleware.js');
const fixture = parsed(readFileSync(file, 'utf8'));

// `// kinds credentials confidence` above an export of the fixture says what it is.
const expectations = [
  ...fixture.text.matchAll(/^\/\/ (\S+) (\S+) (high|medium|low)\nexports\.(\w+)/gm),
];

test.each(expectations.map((match) => [match[4]!, match[1]!, match[2]!, match[3]!] as const))(
  'home-made %s is %s',
  (name, kinds, credentials, confidence) => {
    const guard = guardByBody(exported(name), fixture);
    expect(guard.kinds.join(',')).toBe(kinds);
    expect(guard.confidence).toBe(confidence);
    if (name !== 'delegates') expect(guard.credentials.join(',') || '-').toBe(credentials);
  },
);

test('every home-made kind has a form in the fixture', () => {
  expect(expectations.length).toBe(20);
});

test.each([
  ['helmet', 'default', 'helmet()', 'headers', {}],
  ['helmet', 'default', 'helmet({ hsts: false })', 'headers', { off: ['hsts'] }],
  ['cors', 'default', 'cors()', 'cors', {}],
  [
    'express-rate-limit',
    'rateLimit',
    'x({ limit: 10, windowMs: 60 * 1000 })',
    'ratelimit',
    { limit: 10, windowSeconds: 60, store: 'memory' },
  ],
  ['express', 'json', "x({ limit: '1mb' })", 'body', { limitBytes: 1_048_576 }],
  ['express', 'static', "x('public')", 'static', { directory: 'public' }],
  ['passport', 'authenticate', "x('jwt', { session: false })", 'auth', { strategy: 'jwt' }],
  ['express-jwt', 'expressjwt', 'x({ secret })', 'auth', {}],
  ['express-oauth2-jwt-bearer', 'requiredScopes', "x('read')", 'authz', {}],
  ['csurf', 'default', 'x({ cookie: true })', 'csrf', { kind: 'Double-submit' }],
  ['express-session', 'default', 'x({})', 'session', {}],
  ['cookie-parser', 'default', 'x()', 'cookies', {}],
  ['multer', 'default().single', "x('file')", 'upload,body', {}],
  ['celebrate', 'celebrate', 'x({})', 'validation', {}],
  ['express-validator', 'body', "x('email')", 'validation', {}],
  ['swagger-ui-express', 'serve', 'x', 'docs', {}],
  ['morgan', 'default', "x('dev')", 'logging', {}],
  ['errorhandler', 'default', 'x()', 'errors', { leaks: 'stack' }],
  ['hpp', 'default', 'x()', '', { partial: true }],
] as const)('%s.%s is known', (library, name, call, kinds, detail) => {
  const guard = guardByLibrary(library, name, argumentsOf(call), parsed(call));
  expect(guard?.kinds.join(',')).toBe(kinds);
  expect(JSON.parse(JSON.stringify(guard?.detail))).toEqual(detail);
  expect(guard?.library).toBe(library);
});

test('what lets everybody pass is no authentication', () => {
  const open = [
    ['express-jwt', 'expressjwt', 'x({ secret, credentialsRequired: false })'],
    ['passport', 'authenticate', "x(['jwt', 'anonymous'])"],
    ['express-session', 'default', 'x({})'],
  ] as const;
  for (const [library, name, call] of open) {
    const guard = guardByLibrary(library, name, argumentsOf(call), parsed(call));
    expect(guard?.kinds).not.toContain('auth');
    expect(guard?.credentials).toEqual([]);
  }
});

test('a package that nobody knows is left to its body', () => {
  expect(guardByLibrary('left-pad', 'default', [], fixture)).toBeUndefined();
  expect(guardByLibrary('express', 'Router', [], fixture)).toBeUndefined();
});

function parsed(text: string): Parsed {
  const result = parseFile('src/middleware.js', text);
  if (!isParsed(result)) throw new Error(result.error);
  return result;
}

function exported(name: string): Node {
  let found: Node | undefined;
  walk(fixture.program, (node) => {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return;
    if (node.left.property.type === 'Identifier' && node.left.property.name === name)
      found = node.right;
  });
  if (found === undefined) throw new Error(`no export ${name}`);
  return found;
}

function argumentsOf(call: string): readonly Node[] {
  const [statement] = parsed(call).program.body;
  const expression = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
  return expression?.type === 'CallExpression' ? expression.arguments : [];
}
