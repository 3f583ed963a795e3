import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import { keyword, type Say } from './say.ts';

const secret =
  /token|secret|passw|otp\b|_otp|pin_?code|nonce|salt|session|csrf|api_?key|verif|reset|captcha/i;

/** Tokens that a call signs, verifies or only decodes. */
export function tokens(node: PyNode, say: Say): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  const positional = args?.kids.filter((one) => one.type !== 'keyword_argument') ?? [];
  if (/^(?:jwt|jose\.jwt|pyjwt)\.decode$/i.test(name)) {
    const off = /verify(?:_signature)?['"]?\s*[:=]\s*False/.test(args?.text ?? '');
    const listed = keyword(node, 'algorithms') ?? positional[2];
    const algorithms = listed?.kids.flatMap((one) => literalText(one) ?? []);
    say(
      'jwt-verify',
      {
        library: 'jwt',
        verified: !off,
        algorithms,
        ignoresExpiration: /verify_exp['"]?\s*:\s*False/.test(args?.text ?? ''),
      },
      node,
    );
  }
  if (/(?:^|\.)get_unverified_(?:claims|header)$/.test(name))
    say('jwt-decode', { library: 'jwt' }, node);
  if (/^(?:jwt|jose\.jwt|pyjwt)\.encode$/i.test(name))
    say(
      'jwt-sign',
      {
        library: 'jwt',
        algorithm: literalText(keyword(node, 'algorithm') ?? positional[2]),
        expires: /['"]?exp['"]?\b/.test(args?.text ?? '') || positional[0]?.type !== 'dictionary',
      },
      node,
    );
}

/** Digests, password hashes, and random numbers that a caller must not guess, by the names around them. */
export function hashes(node: PyNode, say: Say, around: () => string): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  const positional = args?.kids.filter((one) => one.type !== 'keyword_argument') ?? [];
  if (/hashlib\.(?:md5|sha1)$/.test(name)) {
    const algorithm = name.endsWith('md5') ? 'md5' : 'sha1';
    if (/passw/i.test(args?.text ?? ''))
      say('password-hash', { library: 'hashlib', algorithm }, node);
    else say('weak-crypto', { algorithm, use: 'digest' }, node);
  }
  if (/generate_password_hash$/.test(name))
    say(
      'password-hash',
      {
        library: 'werkzeug',
        algorithm: literalText(keyword(node, 'method') ?? positional[1]) ?? 'scrypt',
      },
      node,
    );
  if (/bcrypt\.gensalt$/.test(name))
    say(
      'password-hash',
      {
        library: 'bcrypt',
        algorithm: 'bcrypt',
        rounds: Number(positional[0]?.text ?? keyword(node, 'rounds')?.text) || 12,
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
  if (/^random\.(?:random|randint|choice|choices|getrandbits)$/.test(name) && secret.test(around()))
    say('weak-random', { use: name }, node);
}
