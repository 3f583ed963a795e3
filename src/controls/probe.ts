import type { Surface } from '../surface/surface.ts';
import type { ControlId } from './control.ts';
import type { Decision, Policy } from './policy.ts';

/** Who sends a request. */
export const identityIds = ['anonymous', 'user', 'other', 'admin'] as const;
export type IdentityId = (typeof identityIds)[number];

/**
 * A token made from the sender's real one: the same claims, some changed, signed again with the
 * key that this run gave to the application. What the application refuses is then the change alone.
 */
export interface Forgery {
  /** Merged into the header; `undefined` takes a member out. */
  header?: Readonly<Record<string, unknown>> | undefined;
  claims?: Readonly<Record<string, unknown>> | undefined;
  /** `same` by default; `keep` leaves the old signature over the changed parts. */
  sign?: 'same' | 'keep' | 'empty' | 'HS384' | 'HS512' | undefined;
  /** An HMAC key as text instead of the right one: another key, a public key. */
  key?: string | undefined;
  /** Last change, on the compact form. */
  mangle?: ((token: string) => string) | undefined;
}

/** A request as data. Raw bytes where a client library would tidy them up. */
export interface RequestSpec {
  method: string;
  /** Request target, sent as it stands. May hold `{{name}}` of an earlier `save`, `{{unique}}`, `{{user.email}}`. */
  path: string;
  /** Whose credentials are attached; none when absent. */
  as?: IdentityId | undefined;
  /** `credential`: the credential alone, without CSRF token and Fetch-Metadata of a same-origin page. */
  attach?: 'all' | 'credential' | undefined;
  /** Changes the bearer token before it is attached. */
  token?: Forgery | undefined;
  /** Name of a client address. Without one every request comes from an address of its own. */
  from?: string | undefined;
  /** In order, duplicates kept. Values may hold `{{name}}`. */
  headers?: readonly (readonly [string, string])[] | undefined;
  /** Sent as JSON with its content type unless `headers` names one. */
  json?: unknown;
  /** Sent as it stands. */
  body?: string | Uint8Array | undefined;
  /** The body goes in chunks, without a length. */
  chunked?: boolean | undefined;
  /** The whole request, byte for byte: for malformed ones. */
  raw?: string | undefined;
}

/** What an answer must be. Every clause given must hold. */
export interface Expectation {
  status?: readonly number[] | undefined;
  notStatus?: readonly number[] | undefined;
  /** Header present exactly once with this value, or matching this pattern. */
  header?: Readonly<Record<string, string | RegExp>> | undefined;
  /** Where the header is present, it must match. */
  headerIfAny?: Readonly<Record<string, RegExp>> | undefined;
  absent?: readonly string[] | undefined;
  bodyHas?: readonly (string | RegExp)[] | undefined;
  bodyLacks?: readonly (string | RegExp)[] | undefined;
  /** JSON pointer to the exact value. */
  json?: Readonly<Record<string, unknown>> | undefined;
  /** Index of an earlier step: status, header names and body are the same, request ids blanked. */
  like?: number | undefined;
  /** The fastest answer of this step against that of an earlier one: at least this share of its time. */
  timeLike?: { step: number; atLeast: number } | undefined;
  /** Two saved values that must not be the same. */
  differ?: readonly [string, string] | undefined;
  /** Event lines that the application writes for this request. */
  events?: readonly Readonly<Record<string, string | RegExp>>[] | undefined;
  /** What the application's whole output of this probe must not hold. */
  logLacks?: readonly (string | RegExp)[] | undefined;
  /** Nothing that the application wrote in this whole run holds a password, token, key or cookie of it. */
  logLacksSecrets?: boolean | undefined;
  /** Milliseconds, generous: an upper bound against hangs, never a benchmark. */
  within?: number | undefined;
}

export interface Step {
  send: RequestSpec;
  expect?: Expectation | undefined;
  /** It prepares the claim: when it does not hold, the probe is not run instead of failed. */
  setup?: boolean | undefined;
  /** Sends the request this many times; `vary` changes the n-th. */
  times?: number | undefined;
  parallel?: boolean | undefined;
  vary?: ((n: number) => Partial<RequestSpec>) | undefined;
  /** Over all answers of a repeated step; the expectation then holds for the last one. */
  tally?: { status: number; atLeast?: number | undefined; atMost?: number | undefined } | undefined;
  /** Keeps parts of the answer: a JSON pointer, `header:name`, `cookie:name`, `session` (the session cookie as `name=value`) or `status`. */
  save?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds of waiting before it. */
  wait?: number | undefined;
}

/** One provable claim. */
export interface Probe {
  /** `H-1` of the probe table, or `H-1/variant`. */
  id: string;
  control: ControlId;
  title: string;
  /** Route id whose behaviour it proves, for the matrix; absent for the application as a whole. */
  route?: string | undefined;
  identity: IdentityId;
  steps: readonly Step[];
  /** What it means when it fails. */
  failure: string;
  /** It exhausts a counter or changes state that other probes rely on: it gets a freshly started application. */
  fresh?: boolean | undefined;
  /** It ends a session or changes an account: it gets identities of its own. */
  disposable?: boolean | undefined;
  /** Extra environment for its start; an empty text stands for `not set`. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** The start itself is the claim: it must fail and name this variable, never its value. */
  refusesStart?: string | undefined;
  /** Sent only when every probe with this id was proved: it would do harm on an open application. */
  after?: string | undefined;
}

/** A row of the table that is answered without a request. */
export interface Unprobed {
  id: string;
  control: ControlId;
  title: string;
  notRun: string;
}

export type ProbeEntry = Probe | Unprobed;

/** What the probes are written from: never a framework, only what the surface and the policy say. */
export interface ProbeContext {
  surface: Surface;
  policy: Policy;
  /** Decision with a sendable path: every parameter filled in. */
  targets: readonly Target[];
  /** The first target that fits, by role; `undefined` when the application has none. */
  pick: Pick;
  can: {
    /** Identities that exist for this run. */
    identities: readonly IdentityId[];
    /** Why nobody can sign in; '' when somebody can. */
    without: string;
    /** Why one identity does not exist. */
    missing: Readonly<Partial<Record<IdentityId, string>>>;
    /** Of the identities that secure.yaml describes, for an application with a sign-in of its own. */
    described?: DescribedCallers | undefined;
    redis: boolean;
    tls: boolean;
    /** The application's output can be read: not with `--url`. */
    logs: boolean;
    /** Each request can have a client address of its own. */
    addresses: boolean;
    /** The access token is signed with a key that this run knows. */
    forge: boolean;
    /** A development server answers, whose own reading of HTTP no production server shares. */
    developmentServer?: string | undefined;
    /** Why one process was started where the owner's own start runs several. */
    oneOfSeveral?: string | undefined;
    /** Header that makes the application throw inside, where it was started so. */
    fault?: readonly [name: string, word: string] | undefined;
    /** A key pair for starts with JWT_PRIVATE_KEY. */
    keys: { privatePem: string; publicPem: string; publicJwk: string };
    /** The application runs our emitted authentication, with its endpoints under this prefix. */
    ownAuth: { type: 'jwt' | 'session' | 'apikey'; prefix: string } | undefined;
  };
}

export interface DescribedCallers {
  /** The user's credential is a cookie, which a browser sends for every site. */
  cookie: boolean;
  /** Paths that one identity alone may read. */
  owns: Readonly<Partial<Record<IdentityId, readonly string[]>>>;
}

export interface Pick {
  /** A GET that anybody may call and that answers. */
  open: Target | undefined;
  /** A GET that needs a credential and answers to one. */
  read: Target | undefined;
  /** A write that needs a credential and takes JSON. */
  write: Target | undefined;
  /** A write with a JSON body that anybody may send. */
  openWrite: Target | undefined;
  admin: Target | undefined;
  login: Target | undefined;
  register: Target | undefined;
  health: Target | undefined;
  page: Target | undefined;
  object: Target | undefined;
  webhook: Target | undefined;
}

export interface Target {
  decision: Decision;
  method: string;
  /** Sendable path. */
  path: string;
  /** A body that the route's schema admits; texts may hold `{{unique}}`. */
  sample: unknown;
  /** Status that a plain request with the fitting identity got before the probes, when one was sent. */
  answered: number | undefined;
  /** That identity: whom the decision names, or, on a kept route, whom the application answered or its guards ask for. */
  caller?: IdentityId | undefined;
  /** Whether that answer was an HTML page, whatever the route’s class is. */
  html?: boolean | undefined;
}
