import type { FactDetails } from '../../../surface/facts.ts';
import type { Node } from '../parse.ts';
import { type Options, optionsOf } from './options.ts';
import { memberName } from './patterns.ts';
import { headerWrites, isResponse } from './responses.ts';
import { codeOf, isFrom, originOf, type Say, type Source, text } from './source.ts';
import { calleeText, flagValue, numberValue, settle, textValue } from './values.ts';

type Cookie = FactDetails['cookie'];
type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** Cookies that the application sets, and its session set-ups. */
export function cookieFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const origin = originOf(node.callee, source);
  if (isFrom(origin, /^(?:express-session|cookie-session|client-sessions|koa-session)$/, /^$/)) {
    session(node, origin!.package, source, say);
    return;
  }
  for (const { name, value, place } of headerWrites(node, source)) {
    if (name?.toLowerCase() === 'set-cookie' && value) fromHeader(value, place, source, say);
  }
  const method = memberName(node.callee);
  const sets =
    (method === 'cookie' &&
      node.callee.type === 'MemberExpression' &&
      isResponse(node.callee.object, source)) ||
    (method === 'setCookie' && node.arguments.length >= 2) ||
    (method === 'set' &&
      isFrom(origin, /^(?:js-cookie|cookies|universal-cookie|next\/headers)$/)) ||
    (method === 'serialize' && isFrom(origin, /^cookie$/));
  if (!sets || node.arguments.length < 2) return;
  const name = textValue(node.arguments[0], source)?.value;
  const options = optionsOf(node.arguments[2], source);
  if (node.arguments[2] !== undefined && options.open && options.names.length === 0) return;
  if (isRemoval(options, node, source)) return;
  const purpose = purposeOf(
    name ?? text(node.arguments[0], source),
    text(node.arguments[1], source),
  );
  say('cookie', { name, purpose, ...flags(options, source) }, node);
}

/** A cookie that is being removed carries nothing. */
function isRemoval(options: Options, node: Call, source: Source): boolean {
  if (textValue(node.arguments[1], source)?.value === '') return true;
  const age = options.get('maxAge');
  const expiry = options.get('expires');
  if (age && (numberValue(age.node, age.source) ?? 1) <= 0) return true;
  return expiry !== undefined && /^new Date\((?:0|1)\)$/.test(text(expiry.node, expiry.source));
}

function purposeOf(name: string, value: string): Cookie['purpose'] {
  if (/csrf|xsrf/i.test(name)) return 'csrf';
  if (/sess|^sid$|connect\.sid/i.test(name)) return 'session';
  if (/token|jwt|auth|refresh|access|remember|credential|api_?key/i.test(name)) return 'token';
  return /^(?:\w+\.)*(?:\w*token|jwt)$/i.test(value) ? 'token' : 'other';
}

/** The flags as the options state them; what cannot be read counts as set. */
function flags(options: Options, source: Source): Partial<Cookie> {
  const flag = (name: string): boolean | undefined => {
    const option = options.get(name);
    if (option === undefined) return options.open ? true : undefined;
    return flagValue(option.node, option.source) ?? true;
  };
  const secure = options.get('secure');
  const expiry = options.get('maxAge') ?? options.get('expires') ?? options.get('duration');
  return {
    httpOnly: flag('httpOnly') ?? flag('httponly'),
    secure: secure ? (flagValue(secure.node, secure.source) ?? 'auto') : flag('secure'),
    sameSite: sameSite(options, source),
    domain: textOf(options, 'domain'),
    path: textOf(options, 'path'),
    // Only in production is not in every environment, and a session without an end is one everywhere.
    expires: (expiry !== undefined && !expiry.conditional) || options.open,
  };
}

function textOf(options: Options, name: string): string | undefined {
  const option = options.get(name);
  return option && (textValue(option.node, option.source)?.value ?? `a configured ${name}`);
}

function sameSite(options: Options, source: Source): string | undefined {
  const option = options.get('sameSite') ?? options.get('samesite');
  if (option === undefined) return options.open ? 'unknown' : undefined;
  const at = settle(option.node, option.source);
  const end = at?.node;
  if (end?.type === 'ConditionalExpression') {
    const test = text(end.test, at!.source);
    const chosen = /prod/i.test(test) && !/!==?/.test(test) ? end.consequent : end.alternate;
    return textValue(chosen, source)?.value ?? 'unknown';
  }
  if (end?.type === 'Literal' && typeof end.value === 'boolean')
    return end.value ? 'strict' : 'false';
  return textValue(option.node, option.source)?.value ?? 'unknown';
}

/** `Set-Cookie` as text states every flag: what is not there is off. */
function fromHeader(value: Node, place: Node, source: Source, say: Say): void {
  const at = settle(value, source);
  const parts = at?.node.type === 'ArrayExpression' ? at.node.elements : [value];
  for (const part of parts) {
    if (
      !part ||
      (part.type !== 'Literal' &&
        part.type !== 'TemplateLiteral' &&
        part.type !== 'BinaryExpression')
    )
      continue;
    const whole = textValue(part, source)?.value ?? text(part, source).replace(/^[`'"]/, '');
    const name = /^([^=;\s$]+)=/.exec(whole)?.[1];
    // A cookie that is taken back carries nothing.
    if (name === undefined || /^[^=]*=\s*;|max-age=0\b|1970/i.test(whole)) continue;
    const has = (flag: string): boolean => new RegExp(`;\\s*${flag}\\b`, 'i').test(whole);
    const site = /;\s*samesite=(\w+)/i.exec(whole)?.[1];
    say(
      'cookie',
      {
        name,
        purpose: purposeOf(name, ''),
        httpOnly: has('httponly') || undefined,
        secure: has('secure'),
        sameSite: site,
      },
      place,
    );
  }
}

function session(node: Call, library: string, source: Source, say: Say): void {
  const options = optionsOf(node.arguments[0], source);
  const nested = options.get('cookie');
  const clientSide = library !== 'express-session';
  const outer = clientSide ? flags(options, source) : {};
  const inner = nested ? flags(optionsOf(nested.node, nested.source), source) : undefined;
  const merged = withMembers(node.arguments[0], inner, source);
  const written: Partial<Cookie> = { ...outer, ...defined(merged ?? {}) };
  const name = options.get('name') ?? options.get('cookieName') ?? options.get('key');
  if (options.open && options.names.length === 0) return;
  // cookie-session takes Secure from the connection when it is not written.
  if (clientSide && written.secure === undefined) written.secure = 'auto';
  if (nested?.conditional) written.expires = false;
  if (library === 'express-session' && merged === undefined) {
    Object.assign(
      written,
      options.open ? { secure: 'auto', sameSite: 'unknown', expires: true } : { expires: false },
    );
  }
  say(
    'cookie',
    {
      purpose: 'session',
      library,
      ...written,
      name: name && textValue(name.node, name.source)?.value,
    },
    node,
  );
  const store = options.get('store');
  const storeName = store ? calleeText(store.node).split('.').at(-1) : undefined;
  const saves = options.get('saveUninitialized');
  const detail: FactDetails['session'] = {
    library,
    clientSide,
    defaultName: name === undefined && !options.open && library !== 'client-sessions',
    saveUninitialized: saves && flagValue(saves.node, saves.source),
    regenerates: clientSide ? undefined : regenerates(source),
  };
  if (!clientSide && !options.open) {
    detail.store =
      store === undefined || /MemoryStore$/.test(storeName ?? '') ? 'memory' : storeName;
  }
  say('session', detail, node);
}

function defined(cookie: Partial<Cookie>): Partial<Cookie> {
  return Object.fromEntries(Object.entries(cookie).filter(([, value]) => value !== undefined));
}

/** `options.cookie.secure = true` after the object was made. */
function withMembers(
  given: Node | undefined,
  inner: Partial<Cookie> | undefined,
  source: Source,
): Partial<Cookie> | undefined {
  const binding = given?.type === 'Identifier' ? source.lookup(given.name, given) : undefined;
  const later = (binding?.members ?? []).filter(
    ({ path }) => path.length === 2 && path[0] === 'cookie',
  );
  if (later.length === 0) return inner;
  const found: Partial<Cookie> = { ...inner };
  for (const { path, value, conditional } of later) {
    if (path[1] === 'secure') found.secure = flagValue(value, source) ?? 'auto';
    if (path[1] === 'httpOnly') found.httpOnly = flagValue(value, source) ?? true;
    if (path[1] === 'sameSite') found.sameSite = textValue(value, source)?.value ?? 'unknown';
    if (path[1] === 'domain')
      found.domain = textValue(value, source)?.value ?? 'a configured domain';
    if (/^(?:maxAge|expires)$/.test(path[1] ?? '') && !conditional) found.expires = true;
  }
  return found;
}

/** Whether signing in changes the identifier; `undefined` where no sign-in writes into the session. */
function regenerates(source: Source): boolean | undefined {
  const texts = [...source.world.sources.values(), source].map((one) =>
    codeOf(one.parsed.program, one),
  );
  if (texts.some((one) => /\.regenerate\s*\(/.test(one))) return true;
  const signsIn =
    /\b(?:req|request)\.session\.(?:user\w*|account\w*|uid|isLoggedIn|loggedIn|isAuth\w*|authenticated|username)\s*=[^=]/;
  return texts.some((one) => signsIn.test(one)) ? false : undefined;
}
