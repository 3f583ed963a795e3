import { type Node, propertyName } from '../parse.ts';
import { compare, lookups } from './comparisons.ts';
import { isFunction, memberName } from './patterns.ts';
import { isFrom, type Origin, originOf, type Say, type Source, text } from './source.ts';
import { keptAs } from './stated.ts';
import { functionsAround } from './tested.ts';
import { calleeText, flagValue, numberValue, textValue } from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

const aPassword = /passw(?:or)?d|passwd|passphrase|\bpwd\b/i;

const forSecrets =
  /token|otp|secret|passw|session_?id|api_?key|\bsalt\b|csrf|verification_?code|reset_?code|pin_?code|auth_?code/i;

/** Password hashes, comparisons, randomness, broken algorithms, and TLS that is not verified. */
export function passwordFacts(node: Node, source: Source, say: Say): void {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const origin = originOf(node.callee, source);
    if (origin) hashes(node, origin, source, say);
    random(node, source, say);
    if (node.type === 'CallExpression') lookups(node, source, say);
  }
  if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator))
    compare(node, source, say);
  if (node.type === 'Property') tlsOff(node, source, say);
  if (
    node.type === 'AssignmentExpression' &&
    /NODE_TLS_REJECT_UNAUTHORIZED/.test(text(node.left, source))
  ) {
    if (/^['"`]?0['"`]?$/.test(text(node.right, source)))
      say('tls-verify-off', { library: 'node' }, node);
  }
}

function hashes(node: Call, { package: library, path }: Origin, source: Source, say: Say): void {
  const what = path.join('.');
  const [first, second, third] = node.arguments;
  if (/^(?:bcrypt|bcryptjs|@node-rs\/bcrypt|bcrypt-nodejs)$/.test(library)) {
    if (/^hash(?:Sync)?$/.test(what)) {
      const rounds = numberValue(second, source);
      const salted = second && !isFunction(second) && rounds === undefined;
      say(
        'password-hash',
        { library, algorithm: 'bcrypt', rounds: salted ? undefined : (rounds ?? 10) },
        node,
      );
    } else if (/^genSalt(?:Sync)?$/.test(what)) {
      const rounds = first === undefined || isFunction(first) ? 10 : numberValue(first, source);
      say('password-hash', { library, algorithm: 'bcrypt', rounds }, node);
    }
    return;
  }
  if (/^(?:argon2|@node-rs\/argon2)$/.test(library) && /^hash/.test(what)) {
    say('password-hash', { library, algorithm: 'argon2' }, node);
  } else if (
    library === 'crypto' &&
    /^pbkdf2(?:Sync)?$/.test(what) &&
    aPassword.test(text(first, source))
  ) {
    say(
      'password-hash',
      { library, algorithm: 'pbkdf2', rounds: numberValue(third, source) },
      node,
    );
  } else if (library === 'crypto' && /^scrypt(?:Sync)?$/.test(what)) {
    say('password-hash', { library, algorithm: 'scrypt' }, node);
  } else if (library === 'crypto' && what === 'createHash')
    digest(node, textValue(first, source)?.value, source, say);
  else if (/^(?:md5|sha1|js-md5|js-sha1|blueimp-md5)$/.test(library) && what === '') {
    quick(library, library.replace(/^.*-/, ''), text(first, source), node, source, say);
  } else if (/^crypto-js/.test(library)) {
    const algorithm = /(?:^|[./])(MD5|SHA1|SHA256|SHA512)$/i.exec(`${library}.${what}`)?.[1];
    if (algorithm) quick('crypto-js', algorithm, text(first, source), node, source, say);
  } else if (library === 'crypto' && what === 'pseudoRandomBytes') {
    say('weak-random', { use: keptBy(node, source) || 'pseudoRandomBytes' }, node);
  } else if (library === 'crypto' && /^create(?:Cipher|Decipher)$/.test(what)) {
    say('weak-crypto', { algorithm: what, use: 'encryption without a salt or an IV' }, node);
  } else if (library === 'crypto' && /^create(?:Cipher|Decipher)iv$/.test(what)) {
    const algorithm = textValue(first, source)?.value ?? '';
    if (/\bdes|^des|rc4|rc2|-ecb|blowfish|^bf/i.test(algorithm))
      say('weak-crypto', { algorithm, use: 'encryption' }, node);
  }
}

/** `createHash(x).update(data)`: what is hashed stands in the next call of the chain. */
function digest(node: Call, algorithm: string | undefined, source: Source, say: Say): void {
  if (algorithm === undefined) return;
  const member = source.parentOf(node);
  const update = member && memberName(member) === 'update' ? source.parentOf(member) : undefined;
  const data = update?.type === 'CallExpression' ? text(update.arguments[0], source) : '';
  quick('crypto', algorithm, data, node, source, say);
}

function quick(
  library: string,
  algorithm: string,
  data: string,
  node: Node,
  source: Source,
  say: Say,
): void {
  // Before bcrypt, a digest only takes away its limit of 72 bytes.
  const slow =
    aPassword.test(keptBy(node, source)) && /bcrypt|argon2|scrypt|pbkdf2/i.test(source.parsed.text);
  const around = functionsAround(node, source)[0];
  const name = around ? nameOfFunction(around, source) : '';
  if (
    !slow &&
    (aPassword.test(data) ||
      (/^(?:hash|encrypt|set|make|compare|check)_?pass/i.test(name) && data !== ''))
  ) {
    say('password-hash', { library, algorithm }, node);
  } else if (
    /^(?:md[245]|sha-?1)$/i.test(algorithm) &&
    /token|secret|signature|session|api_?key|otp/i.test(`${data} ${keptBy(node, source)}`)
  ) {
    say('weak-crypto', { algorithm, use: 'a secret' }, node, 'medium');
  }
}

/** The name that the whole expression around a node is given. */
function keptBy(node: Node, source: Source): string {
  for (let at: Node | undefined = node; at && !isFunction(at); at = source.parentOf(at)) {
    const name = keptAs(at, source);
    if (name !== undefined) return name;
  }
  return '';
}

function nameOfFunction(fn: Node, source: Source): string {
  if (isFunction(fn) && 'id' in fn && fn.id) return fn.id.name;
  const parent = source.parentOf(fn);
  if (parent?.type === 'MethodDefinition') return propertyName(parent) ?? '';
  return keptAs(fn, source) ?? '';
}

function sizesBytes(node: Node, source: Source): boolean {
  for (let at = source.parentOf(node); at && !isFunction(at); at = source.parentOf(at)) {
    if (at.type === 'CallExpression' && /randomBytes|nanoid/.test(calleeText(at.callee)))
      return true;
  }
  return false;
}

function random(node: Call, source: Source, say: Say): void {
  if (calleeText(node.callee) !== 'Math.random') return;
  const kept = keptBy(node, source);
  // A length is no secret, and neither is what only sizes a good one.
  if (/len|size|count|delay|index|time/i.test(kept) || sizesBytes(node, source)) return;
  const [fn] = functionsAround(node, source);
  const maker = fn ? nameOfFunction(fn, source) : '';
  const use = forSecrets.test(kept)
    ? kept
    : forSecrets.test(maker) && /gen|make|create|new|random/i.test(maker)
      ? maker
      : undefined;
  if (use !== undefined) say('weak-random', { use }, node, 'medium');
}

function tlsOff(node: Extract<Node, { type: 'Property' }>, source: Source, say: Say): void {
  const name = propertyName(node);
  if (
    (name !== 'rejectUnauthorized' && name !== 'strictSSL') ||
    flagValue(node.value, source) !== false
  )
    return;
  let call: Node | undefined = source.parentOf(node);
  while (
    call &&
    call.type !== 'CallExpression' &&
    call.type !== 'NewExpression' &&
    !isFunction(call)
  )
    call = source.parentOf(call);
  const library =
    call && (call.type === 'CallExpression' || call.type === 'NewExpression')
      ? originOf(call.callee, source)?.package
      : undefined;
  // A server that does not ask its clients for certificates is usual.
  if (
    call?.type === 'CallExpression' &&
    isFrom(originOf(call.callee, source), /^(?:https|tls)$/, /^createServer/)
  )
    return;
  say('tls-verify-off', { library: library ?? 'the connection' }, node);
}
