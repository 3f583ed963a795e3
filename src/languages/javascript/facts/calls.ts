import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { memberName } from './patterns.ts';
import { isFrom, originOf, type Say, type Source, text } from './source.ts';
import { calleeText, textValue } from './values.ts';

const verbs = /^(?:get|post|put|patch|delete|del|head)$/;
const credential =
  /authorization|cookie|api-?key|\.auth\(|bearer|withCredentials|\btoken\b|access_token/i;
const clients =
  /^(?:request|supertest|agent|api|app|server|client|http|axios|chai|inject|\w*(?:Agent|Request|Client|Api))$/i;

/** Requests that the project's own tests make, with or without a credential. */
export function testCallFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression') return;
  const fetched = calleeText(node.callee) === 'fetch' ? fetchCall(node, source) : undefined;
  const found = fetched ?? chained(node, source);
  if (found === undefined) return;
  const whole = outermost(node, source);
  const said = text(whole, source);
  const expects = /\.expect\(\s*(\d{3})\b/.exec(said)?.[1];
  say(
    'test-call',
    {
      method: found.method,
      path: found.path,
      credentials: credential.test(said),
      ...(expects === undefined ? {} : { expects: Number(expects) }),
    },
    node,
    'medium',
  );
}

type Call = Extract<Node, { type: 'CallExpression' }>;

function chained(node: Call, source: Source): { method: string; path: string } | undefined {
  const method = memberName(node.callee) ?? '';
  if (!verbs.test(method) || node.callee.type !== 'MemberExpression') return undefined;
  const { object } = node.callee;
  const name = object.type === 'CallExpression' ? calleeText(object.callee) : calleeText(object);
  const known =
    clients.test(name.split('.').at(-1) ?? '') ||
    isFrom(
      originOf(object, source),
      /^(?:supertest|supertest-session|axios|chai-http|superagent|got)$/,
    );
  const path = pathOf(node.arguments[0], source);
  // `app.get('/x', handler)` registers a route.
  const registers = node.arguments
    .slice(1)
    .some((one) => one.type === 'ArrowFunctionExpression' || one.type === 'FunctionExpression');
  if (!known || path === undefined || registers) return undefined;
  if (object.type === 'Identifier' && /^(?:app|server)$/.test(object.name)) return undefined;
  return { method: method === 'del' ? 'DELETE' : method.toUpperCase(), path };
}

function fetchCall(node: Call, source: Source): { method: string; path: string } | undefined {
  const path = pathOf(node.arguments[0], source);
  if (path === undefined) return undefined;
  const method = optionsOf(node.arguments[1], source).get('method');
  return {
    method: (method && textValue(method.node, method.source)?.value.toUpperCase()) ?? 'GET',
    path,
  };
}

/** The path of a URL; holes of a template become `{}` segments, a leading base is left out. */
function pathOf(node: Node | undefined, source: Source): string | undefined {
  let value = textValue(node, source)?.value;
  if (value === undefined && node?.type === 'TemplateLiteral') {
    value = node.quasis
      .map((one, at) => (one.value.cooked ?? '') + (at < node.expressions.length ? '{}' : ''))
      .join('');
    if (value.startsWith('{}/')) value = value.slice(2);
  }
  if (value === undefined && node?.type === 'BinaryExpression') {
    const right = textValue(node.right, source)?.value;
    if (right?.startsWith('/')) value = right;
  }
  const path = value?.replace(/^https?:\/\/[^/]+/, '').replace(/[?#].*$/s, '');
  return path?.startsWith('/') ? path : undefined;
}

/** The whole chain: `request(app).get('/x').set(…).expect(200)`. */
function outermost(node: Node, source: Source): Node {
  let at = node;
  for (;;) {
    const parent = source.parentOf(at);
    if (parent?.type !== 'MemberExpression' && parent?.type !== 'CallExpression') return at;
    if (parent.type === 'CallExpression' && parent.callee !== at) return at;
    at = parent;
  }
}
