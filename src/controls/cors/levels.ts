import type { ByLevel } from '../level.ts';

/** Values of Cross-Origin Resource Sharing. Origins come from CORS_ORIGINS and secure.yaml, never from a fallback (CWE-942). */
export interface CorsValues {
  /** Seconds that a browser may keep a preflight; Chrome caps at 7200. */
  maxAge: number;
  /** `http://localhost:*` is allowed while the environment is development. */
  localhostInDevelopment: boolean;
  /** Start refuses an http origin, `*`, `null` and more than `maxOrigins`. */
  httpsOnly: boolean;
  maxOrigins: number;
  allowedHeaders: readonly string[];
  exposedHeaders: readonly string[];
}

const allowedHeaders = [
  'Content-Type',
  'Authorization',
  'X-API-Key',
  'X-CSRF-Token',
  'X-Request-Id',
];
const exposedHeaders = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  'Location',
  'ETag',
];

export const corsLevels: ByLevel<CorsValues> = {
  basic: {
    maxAge: 600,
    localhostInDevelopment: true,
    httpsOnly: false,
    maxOrigins: 100,
    allowedHeaders,
    exposedHeaders,
  },
  standard: {
    maxAge: 7200,
    localhostInDevelopment: false,
    httpsOnly: false,
    maxOrigins: 100,
    allowedHeaders,
    exposedHeaders,
  },
  strict: {
    maxAge: 600,
    localhostInDevelopment: false,
    httpsOnly: true,
    maxOrigins: 10,
    allowedHeaders,
    exposedHeaders,
  },
};
