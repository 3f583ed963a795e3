import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Value } from '../values.ts';

import { keyword, positional, type Say } from './say.ts';
import { parametersOf, type Source } from './source.ts';
import { pretends, secretName } from './words.ts';

const secret =
  /token|secret|passw|otp\b|_otp|pin_?code|nonce|salt|session_?(?:id|key)|csrf|api_?key|verif|reset_?(?:code|key)|captcha/i;

/** Tokens that a call signs, verifies or only decodes. */
export function tokens(node: PyNode, say: Say, source: Source): void {
  // Names that cannot reach a token library are not looked up.
  if (!/(?:encode|decode|get_unverified_\w+)$/.test(node.field('function')?.text ?? '')) return;
  const name = source.called(node);
  const library = libraryOf(name);
  if (/get_unverified_(?:claims|header)s?$/.test(name))
    say('jwt-decode', { library: library ?? 'jwt' }, node);
  if (library === undefined) return;
  if (/\.decode$/.test(name)) verified(node, library, say, source);
  if (/\.encode$/.test(name)) signed(node, library, say, source);
  if (/\.(?:encode|decode)$/.test(name)) key(node, name, say, source);
}

/** `jwt` however it is imported, `jose.jwt`, `authlib.jose.jwt`. */
function libraryOf(name: string): string | undefined {
  const match = /^(jwt|pyjwt|jose|authlib\.jose|joserfc)(?:\.|$)/i.exec(name);
  if (match === null) return undefined;
  const root = match[1]?.toLowerCase();
  return root === 'jose' ? 'python-jose' : root === 'jwt' || root === 'pyjwt' ? 'jwt' : root;
}

function verified(node: PyNode, library: string, say: Say, source: Source): void {
  const listed = source.constant(keyword(node, 'algorithms') ?? positional(node)[2]);
  const options = keyword(node, 'options');
  const chosen = source.constant(options);
  const text = node.field('arguments')?.text ?? '';
  const option = (key: string): boolean =>
    chosen?.t === 'dict'
      ? isFalse(chosen.entries.get(key))
      : new RegExp(`['"]${key}['"]\\s*:\\s*False`).test(text);
  const off = option('verify_signature') || isFalse(source.constant(keyword(node, 'verify')));
  const algorithms =
    listed?.t === 'str' ? [listed.v] : listed?.t === 'list' ? texts(listed) : undefined;
  say(
    'jwt-verify',
    { library, verified: !off, algorithms, ignoresExpiration: option('verify_exp') },
    node,
  );
}

function texts(value: Extract<Value, { t: 'list' }>): string[] {
  return value.items.flatMap((one) => (one.t === 'str' ? [one.v] : []));
}

function isFalse(value: Value | undefined): boolean {
  return value?.t === 'bool' && !value.v;
}

function signed(node: PyNode, library: string, say: Say, source: Source): void {
  const algorithm = source.constant(keyword(node, 'algorithm') ?? positional(node)[2]);
  const payload = keyword(node, 'payload') ?? keyword(node, 'claims') ?? positional(node)[0];
  say(
    'jwt-sign',
    {
      library,
      algorithm: algorithm?.t === 'str' ? algorithm.v : undefined,
      expires: expires(node, payload, source),
      record: isRecord(payload, node, source),
    },
    node,
  );
}

/** Whether the claims hold `exp`: in the dictionary, or anywhere in the function that fills it. */
function expires(node: PyNode, payload: PyNode | undefined, source: Source): boolean {
  if (/['"]exp['"]|\bexp\s*=/.test(node.text)) return true;
  if (payload?.type === 'dictionary')
    return payload.kids.some((kid) => kid.type === 'dictionary_splat');
  const func = source.outside(node).find((one) => one.type === 'function_definition');
  if (func === undefined) return true;
  if (/['"]exp['"]|\bexp\s*=/.test(func.text)) return true;
  // Claims that are handed in, or made elsewhere, may hold it.
  const made = [...walk(func)].some(
    (one) =>
      one.type === 'assignment' &&
      one.field('left')?.text === payload?.text &&
      one.field('right')?.type === 'dictionary',
  );
  return !made;
}

const whole = /__dict__|model_dump\(|\.dict\(|to_dict\(|to_json\(|\bvars\(|as_dict\(/;
const hidden = /^(?:passw\w*|pwd|hashed_password|password_hash|ssn|credit_card\w*|card_number)$/i;

/** A dump of claims is what it should be; that of a person is everything that is known of them. */
function isWhole(text: string): boolean {
  return (
    whole.test(text) &&
    /__dict__|vars\(|user|account|profile|member|customer|row|record|instance|person|employee|admin/i.test(
      text,
    ) &&
    !/^\w*(?:claims|payload|token)\w*\./i.test(text)
  );
}

/** A record as it is, or a password among the claims. */
function isRecord(payload: PyNode | undefined, node: PyNode, source: Source): boolean {
  if (payload === undefined) return false;
  if (isWhole(payload.text)) return true;
  const value = source.constant(payload);
  if (value?.t === 'dict' && [...value.entries.keys()].some((name) => hidden.test(name)))
    return true;
  if (payload.type === 'dictionary') return holdsHidden(payload);
  const func = source.outside(node).find((one) => one.type === 'function_definition');
  if (func === undefined || payload.type !== 'identifier') return false;
  return [...walk(func)].some(
    (one) =>
      one.type === 'assignment' &&
      one.field('left')?.text === payload.text &&
      (isWhole(one.field('right')?.text ?? '') || holdsHidden(one.field('right'))),
  );
}

function holdsHidden(node: PyNode | undefined): boolean {
  return (
    node?.type === 'dictionary' &&
    node.kids.some((pair) => hidden.test(literalText(pair.field('key')) ?? ''))
  );
}

/** A key that is a text of the source; one that a name says is told where the name is given it. */
function key(node: PyNode, name: string, say: Say, source: Source): void {
  const given = keyword(node, 'key') ?? positional(node)[1];
  if (given === undefined || (given.type !== 'string' && secretName.test(given.text))) return;
  const func = source.outside(node).find((one) => one.type === 'function_definition');
  if (given.type === 'identifier' && parametersOf(func).includes(given.text)) return;
  const value = source.constant(given);
  if (value?.t !== 'str' || value.part === true || value.v === '' || /BEGIN PUBLIC/.test(value.v))
    return;
  const shown = given.type === 'identifier' ? given.text : `the key of ${name}`;
  say('secret', { use: 'jwt', name: shown, fallback: false }, node);
}

const harmlessDigest =
  /gravatar|avatar|etag|e_tag|cache|checksum|fingerprint|dedup|colou?r|file_?hash|hash_?file|md5sum|content_hash|signature_of|bucket|shard|short_?url/i;

/** Digests, password hashes, and random numbers that a caller must not guess, by the names around them. */
export function hashes(node: PyNode, say: Say, source: Source): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  const plain = positional(node);
  const weak = /^(?:hashlib\.)?(md5|sha1)$/.exec(
    source.called(node).replace(/^hashlib\./, ''),
  )?.[1];
  if (weak !== undefined && /hashlib/.test(source.called(node))) {
    const around = source.around(node);
    const safe = keyword(node, 'usedforsecurity')?.text === 'False';
    if (!safe && /passw(?!\w*_?hash)/i.test(`${args?.text} ${around}`))
      say('password-hash', { library: 'hashlib', algorithm: weak }, node);
    else if (
      !safe &&
      !harmlessDigest.test(`${source.file} ${around} ${statement(node, source)}`) &&
      !pretends.test(source.file)
    )
      say('weak-crypto', { algorithm: weak, use: 'digest' }, node, 'medium');
  }
  if (/generate_password_hash$/.test(name) && /werkzeug|^generate/.test(source.called(node)))
    say(
      'password-hash',
      {
        library: 'werkzeug',
        algorithm:
          (literalText(keyword(node, 'method') ?? plain[1]) ?? 'scrypt').split(':')[0] ?? 'scrypt',
      },
      node,
    );
  if (/bcrypt\.gensalt$/.test(name))
    say(
      'password-hash',
      {
        library: 'bcrypt',
        algorithm: 'bcrypt',
        rounds: Number(plain[0]?.text ?? keyword(node, 'rounds')?.text) || 12,
      },
      node,
    );
  if (/CryptContext$/.test(name))
    say(
      'password-hash',
      {
        library: 'passlib',
        algorithm:
          /argon2|bcrypt|scrypt|pbkdf2\w*|md5\w*|sha\d+\w*/.exec(args?.text ?? '')?.[0] ??
          'unknown',
      },
      node,
    );
  if (
    /^random\.(?:random|randint|randrange|choice|choices|sample|getrandbits)$/.test(
      source.called(node),
    ) &&
    secret.test(source.around(node)) &&
    !pretends.test(`${source.around(node)} ${source.file}`)
  )
    say('weak-random', { use: name }, node);
}

function statement(node: PyNode, source: Source): string {
  const around = source.outside(node);
  return around.find((one) => /_statement$|^assignment$/.test(one.type))?.text ?? '';
}
