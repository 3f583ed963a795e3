/** Types of `policy`, the one file that differs between two projects. */

export const levels = ['basic', 'standard', 'strict'] as const;
export type Level = (typeof levels)[number];

export type ControlId =
  | 'headers'
  | 'cors'
  | 'ratelimit'
  | 'validation'
  | 'auth'
  | 'authz'
  | 'csrf'
  | 'errors'
  | 'logging';

export interface Limit {
  limit: number;
  windowSeconds: number;
}

export interface Route {
  method: string;
  path: string;
  /** `public`, `user`, `role:<name>`, or `kept`: as the application itself decides. */
  access: string;
  /** Default: `general` for public routes, `api` behind authentication. */
  limit?: string | Limit;
  /** Bodies that the input checks leave alone. */
  body?: 'raw' | 'multipart';
  bodyBytes?: number;
}

export interface Values {
  headers: {
    jsonCsp: string;
    htmlCsp: string;
    htmlCspReportOnly: string;
    hsts: string;
    frameOptionsJson: string;
    frameOptionsHtml: string;
    referrerJson: string;
    referrerHtml: string;
    permissions: string;
    openerHtml: string;
    resourcePolicy: string;
    cacheControl: string;
    clearSiteData: string;
  };
  cors: {
    maxAge: number;
    localhostInDevelopment: boolean;
    httpsOnly: boolean;
    maxOrigins: number;
    allowedHeaders: readonly string[];
    exposedHeaders: readonly string[];
  };
  ratelimit: {
    general: Limit;
    auth: Limit;
    api: Limit;
    account: Limit;
    accountWait: { firstSeconds: number; longestSeconds: number };
    accountStop: number;
    ipv6Prefix: number;
    redisDown: 'memory' | 'refuse';
  };
  validation: {
    bodyBytes: number;
    depth: number;
    keys: number;
    unknownKeys: 'allow' | 'refuse';
  };
  auth: {
    passwordMin: number;
    passwordMax: number;
    argon2: { memory: number; time: number; parallelism: number };
    accessSeconds: number;
    clockSkewSeconds: number;
    refreshIdleSeconds: number;
    refreshAbsoluteSeconds: number;
    sessionIdleSeconds: number;
    sessionAbsoluteSeconds: number;
    sameSite: 'lax' | 'strict';
    keyDays: number;
  };
  authz: { rolesFrom: 'token' | 'store' };
  csrf: { token: boolean; noOrigin: 'allow' | 'refuse' };
  errors: { requestIdHeader: string };
  logging: { maxValue: number; successes: boolean };
}

export interface Policy {
  level: Level;
  controls: Readonly<Record<ControlId, boolean>>;
  auth: 'jwt' | 'session' | 'apikey' | 'oauth' | 'kept';
  authPrefix: string;
  origins: readonly string[];
  proxies: number | readonly string[];
  methods: readonly string[];
  levels: Readonly<Partial<Record<Level, Values>>>;
  files: readonly { prefix: string; directory: string }[];
  unlisted: 'deny' | 'kept';
  routes: readonly Route[];
}
