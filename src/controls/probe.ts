import type { Surface } from '../surface/surface.ts';
import type { ControlId } from './control.ts';
import type { Decision, Policy } from './policy.ts';

/** Who sends a request. `key` is an API-key client. */
export type IdentityId = 'anonymous' | 'user' | 'other' | 'admin';

/** A request as data. Raw bytes where a client library would tidy them up. */
export interface RequestSpec {
  method: string;
  /** Request target, sent as it stands. May hold `{{name}}` of an earlier `save`. */
  path: string;
  /** Whose credentials are attached; none when absent. */
  as?: IdentityId | undefined;
  /** In order, duplicates kept. Values may hold `{{name}}`. */
  headers?: readonly (readonly [string, string])[] | undefined;
  /** Sent as JSON with its content type unless `headers` names one. */
  json?: unknown;
  /** Sent as it stands. */
  body?: string | Uint8Array | undefined;
  /** The whole request, byte for byte: for malformed ones. */
  raw?: string | undefined;
}

/** What an answer must be. Every clause given must hold. */
export interface Expectation {
  status?: readonly number[] | undefined;
  notStatus?: readonly number[] | undefined;
  /** Header present exactly once with this value, or matching this pattern. */
  header?: Readonly<Record<string, string | RegExp>> | undefined;
  absent?: readonly string[] | undefined;
  bodyHas?: readonly (string | RegExp)[] | undefined;
  bodyLacks?: readonly (string | RegExp)[] | undefined;
  /** Milliseconds, generous: an upper bound against hangs, never a benchmark. */
  within?: number | undefined;
}

export interface Step {
  send: RequestSpec;
  expect?: Expectation | undefined;
  /** Sends the request this many times; `vary` changes the n-th. */
  times?: number | undefined;
  parallel?: boolean | undefined;
  vary?: ((n: number) => Partial<RequestSpec>) | undefined;
  /** Over all answers of a repeated step. */
  tally?: { status: number; atLeast?: number; atMost?: number } | undefined;
  /** Keeps parts of the answer: a JSON pointer, `header:name`, `cookie:name` or `status`. */
  save?: Readonly<Record<string, string>> | undefined;
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
  /** Extra environment for that start. */
  environment?: Readonly<Record<string, string>> | undefined;
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
  pick: {
    /** A GET that anybody may call and that answers. */
    open: Target | undefined;
    /** A GET that needs a credential. */
    read: Target | undefined;
    /** A write that needs a credential and takes JSON. */
    write: Target | undefined;
    admin: Target | undefined;
    login: Target | undefined;
    register: Target | undefined;
    health: Target | undefined;
    page: Target | undefined;
    object: Target | undefined;
    webhook: Target | undefined;
  };
  can: {
    /** Identities that exist for this run. */
    identities: readonly IdentityId[];
    redis: boolean;
    tls: boolean;
    /** The application runs our emitted authentication, with its endpoints under this prefix. */
    ownAuth: { type: 'jwt' | 'session' | 'apikey'; prefix: string } | undefined;
  };
}

export interface Target {
  decision: Decision;
  method: string;
  /** Sendable path. */
  path: string;
  /** A body that the route's schema admits. */
  sample: unknown;
}
