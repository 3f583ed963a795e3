import type { Confidence, Param } from '../surface/surface.ts';
import type { AuthValues } from './auth/levels.ts';
import type { AuthzValues } from './authz/levels.ts';
import type { ControlId } from './control.ts';
import type { CorsValues } from './cors/levels.ts';
import type { CsrfValues } from './csrf/levels.ts';
import type { ErrorsValues } from './errors/levels.ts';
import type { HeadersValues } from './headers/levels.ts';
import type { Level } from './level.ts';
import type { LoggingValues } from './logging/levels.ts';
import type { Limit, RatelimitValues } from './ratelimit/levels.ts';
import type { ValidationValues } from './validation/levels.ts';

export const authTypes = ['jwt', 'oauth', 'apikey', 'session'] as const;
export type AuthType = (typeof authTypes)[number];

/** The values of every control at one level. */
export interface ControlValues {
  headers: HeadersValues;
  cors: CorsValues;
  ratelimit: RatelimitValues;
  validation: ValidationValues;
  auth: AuthValues;
  authz: AuthzValues;
  csrf: CsrfValues;
  errors: ErrorsValues;
  logging: LoggingValues;
}

/** `domain/not-breaking.md`, step 2. */
export const routeClasses = [
  'probe',
  'login',
  'callback',
  'webhook',
  'read',
  'user',
  'service',
  'admin',
  'upload',
  'page',
  'docs',
  'static',
] as const;
export type RouteClass = (typeof routeClasses)[number];

/** Who may call: anybody, anybody signed in, a role, or as the application itself decides today (`kept`). */
export type Access = 'public' | 'user' | 'kept' | `role:${string}`;

/** Keys of a body as its handler reads them; the source of a printed schema. */
export interface BodyShape {
  fields: readonly Pick<Param, 'name' | 'type' | 'optional' | 'enum' | 'confidence'>[];
  /** Unknown keys may be refused: everything that the handler reads was seen. */
  closed: boolean;
}

/** What shall hold for one route, and why. */
export interface Decision {
  /** Route id of the surface. */
  route: string;
  method: string;
  path: string;
  class: RouteClass;
  access: Access;
  limit: 'general' | 'auth' | 'api' | 'exempt' | Limit;
  /** Cookie-authenticated writes need the CSRF defence. */
  csrf: boolean;
  /** `raw`: bytes stay untouched (webhook signatures). */
  body: 'none' | 'json' | 'form' | 'multipart' | 'raw' | 'any';
  /** Cap in bytes where it differs from the level's. */
  bodyBytes?: number | undefined;
  schema?: BodyShape | undefined;
  reason: string;
  confidence: Confidence;
  /** The owner is asked to look at it. */
  needsAnswer: boolean;
  source: 'derived' | 'user';
}

export interface Environment {
  /** Exact origins of front ends. */
  origins: readonly string[];
  /** Hop count or CIDRs of the proxies in front; 0 for none. Never `true`. */
  proxies: number | readonly string[];
}

/** What shall hold: printed into the project as `policy.*`, written for people as `secure.yaml`. */
export interface Policy {
  level: Level;
  /** `kept`: the application's own authentication stays. */
  auth: AuthType | 'kept';
  /** Values per level from the chosen one up, with the user's overrides applied. */
  values: Partial<Record<Level, ControlValues>>;
  /** Controls that the application already does right: kept and proven, not installed. */
  kept: Partial<Record<ControlId, string>>;
  environment: Environment;
  /** Folders of public files, as mounted. */
  files: readonly { prefix: string; directory: string }[];
  /**
   * A path that no decision lists: `deny` asks for a signed-in user (anonymous: 404), `kept` leaves it
   * as it is, which is said loudly and only where the surface has places that could not be read.
   */
  unlisted: 'deny' | 'kept';
  /** In registration order: the first match decides. */
  decisions: readonly Decision[];
}
