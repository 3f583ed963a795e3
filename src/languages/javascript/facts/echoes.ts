import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { chain } from './patterns.ts';
import { startsFixed, tainted } from './requests.ts';
import { headerWrites, isResponse } from './responses.ts';
import type { Tell } from './sinks.ts';
import { brief, codeOf, type Say, type Source, text } from './source.ts';
import { functionsAround, isTested } from './tested.ts';
import { calleeText, settle } from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** Request data in what is answered: redirects, pages, views. */
export function answersOf(node: Call, method: string, source: Source, tell: Tell): void {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
  for (const { name, value } of headerWrites(node, source)) {
    if (name === 'Location' && value) redirect(value, source, tell);
  }
  if (!isResponse(node.callee.object, source)) return;
  const last = node.arguments.at(-1);
  const [first] = node.arguments;
  if (method === 'redirect' && last) redirect(last, source, tell);
  if (method === 'render' && first && tainted(first, source) && !isTested(first, source))
    tell('template', first, 'medium');
  if (/^(?:send|end|write)$/.test(method) && first) html(first, node, source, tell);
}

function redirect(target: Node, source: Source, tell: Tell): void {
  const found = tainted(target, source);
  if (!found || !/^(?:query|body|params|param|cookies|headers)$/.test(found.from)) return;
  const whole = text(target, source);
  // Back to where the visitor came from, or the same page over https: no choice of the sender's link.
  if (/referr?er|originalUrl|\breq(?:uest)?\.url\b|\bhost\b|hostname/i.test(whole)) return;
  const at = settle(target, source)?.node ?? target;
  if (startsFixed(target, source) || startsFixed(at, source) || isTested(target, source)) return;
  // Next to a fallback: `req.query.next || '/'`.
  // A body needs a form of this site, and a leading slash leaves the two-slash form alone.
  const behindSlash = /^['"`]\//.test(whole);
  const sure =
    found.from === 'params' || behindSlash
      ? 'low'
      : found.from === 'body' || found.checked
        ? 'medium'
        : 'high';
  tell('redirect', target, sure);
}

function html(first: Node, call: Node, source: Source, tell: Tell): void {
  const at = settle(first, source)?.node ?? first;
  const composed =
    at.type === 'TemplateLiteral' || (at.type === 'BinaryExpression' && at.operator === '+');
  const found = tainted(first, source);
  if (
    !found ||
    !/^(?:query|params|body|headers|cookies|url|originalUrl|path)$/.test(found.from) ||
    found.checked
  )
    return;
  const [fn] = functionsAround(call, source);
  const around = fn ? codeOf(fn, source) : '';
  if (/text\/plain|application\/json|text\/csv|\.type\(\s*['"](?:txt|text|json|csv)/i.test(around))
    return;
  if (isTested(first, source)) return;
  if (composed) tell('html', first, /</.test(text(at, source)) ? 'high' : 'medium');
  else if (isOneText(at, found.from, source)) tell('html', first, 'medium');
}

/** One member of the query or the path is a text, which Express answers as HTML. */
function isOneText(node: Node, from: string, source: Source): boolean {
  if (from !== 'query' && from !== 'params') return false;
  if (node.type === 'MemberExpression') return chain(node).path.length >= 2;
  if (node.type !== 'Identifier') return false;
  return (source.lookup(node.name, node)?.path.length ?? 0) > 0;
}

/** Nest: a handler with `@Redirect` that returns `{ url: input }`. */
export function nestRedirect(
  node: Extract<Node, { type: 'ReturnStatement' }>,
  source: Source,
  say: Say,
): void {
  if (node.argument?.type !== 'ObjectExpression') return;
  const url = optionsOf(node.argument, source).get('url');
  const [fn] = functionsAround(node, source);
  const owner = fn && source.parentOf(fn);
  if (!url || owner?.type !== 'MethodDefinition') return;
  const decorated = (owner.decorators ?? []).some(
    (one) => calleeText(one.expression) === 'Redirect',
  );
  if (
    !decorated ||
    !tainted(url.node, source) ||
    startsFixed(url.node, source) ||
    isTested(url.node, source)
  )
    return;
  say('sink', { what: 'redirect', source: brief(url.node, source) }, node);
}
