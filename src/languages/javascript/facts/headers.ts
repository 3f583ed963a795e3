import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { chain, memberName } from './patterns.ts';
import { isRequest, tainted } from './requests.ts';
import { headerWrites, isResponse, runsEverywhere } from './responses.ts';
import { brief, isFrom, originOf, type Say, type Source } from './source.ts';
import { isTested } from './tested.ts';
import { flagValue, settle, textValue } from './values.ts';

/** helmet's option to the header that it switches. */
const helmetHeaders: Readonly<Record<string, string>> = {
  contentSecurityPolicy: 'Content-Security-Policy',
  crossOriginEmbedderPolicy: 'Cross-Origin-Embedder-Policy',
  crossOriginOpenerPolicy: 'Cross-Origin-Opener-Policy',
  crossOriginResourcePolicy: 'Cross-Origin-Resource-Policy',
  dnsPrefetchControl: 'X-DNS-Prefetch-Control',
  xDnsPrefetchControl: 'X-DNS-Prefetch-Control',
  expectCt: 'Expect-CT',
  frameguard: 'X-Frame-Options',
  xFrameOptions: 'X-Frame-Options',
  hidePoweredBy: 'hide X-Powered-By',
  xPoweredBy: 'hide X-Powered-By',
  hsts: 'Strict-Transport-Security',
  strictTransportSecurity: 'Strict-Transport-Security',
  ieNoOpen: 'X-Download-Options',
  xDownloadOptions: 'X-Download-Options',
  noSniff: 'X-Content-Type-Options',
  xContentTypeOptions: 'X-Content-Type-Options',
  originAgentCluster: 'Origin-Agent-Cluster',
  permittedCrossDomainPolicies: 'X-Permitted-Cross-Domain-Policies',
  xPermittedCrossDomainPolicies: 'X-Permitted-Cross-Domain-Policies',
  referrerPolicy: 'Referrer-Policy',
  xssFilter: 'X-XSS-Protection',
  xXssProtection: 'X-XSS-Protection',
};

/** Response headers, and those that a library is told to leave out. */
export function headerFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression') return;
  const origin = originOf(node.callee, source);
  if (isFrom(origin, /^helmet$/, /^$/)) helmet(node, source, say);
  else if (isFrom(origin, /^helmet$/, /^contentSecurityPolicy$/))
    policy(node.arguments[0], node, source, say);
  else if (isFrom(origin, /^lusca$/, /^$/)) lusca(node, source, say);
  const method = memberName(node.callee);
  const [first, second] = node.arguments;
  const named = textValue(first, source)?.value?.toLowerCase();
  if (named === 'x-powered-by') {
    const off =
      method === 'disable' ||
      method === 'removeHeader' ||
      (method === 'set' && flagValue(second, source) === false);
    if (off) say('header-off', { name: 'X-Powered-By', library: 'express' }, node);
  }
  for (const write of headerWrites(node, source)) {
    const { name, value, place } = write;
    if (name !== undefined) {
      const stated = textValue(value, source)?.value;
      say('header', { name, value: stated, everywhere: runsEverywhere(node, source) }, place);
    }
    fromRequest(write, node, source, say);
  }
}

function helmet(node: Extract<Node, { type: 'CallExpression' }>, source: Source, say: Say): void {
  const options = optionsOf(node.arguments[0], source);
  for (const name of options.names) {
    const header = Object.hasOwn(helmetHeaders, name) ? helmetHeaders[name] : undefined;
    const option = options.get(name)!;
    if (header === undefined) continue;
    if (flagValue(option.node, option.source) === false) {
      // To switch the hiding off sends the header.
      const off = header.replace('hide ', '');
      say(
        'header-off',
        { name: off, library: 'helmet' },
        option.source === source ? option.key : node,
      );
    } else if (name === 'contentSecurityPolicy')
      policy(option.node, option.key, option.source, say);
  }
}

/** The directives as one header text, as far as they are stated. */
function policy(given: Node | undefined, place: Node, source: Source, say: Say): void {
  const option = optionsOf(given, source).get('directives');
  if (option === undefined) return;
  const directives = optionsOf(option.node, option.source);
  const parts = directives.names.flatMap((name) => {
    const one = directives.get(name)!;
    const list = settle(one.node, one.source);
    const values = list?.node.type === 'ArrayExpression' ? list.node.elements : [one.node];
    const texts = values.flatMap(
      (value) => (value && textValue(value, list?.source ?? one.source)?.value) ?? [],
    );
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return [`${dashed} ${texts.join(' ')}`.trim()];
  });
  // helmet adds its defaults for what is not named: script-src 'self'.
  if (!parts.some((part) => part.startsWith('script-src '))) parts.push("script-src 'self'");
  say(
    'header',
    { name: 'Content-Security-Policy', value: parts.join('; '), everywhere: true },
    place,
  );
}

function lusca(node: Extract<Node, { type: 'CallExpression' }>, source: Source, say: Say): void {
  const options = optionsOf(node.arguments[0], source);
  const option = options.get('csrf');
  if (option && flagValue(option.node, option.source) === false) {
    say('csrf-off', { what: 'lusca with csrf: false', library: 'lusca' }, option.key);
  }
}

/** Headers that the sender of the request may choose: an own id that comes back, a negotiated value. */
const echoed =
  /request-?id|correlation|trace|^access-control-|^vary$|^etag$|^location$|^set-cookie$|^content-length$|^allow$/i;
const ownMembers =
  /^(?:id|user|session|log|logger|ip|ips|protocol|secure|method|app|res|next|route|socket|connection|locale|language|i18n|csrfToken|rateLimit|auth|account|tenant|file|files|hostname|xhr|fresh|stale|accepts\w*|is|range|httpVersion|complete|aborted|signal|startTime|\w*[iI]d|\w*Time|\w*At|\w*[nN]once)$/;

function fromRequest(
  { name, nameNode, value, place }: ReturnType<typeof headerWrites>[number],
  call: Node,
  source: Source,
  say: Say,
): void {
  if (
    nameNode &&
    name === undefined &&
    (tainted(nameNode, source) || unknownMember(nameNode, source))
  ) {
    say('sink', { what: 'header', source: brief(nameNode, source) }, place);
    return;
  }
  if (
    value === undefined ||
    (name !== undefined && echoed.test(name) && !/^content-length$/i.test(name))
  )
    return;
  // A name from elsewhere may still say what it is: REQUEST_ID_HEADER.
  if (
    nameNode &&
    name === undefined &&
    /request_?id|correlation|trace/i.test(brief(nameNode, source))
  )
    return;
  const found = tainted(value, source);
  if (found && !isTested(value, source)) {
    say(
      'sink',
      { what: 'header', source: brief(value, source) },
      place,
      found.checked ? 'low' : 'medium',
    );
  } else if (
    !found &&
    unknownMember(value, source) &&
    call.type === 'CallExpression' &&
    isResponse(call.callee, source)
  ) {
    say('sink', { what: 'header', source: brief(value, source) }, place, 'low');
  }
}

/** A member of the request that neither Node, Express nor this project sets: where it comes from is not known. */
function unknownMember(node: Node, source: Source): boolean {
  if (node.type === 'BinaryExpression')
    return unknownMember(node.left, source) || unknownMember(node.right, source);
  if (node.type === 'TemplateLiteral')
    return node.expressions.some((one) => unknownMember(one, source));
  if (node.type === 'CallExpression') {
    const { root, path } = chain(node.callee);
    return path.length === 1 && isRequest(root, source) && isForeign(path[0]!, source);
  }
  if (node.type !== 'MemberExpression') return false;
  const { root, path } = chain(node);
  return path.length === 1 && isRequest(root, source) && isForeign(path[0]!, source);
}

function isForeign(member: string, source: Source): boolean {
  if (ownMembers.test(member) || /^(?:get|header|param|accepts|is)$/.test(member)) return false;
  const sets = new RegExp(
    `\\b(?:req|request)(?:\\s+as\\s+\\w+\\))?\\.${member}\\s*=[^=]|declare[\\s\\S]*\\b${member}\\??:`,
  );
  return ![...source.world.sources.values(), source].some((one) => sets.test(one.parsed.text));
}
