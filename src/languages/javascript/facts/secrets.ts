import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { isFunction, memberName } from './patterns.ts';
import { isFrom, originOf, type Say, type Source, text } from './source.ts';
import { environmentName, literalSecret } from './stated.ts';
import { calleeText, settle, textValue } from './values.ts';

type Use = FactDetails['secret']['use'];

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** Where a key goes: package, called name, and the arguments or options that hold it. */
interface Place {
  packages: RegExp;
  path: RegExp;
  use: Use;
  argument?: number;
  options?: readonly string[];
  /** Which argument holds the options; the first that is an object when absent. */
  at?: number;
}

const places: readonly Place[] = [
  { packages: /^jsonwebtoken$/, path: /^(?:sign|verify)$/, use: 'jwt', argument: 1 },
  { packages: /^jwt-simple$/, path: /^(?:encode|decode)$/, use: 'jwt', argument: 1 },
  {
    packages: /^jose$/,
    path: /(?:^|\.)(?:jwtVerify|sign|verify|jwtDecrypt|encrypt)$/,
    use: 'jwt',
    argument: 1,
  },
  { packages: /^jose$/, path: /^SignJWT\.new\..*sign$/, use: 'jwt', argument: 0 },
  {
    packages: /^(?:express-jwt|koa-jwt)$/,
    path: /^(?:expressjwt|jwt)?$/,
    use: 'jwt',
    options: ['secret'],
  },
  {
    packages: /^passport-/,
    path: /new$/,
    use: 'key',
    options: ['secretOrKey', 'clientSecret', 'consumerSecret', 'secret'],
  },
  {
    packages: /^@nestjs\/jwt$/,
    path: /^JwtModule\.register$/,
    use: 'jwt',
    options: ['secret', 'privateKey', 'secretOrPrivateKey'],
  },
  {
    packages: /^(?:express-session|cookie-session|client-sessions|koa-session)$/,
    path: /^$/,
    use: 'session',
    options: ['secret'],
  },
  { packages: /^cookie-session$/, path: /^$/, use: 'session', options: ['keys'] },
  { packages: /^cookie-parser$/, path: /^$/, use: 'session', argument: 0 },
  { packages: /^iron-session$/, path: /./, use: 'session', options: ['password'] },
  { packages: /^csrf-csrf$/, path: /./, use: 'csrf', options: ['getSecret'] },
  { packages: /^crypto$/, path: /^createHmac$/, use: 'key', argument: 1 },
  { packages: /^crypto$/, path: /^create(?:Cipher|Decipher)(?:iv)?$/, use: 'key', argument: 1 },
  { packages: /^crypto-js/, path: /(?:^|\.)(?:encrypt|decrypt)$|^Hmac/, use: 'key', argument: 1 },
  { packages: /^basic-auth-connect$/, path: /^$/, use: 'password', argument: 1 },
  { packages: /^express-basic-auth$/, path: /^$/, use: 'password', options: ['users'] },
  { packages: /^ms-rest-azure$/, path: /^loginWith/, use: 'password', argument: 1 },
  { packages: /^digitalocean$/, path: /^client$/, use: 'apikey', argument: 0 },
  {
    packages: /^(?:stripe|twilio|resend|openai|@sendgrid\/mail)$/,
    path: /^(?:new|setApiKey|\w+\.new)?$/,
    use: 'apikey',
    argument: 0,
  },
];

/** Keys that the call itself takes. */
export function secretFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const base = originOf(node.callee, source);
  const origin =
    base && node.type === 'NewExpression' ? { ...base, path: [...base.path, 'new'] } : base;
  for (const place of places) {
    if (!isFrom(origin, place.packages, place.path)) continue;
    if (place.argument !== undefined)
      stated(node.arguments[place.argument], place.use, node, source, say);
    for (const name of place.options ?? []) inOptions(node, name, place.use, source, say);
  }
  if (node.callee.type === 'Super') {
    for (const name of ['secretOrKey', 'clientSecret']) inOptions(node, name, 'key', source, say);
  }
  signIns(node, origin?.package ?? '', source, say);
  const method = memberName(node.callee);
  if (method === 'auth' && isFrom(origin, /^(?:request|superagent|supertest|needle)$/)) {
    stated(node.arguments[1] ?? undefined, 'password', node, source, say);
    stated(node.arguments[3] ?? undefined, 'apikey', node, source, say);
  }
  if (
    /^(?:sign|signAsync|verify|verifyAsync)$/.test(method ?? '') &&
    /jwt\w*$/i.test(calleeText(node.callee).replace(/\.\w+$/, '')) &&
    base === undefined
  ) {
    inOptions(node, 'secret', 'jwt', source, say, 1);
  }
}

/** `auth: 'user:password'` and `auth: { user, pass }` of a client, and an Authorization header that is stated. */
function signIns(node: Call, library: string, source: Source, say: Say): void {
  const name = calleeText(node.callee);
  if (
    /^(?:https?|request|axios|got|needle|superagent|node-fetch|undici|ky)$/.test(library) ||
    /^fetch$|Headers$/.test(name)
  ) {
    for (const argument of node.arguments) {
      if (argument.type !== 'ObjectExpression') continue;
      const options = optionsOf(argument, source);
      const auth = options.get('auth');
      const whole = auth && literalSecret(auth.node, auth.source);
      if (auth && whole && /^[^:\s]+:\S+$/.test(whole.value))
        stated(auth.node, 'password', auth.key, auth.source, say, 'auth');
      const parts = auth && optionsOf(auth.node, auth.source);
      for (const part of ['pass', 'password', 'bearer']) {
        const option = parts?.get(part);
        if (option)
          stated(
            option.node,
            part === 'bearer' ? 'apikey' : 'password',
            option.key,
            option.source,
            say,
            part,
          );
      }
      const headers = options.get('headers');
      const own = headers ? optionsOf(headers.node, headers.source) : options;
      const header = own.get('Authorization') ?? own.get('authorization');
      if (header) authorization(header.node, header.source, say);
    }
  }
  const [first, second] = node.arguments;
  if (
    /\.(?:set|append)$/.test(name) &&
    second &&
    /^authorization$/i.test(textValue(first, source)?.value ?? '')
  )
    authorization(second, source, say);
}

/** `Basic ${encode(`${user}:${password}`)}` with both stated: the password is in the source. */
function authorization(node: Node, source: Source, say: Say): void {
  const hole =
    node.type === 'TemplateLiteral'
      ? node.expressions.at(-1)
      : node.type === 'BinaryExpression'
        ? node.right
        : node;
  const found = literalSecret(hole, source);
  if (
    found === undefined ||
    found.fallback ||
    found.value.length < 6 ||
    /^(?:Bearer|Basic|Token)\s*$/i.test(found.value)
  )
    return;
  const inner = found.at.node;
  const last =
    inner.type === 'TemplateLiteral'
      ? inner.expressions.at(-1)
      : inner.type === 'BinaryExpression'
        ? inner.right
        : undefined;
  const place = textValue(last, found.at.source)?.at ?? found.at;
  if (place.source === source)
    say('secret', { use: 'password', name: 'Authorization', fallback: false }, place.node);
}

function inOptions(node: Call, name: string, use: Use, source: Source, say: Say, from = 0): void {
  for (const argument of node.arguments.slice(from)) {
    if (isFunction(argument)) continue;
    const option = optionsOf(argument, source).get(name);
    if (option === undefined) continue;
    const target = settle(option.node, option.source);
    // Whole lists and tables of keys: cookie-session's keys, the users of basic authentication.
    if (target?.node.type === 'ArrayExpression') {
      stated(target.node.elements[0] ?? undefined, use, node, target.source, say, name);
    } else if (name === 'users' && target) {
      const users = optionsOf(option.node, option.source);
      for (const user of users.names) stated(users.get(user)?.node, use, node, source, say, name);
    } else if (target && isFunction(target.node)) {
      stated(returnedText(target.node), use, node, target.source, say, name);
    } else stated(option.node, use, node, option.source, say, name);
    return;
  }
}

function returnedText(fn: Node): Node | undefined {
  if (!isFunction(fn) || !fn.body) return undefined;
  return fn.body.type === 'BlockStatement' ? undefined : fn.body;
}

const used = new WeakSet<Node>();

/** States a key that the source holds: where it is used, and where it stands when that is elsewhere. */
function stated(
  node: Node | null | undefined,
  use: Use,
  call: Node,
  source: Source,
  say: Say,
  option?: string,
): void {
  if (!node) return;
  const found = literalSecret(node, source);
  if (found === undefined || found.value === '' || /public/i.test(text(node, source))) return;
  const name = nameOf(node, source) ?? option ?? (use === 'jwt' ? 'the token key' : `the ${use}`);
  const at = option && source.parentOf(node)?.type === 'Property' ? node : call;
  const near =
    source.parsed === found.at.source.parsed &&
    Math.abs(lineDistance(at, found.at.node, source)) <= 2;
  // Once where it stands and once where it serves: more would say the same again.
  if (!near && used.has(found.at.node)) return;
  used.add(found.at.node);
  const here = !near && found.at.source === source;
  const statedAt = here ? lineOf(found.at.node, source) : undefined;
  const detail = { use, name, fallback: found.fallback };
  say('secret', { ...detail, statedAt }, near ? found.at.node : call);
  if (here) say('secret', detail, found.at.node);
}

function lineOf(node: Node, source: Source): number {
  return source.parsed.text.slice(0, node.start).split('\n').length;
}

function lineDistance(a: Node, b: Node, source: Source): number {
  const [from, to] = a.start < b.start ? [a.start, b.start] : [b.start, a.start];
  return source.parsed.text.slice(from, to).split('\n').length - 1;
}

function nameOf(node: Node, source: Source): string | undefined {
  if (node.type === 'Identifier') return node.name;
  const last = memberName(node);
  if (last !== undefined) return last;
  const variable = environmentName(node, source);
  return variable;
}

/** How sure a finding is that rests on a name alone. */
export const byName: Confidence = 'medium';
