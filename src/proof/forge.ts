import { createHmac } from 'node:crypto';
import type { Forgery } from '../controls/probe.ts';
import { Unavailable } from './fill.ts';

const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;

/**
 * The key with which this application signs, out of the secret that the run gave to it: as text, or
 * decoded. `undefined` when the token is not signed with it.
 */
export function signingKey(token: string, secret: string): Buffer | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const readings = [
    Buffer.from(secret, 'utf8'),
    Buffer.from(secret, 'base64url'),
    Buffer.from(secret, 'hex'),
  ];
  return readings.find(
    (key) => key.length > 0 && hmac('sha256', key, `${header}.${payload}`) === signature,
  );
}

/** A token made from a real one; see `Forgery`. */
export function forge(token: string, forgery: Forgery, key: Buffer | undefined): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const changed =
    forgery.header === undefined && forgery.claims === undefined && forgery.key === undefined;
  const resigned = forgery.sign === undefined ? !changed : forgery.sign !== 'keep';
  const head = merge(header, {
    ...(forgery.sign === 'HS384' || forgery.sign === 'HS512' ? { alg: forgery.sign } : {}),
    ...(forgery.key === undefined ? {} : { alg: 'HS256' }),
    ...forgery.header,
  });
  const signed = `${head}.${merge(payload, forgery.claims ?? {})}`;
  const last = resigned ? sign(signed, forgery, key) : signature;
  const made = changed && forgery.sign === undefined ? token : `${signed}.${last}`;
  return forgery.mangle === undefined ? made : forgery.mangle(made);
}

function sign(text: string, forgery: Forgery, key: Buffer | undefined): string {
  if (forgery.sign === 'empty') return '';
  const own = forgery.key === undefined ? key : Buffer.from(forgery.key, 'utf8');
  if (own === undefined) throw new Unavailable('the application signs with a key of its own');
  const algorithm = forgery.sign === 'HS384' || forgery.sign === 'HS512' ? forgery.sign : 'HS256';
  return hmac(hashes[algorithm], own, text);
}

function merge(part: string, change: Readonly<Record<string, unknown>>): string {
  const old: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  if (typeof old !== 'object' || old === null) throw new Unavailable('the token is not a JWT');
  // JSON leaves `undefined` members out: that is how one is taken away.
  return Buffer.from(JSON.stringify({ ...old, ...change })).toString('base64url');
}

function hmac(hash: string, key: Buffer, text: string): string {
  return createHmac(hash, key).update(text).digest('base64url');
}
