import type { Node } from '../parse.ts';
import { type Options, optionsOf } from './options.ts';
import { isFunction, memberName } from './patterns.ts';
import { isRecord } from './records.ts';
import { codeOf, isFrom, type Origin, originOf, type Say, type Source, text } from './source.ts';
import { functionsAround } from './tested.ts';
import { calleeText, flagValue, settle, textValue } from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** How tokens are signed, verified and read. RFC 8725. */
export function tokenFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const origin = originOf(node.callee, source);
  if (origin?.package === 'jsonwebtoken') jsonwebtoken(node, origin, source, say);
  else if (origin?.package === 'jose') jose(node, origin, source, say);
  else if (origin?.package === 'jwt-simple') simple(node, origin, source, say);
  else if (isFrom(origin, /^(?:express-jwt|koa-jwt)$/, /^(?:expressjwt|jwt)?$/))
    middleware(node, origin!, source, say);
  else if (isFrom(origin, /^passport-jwt$/) && node.type === 'NewExpression')
    strategy(node, 'passport-jwt', source, say);
  else if (
    node.callee.type === 'Super' &&
    optionsOf(node.arguments[0], source).get('jwtFromRequest')
  ) {
    strategy(node, 'passport-jwt', source, say);
  } else if (
    isFrom(origin, /^jwt-decode$/) &&
    /\breq(?:uest)?\.(?:headers|cookies|get|header)\b|@nestjs/.test(source.parsed.text)
  )
    say('jwt-decode', { library: 'jwt-decode' }, node);
  else nest(node, source, say);
}

function algorithmsOf(options: Options): readonly string[] | undefined {
  const option = options.get('algorithms');
  if (option === undefined) return options.open ? [] : undefined;
  const list = settle(option.node, option.source);
  if (list?.node.type !== 'ArrayExpression') return [];
  return list.node.elements.flatMap((one) => (one && textValue(one, list.source)?.value) ?? []);
}

function jsonwebtoken(node: Call, origin: Origin, source: Source, say: Say): void {
  const library = 'jsonwebtoken';
  const [what] = origin.path;
  const [first, key, third] = node.arguments;
  if (what === 'decode') {
    // The key id in the header has to be read before the key is known.
    const [fn] = functionsAround(node, source);
    const complete =
      isOn(optionsOf(key, source), 'complete') && /\bheader\b/.test(codeOf(fn, source));
    if (!complete) say('jwt-decode', { library }, node);
  } else if (what === 'verify') {
    const options = optionsOf(
      third && isFunction(settle(third, source)?.node) ? undefined : third,
      source,
    );
    const empty = key?.type === 'Literal' && (key.value === null || key.value === '');
    say(
      'jwt-verify',
      {
        library,
        verified: !empty,
        algorithms: algorithmsOf(options),
        ignoresExpiration: isOn(options, 'ignoreExpiration'),
      },
      node,
    );
  } else if (what === 'sign') {
    const options = optionsOf(third, source);
    const algorithm = options.get('algorithm');
    const record = isRecord(first, source);
    const stated = options.get('expiresIn') !== undefined || (third !== undefined && options.open);
    const payload = optionsOf(first, source);
    const known = !payload.open;
    say(
      'jwt-sign',
      {
        library,
        algorithm: algorithm && textValue(algorithm.node, algorithm.source)?.value,
        expires: stated || payload.get('exp') !== undefined,
        record: record || undefined,
      },
      node,
      known || stated ? 'high' : 'low',
    );
  }
}

function isOn(options: Options, name: string): boolean {
  const option = options.get(name);
  return option !== undefined && flagValue(option.node, option.source) === true;
}

function jose(node: Call, origin: Origin, source: Source, say: Say): void {
  const path = origin.path.join('.');
  const library = 'jose';
  if (path === 'decodeJwt' || path === 'UnsecuredJWT.decode') {
    say(
      path === 'decodeJwt' ? 'jwt-decode' : 'jwt-verify',
      path === 'decodeJwt' ? { library } : { library, verified: false, ignoresExpiration: false },
      node,
    );
  } else if (/^(?:jwtVerify|JWT\.verify|jwtDecrypt)$/.test(path)) {
    const none = /\bNone$/.test(text(node.arguments[1], source));
    const options = optionsOf(node.arguments[2], source);
    say(
      'jwt-verify',
      {
        library,
        verified: true,
        algorithms: none ? ['none'] : algorithmsOf(options),
        ignoresExpiration: isOn(options, 'ignoreExp'),
      },
      node,
    );
  } else if (/^SignJWT\.new\..*\bsign$/.test(path) || path === 'JWT.sign') {
    const whole = text(node, source);
    say(
      'jwt-sign',
      {
        library,
        algorithm: /alg['"]?\s*:\s*['"](\w+)/.exec(whole)?.[1],
        expires: /setExpirationTime|expiresIn|\bexp\b/.test(whole) || path === 'JWT.sign',
        record:
          isRecord(path === 'JWT.sign' ? node.arguments[0] : payloadOf(node), source) || undefined,
      },
      node,
    );
  }
}

/** The payload of `new SignJWT(payload).setX().sign(key)`. */
function payloadOf(node: Node): Node | undefined {
  let at: Node = node;
  for (;;) {
    if (at.type === 'NewExpression') return at.arguments[0];
    if (at.type === 'CallExpression') at = at.callee;
    else if (at.type === 'MemberExpression') at = at.object;
    else return undefined;
  }
}

function simple(node: Call, origin: Origin, source: Source, say: Say): void {
  const library = 'jwt-simple';
  const [token, , third, fourth] = node.arguments;
  if (origin.path[0] === 'decode') {
    const named = textValue(fourth, source)?.value;
    say(
      'jwt-verify',
      {
        library,
        verified: flagValue(third, source) !== true,
        algorithms: named === undefined ? undefined : [named],
        ignoresExpiration: false,
      },
      node,
    );
  } else if (origin.path[0] === 'encode') {
    const payload = optionsOf(token, source);
    say(
      'jwt-sign',
      {
        library,
        algorithm: textValue(third, source)?.value,
        expires: payload.get('exp') !== undefined || payload.open,
      },
      node,
    );
  }
}

function middleware(node: Call, origin: Origin, source: Source, say: Say): void {
  const options = optionsOf(node.arguments[0], source);
  if (options.get('secret') === undefined && options.open) return;
  say(
    'jwt-verify',
    {
      library: origin.package,
      verified: true,
      algorithms: algorithmsOf(options),
      ignoresExpiration: isOn(options, 'ignoreExpiration'),
      revocable: options.get('isRevoked') !== undefined || options.open,
    },
    node,
  );
}

function strategy(node: Call, library: string, source: Source, say: Say): void {
  const options = optionsOf(node.arguments[0], source);
  if (options.names.length === 0) return;
  say(
    'jwt-verify',
    {
      library,
      verified: true,
      algorithms: algorithmsOf(options),
      ignoresExpiration: isOn(options, 'ignoreExpiration'),
    },
    node,
  );
}

/** `JwtService` of Nest, by the name of its member: `this.jwtService.sign(payload)`. */
function nest(node: Call, source: Source, say: Say): void {
  if (node.callee.type !== 'MemberExpression') return;
  const method = memberName(node.callee) ?? '';
  if (!/^(?:sign|verify|decode)(?:Async)?$/.test(method)) return;
  if (!/^(?:this\.)?_?jwt(?:Service)?$/i.test(calleeText(node.callee.object))) return;
  if (!/@nestjs\/jwt/.test(source.parsed.text)) return;
  const library = '@nestjs/jwt';
  const options = optionsOf(node.arguments[1], source);
  if (method.startsWith('decode')) say('jwt-decode', { library }, node);
  else if (method.startsWith('verify')) {
    say(
      'jwt-verify',
      {
        library,
        verified: true,
        algorithms: algorithmsOf(options),
        ignoresExpiration: isOn(options, 'ignoreExpiration'),
      },
      node,
    );
  } else {
    const texts = [...source.world.sources.values(), source].map((one) => one.parsed.text);
    const everywhere =
      texts.some((one) => /signOptions[\s\S]{0,200}expiresIn/.test(one)) || options.open;
    const payload = optionsOf(node.arguments[0], source);
    const expires =
      everywhere || options.get('expiresIn') !== undefined || payload.get('exp') !== undefined;
    say(
      'jwt-sign',
      { library, expires, record: isRecord(node.arguments[0], source) || undefined },
      node,
      expires || !payload.open ? 'high' : 'low',
    );
  }
}
