import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { credentials, refuseWeakAdministrator } from './credentials.js';
import {
  type Call,
  type Principal,
  type Problem,
  single,
  unauthorized,
  valuesOf,
} from './messages.js';
import { type Context, type Scheme, text, type Visit } from './scheme.js';
import type { Settings } from './settings.js';
import { digest, stateIn } from './state.js';
import { type Account, openRows } from './store.js';

const challenge = 'Bearer realm="api"';
const [issuer, audience] = ['security', 'api'];
const headerNames = ['alg', 'kid', 'typ'];

interface Claims {
  sub: string;
  family: string;
  roles: string[];
  /** Milliseconds since 1970. */
  until: number;
}

// A few hundred bytes each: some megabytes at the most.
const mostChecked = 5000;

/** Short access tokens and rotating opaque refresh tokens (RFC 8725, RFC 9068, RFC 9700 §4.14.2). */
export function make(context: Context): Scheme {
  const { settings, emit } = context;
  const rows = openRows(settings.database);
  const state = stateIn(rows, context.redis);
  const values = settings.values.auth;
  refuseWeakAdministrator(context);
  const keys = signingKeys(settings);
  const accounts = credentials(context, rows);
  const checked = new Map<string, Claims>();
  const refused = (reason: string, event = 'auth.denied'): Problem =>
    unauthorized(`${challenge}, error="invalid_token"`, event, reason);

  async function identify(req: import('express').Request): Promise<Principal | undefined> {
    if (valuesOf(req, 'authorization').length === 0) return undefined;
    const token = /^bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(single(req, 'authorization'))?.[1];
    if (token === undefined) throw refused('no bearer token');
    const claims = await claimsOf(token);
    const family = await state.read(claims.family);
    if (family === undefined || family.account !== claims.sub) throw refused('family ended');
    const account = await accounts.accounts.byId(claims.sub);
    if (account === undefined) throw refused('no account');
    const fromStore = settings.values.authz.rolesFrom === 'store';
    const roles = fromStore ? account.roles : claims.roles;
    return { id: account.id, name: account.email, roles, scopes: [], credential: family.id };
  }

  /** A signature is checked once; whether it has run out, its family and its account at every request. */
  async function claimsOf(token: string): Promise<Claims> {
    const known = checked.get(token);
    if (known !== undefined && known.until > Date.now()) return known;
    const claims = await verified(token);
    if (checked.size >= mostChecked) checked.clear();
    checked.set(token, claims);
    return claims;
  }

  async function verified(token: string): Promise<Claims> {
    try {
      const header = decodeProtectedHeader(token);
      // Nothing but what we write: no `crit`, no `jku`, no key of the token's own.
      if (Object.keys(header).sort().join() !== headerNames.join()) throw new Error('header');
      const key = keys.accepted.get(String(header.kid));
      if (key === undefined) throw new Error('kid');
      const { payload } = await jwtVerify(token, key, {
        algorithms: [keys.algorithm],
        typ: 'at+jwt',
        issuer,
        audience,
        clockTolerance: values.clockSkewSeconds,
        requiredClaims: ['exp', 'iat', 'nbf', 'sub', 'jti', 'family'],
      });
      const { sub, aud, iat, family, roles } = payload;
      const plain = typeof aud === 'string' && typeof sub === 'string';
      const early = Number(iat) > Date.now() / 1000 + values.clockSkewSeconds;
      if (!plain || early || typeof family !== 'string') throw new Error('claims');
      const named = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
      const until = (Number(payload.exp) + values.clockSkewSeconds) * 1000;
      return { sub, family, roles: named, until };
    } catch {
      throw refused('bad token');
    }
  }

  async function tokens(
    { res }: Visit,
    account: Account,
    family: string,
    refreshToken: string,
  ): Promise<void> {
    const accessToken = await new SignJWT({ family, roles: account.roles })
      .setProtectedHeader({ alg: keys.algorithm, typ: 'at+jwt', kid: keys.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(account.id)
      .setJti(randomBytes(16).toString('base64url'))
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime(`${values.accessSeconds}s`)
      .sign(keys.private);
    res.setHeader('Cache-Control', 'no-store');
    res.json({ accessToken, tokenType: 'Bearer', expiresIn: values.accessSeconds, refreshToken });
  }

  async function login(visit: Visit): Promise<void> {
    const account = await accounts.login(visit);
    const [id, refreshToken] = [random(16), random(32)];
    const now = Date.now();
    await state.start({
      id,
      account: account.id,
      current: digest(refreshToken),
      idleUntil: now + values.refreshIdleSeconds * 1000,
      absoluteUntil: now + values.refreshAbsoluteSeconds * 1000,
    });
    await tokens(visit, account, id, refreshToken);
  }

  async function refresh(visit: Visit): Promise<void> {
    const [hash, fresh] = [digest(text(visit.body, 'refreshToken')), random(32)];
    const family = await state.byToken(hash);
    const account = family && (await accounts.accounts.byId(family.account));
    const idleUntil = Date.now() + values.refreshIdleSeconds * 1000;
    // Of two parallel refreshes one wins; the other counts as reuse.
    if (family && account && (await state.rotate(family.id, hash, digest(fresh), idleUntil))) {
      emit('auth.refresh', 'success', visit.call, { userId: account.id });
      return tokens(visit, account, family.id, fresh);
    }
    const stolen = await state.spentBy(hash);
    if (stolen === undefined) throw refused('refresh token unknown', 'auth.refresh');
    await state.end(stolen);
    throw refused('refresh token used twice', 'auth.refresh_reuse');
  }

  async function logout({ res, call }: Visit): Promise<void> {
    await state.end(credentialOf(call));
    emit('auth.logout', 'success', call);
    if (settings.values.headers.clearSiteData !== '') {
      res.setHeader('Clear-Site-Data', settings.values.headers.clearSiteData);
    }
    res.status(204).end();
  }

  async function password(visit: Visit): Promise<void> {
    const account = await accounts.changePassword(visit);
    await state.endOthers(account.id, credentialOf(visit.call));
    visit.res.status(204).end();
  }

  return {
    challenge,
    identify,
    endpoints: {
      'POST register': { open: true, answer: accounts.register },
      'POST login': { open: true, answer: login },
      'POST refresh': { open: true, answer: refresh },
      'POST logout': { answer: logout },
      'GET me': { answer: accounts.me },
      'POST password': { answer: password },
    },
  };
}

function credentialOf(call: Call): string {
  return call.principal?.credential ?? '';
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

interface SigningKeys {
  private: KeyObject;
  algorithm: 'HS256' | 'ES256' | 'EdDSA';
  kid: string;
  accepted: ReadonlyMap<string, KeyObject>;
}

/** Every accepted key has one algorithm, the one that it was made for (RFC 8725 §3.1). */
function signingKeys({ jwtPrivateKey, jwtSecrets }: Settings): SigningKeys {
  if (jwtPrivateKey !== '') return fromPem(jwtPrivateKey);
  const named = jwtSecrets.map((secret): [string, KeyObject] => [
    nameOf(`kid:${secret}`),
    createSecretKey(Buffer.from(secret)),
  ]);
  const [first] = named;
  if (first === undefined)
    throw new Error('JWT_SECRET is not set: 32 random bytes or more are needed');
  return { private: first[1], algorithm: 'HS256', kid: first[0], accepted: new Map(named) };
}

function fromPem(pem: string): SigningKeys {
  const key = readPem(pem);
  const open = createPublicKey(key);
  const kid = nameOf(open.export({ type: 'spki', format: 'pem' }).toString());
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const algorithm = key.asymmetricKeyType === 'ed25519' ? 'EdDSA' : 'ES256';
  if (algorithm === 'ES256' && curve !== 'prime256v1') {
    throw new Error('JWT_PRIVATE_KEY must be an EC P-256 or Ed25519 key');
  }
  return { private: key, algorithm, kid, accepted: new Map([[kid, open]]) };
}

function readPem(pem: string): KeyObject {
  try {
    // Environment files often hold a PEM on one line.
    return createPrivateKey(pem.replace(/\\n/g, '\n'));
  } catch {
    throw new Error('JWT_PRIVATE_KEY is not a PEM of a private key');
  }
}

function nameOf(source: string): string {
  return createHash('sha256').update(source).digest('base64url').slice(0, 16);
}
