import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { memberName } from './patterns.ts';
import { decoratorOf, startsFixed, tainted } from './requests.ts';
import { headerWrites, isResponse } from './responses.ts';
import {
  brief,
  codeOf,
  isFrom,
  type Origin,
  originOf,
  type Say,
  type Source,
  text,
} from './source.ts';
import { functionsAround, isTested } from './tested.ts';
import { calleeText, flagValue, settle } from './values.ts';

type Sink = FactDetails['sink']['what'];
type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** Dangerous uses of request data. */
export function sinkFacts(node: Node, source: Source, say: Say): void {
  if (node.type === 'ReturnStatement') nestRedirect(node, source, say);
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const tell = (what: Sink, of: Node, confidence: Confidence = 'high'): void =>
    say('sink', { what, source: brief(of, source) }, node, confidence);
  const origin = originOf(node.callee, source);
  const name = calleeText(node.callee);
  const method = name.split('.').at(-1) ?? '';
  const [first] = node.arguments;
  code(node, origin, name, source, tell);
  answersOf(node, method, source, tell);
  if (first === undefined) return;
  files(node, origin, method, source, tell);
  outbound(node, origin, name, source, tell);
  if (
    isFrom(
      origin,
      /^(?:ejs|pug|jade|handlebars|nunjucks|mustache|lodash|dot|eta|hbs)$/,
      /^(?:render|compile|renderString|template|renderStringAsync)$/,
    )
  ) {
    if (tainted(first, source)) tell('template', first);
  }
  if (
    isFrom(
      origin,
      /^(?:node-serialize|serialize-to-js|funcster)$/,
      /^(?:unserialize|deserialize|deepDeserialize)$/,
    ) ||
    isFrom(origin, /^v8$/, /^deserialize$/)
  ) {
    if (tainted(first, source)) tell('deserialise', first);
  }
  if (name === 'RegExp' && tainted(first, source) && !isTested(first, source))
    tell('regex', first, 'medium');
}

function code(
  node: Call,
  origin: Origin | undefined,
  name: string,
  source: Source,
  tell: Tell,
): void {
  const [first] = node.arguments;
  const hit = node.arguments.find((one) => tainted(one, source));
  if (
    hit &&
    (/^(?:eval|Function)$/.test(name) || isFrom(origin, /^(?:vm|vm2)$/, /run|compile|Script/))
  )
    tell('eval', hit);
  if (
    /^set(?:Timeout|Interval)$/.test(name) &&
    first &&
    (first.type === 'MemberExpression' || first.type === 'TemplateLiteral') &&
    tainted(first, source)
  ) {
    tell('eval', first);
  }
  const shell =
    isFrom(origin, /^child_process$/, /^exec(?:Sync)?$/) || isFrom(origin, /^shelljs$/, /^exec$/);
  if (shell && first && tainted(first, source)) tell('command', first);
  if (isFrom(origin, /^child_process$/, /^(?:spawn|execFile)(?:Sync)?$/)) {
    const shelled = optionsOf(node.arguments[2] ?? node.arguments[1], source).get('shell');
    const program = first && tainted(first, source) && !isTested(first, source);
    if (program || (shelled && flagValue(shelled.node, shelled.source) !== false && hit))
      tell('command', hit ?? first!);
  }
}

type Tell = (what: Sink, of: Node, confidence?: Confidence) => void;

function answersOf(node: Call, method: string, source: Source, tell: Tell): void {
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
  tell('redirect', target, found.from === 'params' ? 'low' : found.checked ? 'medium' : 'high');
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
  else if (
    at.type === 'MemberExpression' &&
    found.from === 'query' &&
    /^(?:\w+\.)query\.\w+$/.test(text(at, source))
  )
    tell('html', first, 'medium');
}

const readers =
  /^(?:readFile|readFileSync|createReadStream|createWriteStream|writeFile|writeFileSync|appendFile|appendFileSync|unlink|unlinkSync|rm|rmSync|readdir|readdirSync|open|openSync|stat|statSync|rename|copyFile)$/;

function files(
  node: Call,
  origin: Origin | undefined,
  method: string,
  source: Source,
  tell: Tell,
): void {
  const [first] = node.arguments;
  const onDisk =
    isFrom(origin, /^(?:fs|fs\/promises|fs-extra|graceful-fs)$/) && readers.test(method);
  const sends =
    node.callee.type === 'MemberExpression' &&
    /^(?:sendFile|download|sendfile)$/.test(method) &&
    isResponse(node.callee.object, source);
  if (!first || (!onDisk && !sends)) return;
  const found = tainted(first, source);
  if (!found || isTested(first, source)) return;
  // With a root, the framework refuses what leaves it.
  if (sends && optionsOf(node.arguments[1], source).get('root')) return;
  tell('path', first, found.checked ? 'low' : 'high');
}

function outbound(
  node: Call,
  origin: Origin | undefined,
  name: string,
  source: Source,
  tell: Tell,
): void {
  const [first] = node.arguments;
  const client =
    (name === 'fetch' && source.lookup('fetch', node) === undefined) ||
    isFrom(
      origin,
      /^(?:axios|got|node-fetch|undici|request|request-promise|superagent|needle|ky|cross-fetch|isomorphic-fetch)$/,
      /^(?:get|post|put|patch|delete|head|request|fetch|stream)?$/,
    ) ||
    isFrom(origin, /^https?$/, /^(?:get|request)$/) ||
    (/(?:^|\.)(?:http|httpService|axios)(?:Service|Client)?\.(?:get|post|put|patch|delete|request|head)$/i.test(
      name,
    ) &&
      /@nestjs\/axios/.test(source.parsed.text));
  if (!client || !first) return;
  const options = first.type === 'ObjectExpression' ? optionsOf(first, source) : undefined;
  const target = options
    ? (
        options.get('url') ??
        options.get('uri') ??
        options.get('baseURL') ??
        options.get('hostname') ??
        options.get('host')
      )?.node
    : first;
  if (!target) return;
  const found = tainted(target, source);
  const at = settle(target, source)?.node ?? target;
  if (!found || startsFixed(target, source) || startsFixed(at, source) || isTested(target, source))
    return;
  tell('outbound', target, found.checked ? 'medium' : 'high');
}

/** Nest: a handler with `@Redirect` that returns `{ url: input }`. */
function nestRedirect(
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
    isTestedByShape(url.node, source)
  )
    return;
  say('sink', { what: 'redirect', source: brief(url.node, source) }, node);
}

/** `if (input)` alone is no test; a list or a prefix is. */
function isTestedByShape(node: Node, source: Source): boolean {
  const binding = node.type === 'Identifier' ? source.lookup(node.name, node) : undefined;
  if (binding && decoratorOf(binding.node) === undefined) return isTested(node, source);
  return isTested(node, source);
}

/** The name of the method that a call asks for. */
export function methodOf(node: Call): string {
  return memberName(node.callee) ?? calleeText(node.callee);
}
