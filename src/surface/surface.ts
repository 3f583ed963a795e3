import type { Fact } from './facts.ts';

export type Confidence = 'high' | 'medium' | 'low';

/** Where something stands: path relative to the project root, 1-based line. */
export interface Place {
  file: string;
  line: number;
}

/** What a guard does, found by what it is (a library) or what its body does (home-made). */
export type GuardKind =
  | 'headers'
  | 'cors'
  | 'ratelimit'
  | 'validation'
  | 'auth'
  | 'authz'
  | 'csrf'
  | 'session'
  | 'cookies'
  | 'body'
  | 'upload'
  | 'static'
  | 'docs'
  | 'errors'
  | 'logging'
  | 'unknown';

export type Detail = Readonly<
  Record<string, string | number | boolean | null | readonly string[] | undefined>
>;

/** Anything that runs before a handler and can refuse: middleware, dependency, decorator, guard, pipe, filter. */
export interface Guard {
  /** As the source calls it: `helmet()`, `requireAuth`, `Depends(get_user)`. */
  name: string;
  kinds: readonly GuardKind[];
  library?: string | undefined;
  scope: 'app' | 'router' | 'route' | 'parameter';
  /** Path prefix when it is mounted under one. */
  prefix?: string | undefined;
  place: Place;
  detail: Detail;
  confidence: Confidence;
}

export interface Param {
  name: string;
  in: 'path' | 'query' | 'body' | 'header' | 'cookie' | 'file';
  type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'unknown';
  /** False only where the source shows that the handler cannot do without it. */
  optional: boolean;
  enum?: readonly (string | number)[] | undefined;
  confidence: Confidence;
  place: Place;
}

export type Sensitivity = 'password' | 'token' | 'personal' | 'money' | 'admin';
export type Credential = 'cookie' | 'bearer' | 'apikey' | 'basic' | 'signature' | 'unknown';

/** Facts about a route that the decisions rest on (`domain/not-breaking.md`, step 2). */
export type Trait =
  | 'login'
  | 'register'
  | 'logout'
  | 'refresh'
  | 'reset'
  | 'oauth-callback'
  | 'webhook'
  | 'health'
  | 'metrics'
  | 'docs'
  | 'static'
  | 'page'
  | 'admin'
  | 'upload'
  | 'raw-body'
  | 'object-by-id'
  | 'writes'
  | 'anonymous-in-tests'
  | 'anonymous-in-pages'
  | 'passes-on'
  | 'reads-caller'
  | 'asks-role'
  | 'outbound-url';

export interface Route {
  /** `GET /api/users/:id`, with `#2` … appended to later registrations of the same pair. */
  id: string;
  /** Upper case; `ALL` for every method, `WS` for a websocket. */
  method: string;
  /** Full path as the framework writes it: `/users/:id`, `/users/{id}`, `/users/<int:id>`. */
  path: string;
  /** The same path with every parameter as `{name}` and a wildcard as `{*name}`. */
  template: string;
  kind: 'http' | 'websocket' | 'graphql' | 'static' | 'sse';
  /** What a request needs beside method and path to reach it: `the host admin.example.com`. */
  needs?: string | undefined;
  /** Where it is registered. */
  place: Place;
  handler: { name: string | undefined; place: Place };
  params: readonly Param[];
  body: 'none' | 'json' | 'form' | 'multipart' | 'raw' | 'text' | 'unknown';
  response: 'json' | 'html' | 'file' | 'redirect' | 'stream' | 'unknown';
  /** Everything that runs before the handler, in its order, application-wide guards included. */
  guards: readonly Guard[];
  /** Credentials that its guards or its handler read. */
  credentials: readonly Credential[];
  sensitivity: readonly Sensitivity[];
  traits: readonly Trait[];
  confidence: Confidence;
}

/** Something that touches an application or a router and that we could not read: never dropped, never called public. */
export interface Unresolved {
  what: string;
  place: Place;
}

export interface ErrorHandler {
  name: string;
  place: Place;
  /** Answers with the error's stack or message. */
  leaks: 'stack' | 'message' | 'none' | 'unknown';
}

/** What the application shows to the outside, and in which order. */
export interface Surface {
  routes: readonly Route[];
  /** Application-wide guards, in their order. */
  guards: readonly Guard[];
  errorHandlers: readonly ErrorHandler[];
  facts: readonly Fact[];
  unresolved: readonly Unresolved[];
  /** Files that could not be parsed, with the reason. */
  notAnalysed: readonly { file: string; reason: string }[];
  /** Where application objects are made. */
  apps: readonly { name: string; place: Place }[];
  /** Bytes and files that were read, for the report. */
  read: { files: number; bytes: number };
}
