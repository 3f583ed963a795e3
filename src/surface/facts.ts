import type { Confidence, Place } from './surface.ts';

/**
 * Neutral facts of a code base: what is written, not whether it is good.
 * Readers of every framework state them in these words; the controls judge them.
 */
export interface FactDetails {
  /** A CORS policy, from a library or from headers set by hand. */
  cors: {
    origins: 'any' | 'reflected' | 'null' | 'list' | 'regex' | 'function' | 'unknown';
    list?: readonly string[] | undefined;
    credentials: boolean;
    library?: string | undefined;
  };
  /** A cookie that the application sets. `undefined`: the flag is not written (the library's default holds). */
  cookie: {
    name?: string | undefined;
    purpose: 'session' | 'csrf' | 'token' | 'other';
    httpOnly?: boolean | undefined;
    secure?: boolean | 'auto' | undefined;
    sameSite?: string | undefined;
    path?: string | undefined;
    domain?: string | undefined;
    expires?: boolean | undefined;
    library?: string | undefined;
  };
  /** A session set-up. */
  session: {
    library: string;
    store?: string | undefined;
    defaultName: boolean;
    saveUninitialized?: boolean | undefined;
    regenerates?: boolean | undefined;
    clientSide: boolean;
  };
  /** A literal that is used as a secret. The value itself is never kept. */
  secret: {
    use: 'jwt' | 'session' | 'csrf' | 'password' | 'apikey' | 'connection' | 'key' | 'other';
    name: string;
    /** A literal behind `process.env.X || 'literal'`. */
    fallback: boolean;
    /** Line of the literal in the same file, where this is the place that uses it. */
    statedAt?: number | undefined;
  };
  'jwt-verify': {
    library: string;
    verified: boolean;
    algorithms?: readonly string[] | undefined;
    ignoresExpiration: boolean;
    /** Whether a list of revoked tokens is asked; `undefined` where that cannot be seen. */
    revocable?: boolean | undefined;
  };
  'jwt-decode': { library: string };
  'jwt-sign': {
    library: string;
    algorithm?: string | undefined;
    expires: boolean;
    /** The payload is a whole database record. */
    record?: boolean | undefined;
  };
  'password-hash': {
    library: string;
    algorithm: string;
    rounds?: number | undefined;
  };
  'password-plain': { what: 'compared' | 'stored' };
  /** A declared dependency. */
  dependency: {
    name: string;
    version: string;
    exact?: string | undefined;
    ecosystem: 'npm' | 'pypi' | 'go';
  };
  'trust-proxy': { value: string };
  debug: { what: string };
  listen: { host?: string | undefined; port?: number | undefined; tls: boolean };
  /** A class that a handler is given; `unchecked` names members of which no validator speaks. */
  'input-class': {
    name: string;
    in: 'body' | 'query' | 'path';
    handler: string;
    unchecked: readonly string[];
    /** Where a pipe that checks classes stands. */
    pipe: 'app' | 'route' | 'none';
  };
  /** The application writes a log of its own. */
  log: { library: string };
  /** A response header that is set by hand. */
  header: { name: string; value?: string | undefined; everywhere: boolean };
  /** A header that a library is told not to send: `helmet({ frameguard: false })`. */
  'header-off': { name: string; library: string };
  'body-parser': {
    parser: 'json' | 'form' | 'text' | 'raw' | 'multipart';
    limitBytes?: number | undefined;
    extended?: boolean | undefined;
  };
  'request-to-error': { what: 'stack' | 'message' };
  static: {
    prefix: string;
    directory?: string | undefined;
    dotfiles?: string | undefined;
    listing: boolean;
  };
  docs: { path: string };
  /** A dangerous use of request data. */
  sink: {
    what:
      | 'sql'
      | 'nosql'
      | 'html'
      | 'redirect'
      | 'path'
      | 'command'
      | 'eval'
      | 'outbound'
      | 'template'
      | 'deserialise'
      | 'regex'
      | 'mass-assignment'
      | 'prototype'
      | 'header';
    source: string;
  };
  /** A guard that stands where it does nothing: above `@app.route`, after the handler that answers. */
  'dead-guard': { name: string; why: string };
  /** CSRF protection that is switched off or weak. */
  'csrf-off': { what: string; library?: string | undefined };
  /** A comparison of a secret that is not constant in time. */
  'timing-compare': { what: string };
  'weak-random': { use: string };
  'weak-crypto': { algorithm: string; use: string };
  'tls-verify-off': { library: string };
  /** A value that makes rate limiting pointless: a raw IPv6 key, a header as key. */
  'limit-key': { library: string; key: string };
  /** A server of websockets beside the routes: upgrades do not pass through middleware. */
  websocket: {
    library: string;
    /** Looks where a connection comes from. */
    origin: boolean;
    /** What a caller has to bring, as its file tells. */
    credential: 'cookie' | 'token' | 'none';
  };
  /** A request that the project's own tests make. */
  'test-call': { method: string; path: string; credentials: boolean; expects?: number | undefined };
}

export type FactKind = keyof FactDetails;

/** One fact with its place; a union over `FactDetails`, discriminated by `kind`. */
export type Fact = {
  [K in FactKind]: { kind: K; detail: FactDetails[K]; place: Place; confidence: Confidence };
}[FactKind];

/** The facts of one kind, typed. */
export function factsOf<K extends FactKind>(
  facts: readonly Fact[],
  kind: K,
): readonly Extract<Fact, { kind: K }>[] {
  return facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
}
