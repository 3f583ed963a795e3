import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { isFunction, memberName } from './patterns.ts';
import { brief, codeOf, isFrom, originOf, type Say, type Source } from './source.ts';
import { settle, textValue } from './values.ts';

/** Packages whose export makes a guard: passed without being called, it guards nothing. */
const makers =
  /^(?:helmet|cors|express-rate-limit|csurf|compression|morgan|cookie-parser|express-session|cookie-session|hpp|express-mongo-sanitize|express-slow-down)$/;

/** Guards that are weak, switched off, or stand where they never run. */
export function guardingFacts(node: Node, source: Source, say: Say): void {
  if (node.type === 'NewExpression') withoutState(node, source, say);
  if (node.type === 'ExpressionStatement') unused(node.expression, source, say);
  if (node.type !== 'CallExpression') return;
  const origin = originOf(node.callee, source);
  if (isFrom(origin, /^(?:express-rate-limit|express-slow-down)$/, /^(?:rateLimit|slowDown)?$/)) {
    const key = optionsOf(node.arguments[0], source).get('keyGenerator');
    const fn = key && settle(key.node, key.source);
    if (key && fn) limitKey(origin!.package, fn.node, key.key, fn.source, say);
  }
  if (isFrom(origin, /^(?:csurf|@dr\.pogodin\/csurf|tiny-csrf)$/, /^$/))
    weakCsrf(node, source, say);
  if (memberName(node.callee) === 'use') {
    for (const argument of node.arguments) uncalled(argument, source, say);
  }
}

function limitKey(library: string, fn: Node, place: Node, source: Source, say: Say): void {
  const inside = codeOf(fn, source);
  if (/ipKeyGenerator/.test(inside)) return;
  const header = /(?:headers?\s*(?:\(|\[|\.)|\.get\()\s*['"`]?([\w-]+)/i.exec(inside)?.[1];
  if (header !== undefined && !/^(?:authorization|cookie)$/i.test(header)) {
    say('limit-key', { library, key: `the header ${header}` }, place);
  } else if (/\.ip\b|remoteAddress/.test(inside)) {
    const key = /[\w.?]*(?:\.ip\b|remoteAddress)/.exec(inside)?.[0] ?? 'req.ip';
    say('limit-key', { library, key }, place);
  }
}

function weakCsrf(node: Extract<Node, { type: 'CallExpression' }>, source: Source, say: Say): void {
  const ignored = optionsOf(node.arguments[0], source).get('ignoreMethods');
  const list = ignored && settle(ignored.node, ignored.source);
  if (!ignored || list?.node.type !== 'ArrayExpression') return;
  const methods = list.node.elements.flatMap(
    (one) => (one && textValue(one, list.source)?.value) ?? [],
  );
  const writing = methods.filter((method) => /^(?:POST|PUT|PATCH|DELETE)$/i.test(method));
  if (writing.length > 0)
    say('csrf-off', { what: `csurf ignores ${writing.join(', ')}`, library: 'csurf' }, ignored.key);
}

/** Strategies of passport-oauth2: without `state` or PKCE, a foreign page signs its visitor in as somebody else. */
const oauthStrategies =
  /^passport-(?:oauth2|google-oauth20|google-oauth2|github2?|gitlab2|facebook|discord|linkedin-oauth2|spotify|slack-oauth2|twitch-new|microsoft|auth0|strava|dropbox-oauth2|amazon|instagram)$/;

function withoutState(
  node: Extract<Node, { type: 'NewExpression' }>,
  source: Source,
  say: Say,
): void {
  const origin = originOf(node.callee, source);
  if (!isFrom(origin, oauthStrategies)) return;
  const options = optionsOf(node.arguments[0], source);
  const guarded = ['state', 'pkce', 'store'].some((name) => options.get(name) !== undefined);
  if (guarded || options.open || options.get('clientID') === undefined) return;
  const stated = [...source.world.sources.values()].some((one) =>
    /authenticate\([^)]*\bstate\b/.test(one.parsed.text),
  );
  if (stated) return;
  const what = `${origin!.package} signs in without state or PKCE`;
  say('csrf-off', { what, library: origin!.package }, node, 'medium');
}

/** `app.use(helmet)`: the maker is called with the request, and answers with a function that nobody calls. */
function uncalled(argument: Node, source: Source, say: Say): void {
  if (argument.type !== 'Identifier') return;
  const binding = source.lookup(argument.name, argument);
  if (binding === undefined) return;
  const origin = originOf(argument, source);
  if (!isFrom(origin, makers, /^$/)) return;
  say(
    'dead-guard',
    { name: argument.name, why: `${argument.name} is given to use() without being called` },
    argument,
  );
}

/** `passport.authenticate('jwt');` as a statement of a handler makes a guard and throws it away. */
function unused(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' || memberName(node.callee) !== 'authenticate') return;
  if (!isFrom(originOf(node.callee, source), /^passport$/, /^authenticate$/)) return;
  const inside = enclosing(node, source);
  if (inside && isFunction(inside)) {
    say(
      'dead-guard',
      { name: brief(node, source), why: 'it is made and never called with the request' },
      node,
    );
  }
}

function enclosing(node: Node, source: Source): Node | undefined {
  let at = source.parentOf(node);
  while (at && !isFunction(at)) at = source.parentOf(at);
  return at;
}
