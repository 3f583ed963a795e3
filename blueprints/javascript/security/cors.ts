import type { Request, Response } from 'express';
import { beforeHeaders } from './before-headers.js';
import { refusalHeaders } from './headers.js';
import { single, valuesOf } from './messages.js';
import type { Settings } from './settings.js';

/**
 * Exact origins, no fallback (CWE-942); a refused origin gets the route's answer without permission, never a 5xx.
 * @returns true when it was a preflight and is answered
 */
export function cors(settings: Settings, req: Request, res: Response): boolean {
  const origin = single(req, 'origin');
  // Caches must know that the answer depends on it, also when it is absent.
  res.vary('Origin');
  if (valuesOf(req, 'origin').length === 0) return false;
  const allowed = isAllowed(settings, origin);
  const preflight = req.method === 'OPTIONS' && single(req, 'access-control-request-method') !== '';
  if (allowed) allow(settings, origin, preflight, res);
  else if (!preflight) forbid(res);
  if (preflight) {
    // The application's own headers never reach an answer that it does not see.
    refusalHeaders(settings, res);
    res.status(204).end();
  }
  return preflight;
}

/** What the application's own middleware grants to an origin that the policy does not name is taken back. */
function forbid(res: Response): void {
  beforeHeaders(res, () => {
    for (const name of res.getHeaderNames()) {
      if (name.startsWith('access-control-')) res.removeHeader(name);
    }
  });
}

function allow(settings: Settings, origin: string, preflight: boolean, res: Response): void {
  const values = settings.values.cors;
  res.setHeader('Access-Control-Allow-Origin', origin);
  // Only a cookie needs credentialed reads across origins.
  if (settings.policy.auth === 'session' || settings.policy.auth === 'kept') {
    res.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  if (!preflight) {
    res.setHeader('Access-Control-Expose-Headers', values.exposedHeaders.join(', '));
    // The application's own middleware may say `*`, which no browser takes together with credentials.
    beforeHeaders(res, () => res.setHeader('Access-Control-Allow-Origin', origin));
    return;
  }
  res.setHeader('Access-Control-Allow-Methods', settings.policy.methods.join(', '));
  res.setHeader('Access-Control-Allow-Headers', values.allowedHeaders.join(', '));
  res.setHeader('Access-Control-Max-Age', String(values.maxAge));
}

function isAllowed(settings: Settings, origin: string): boolean {
  if (settings.origins.has(origin)) return true;
  const local =
    settings.values.cors.localhostInDevelopment && settings.environment === 'development';
  return local && /^http:\/\/localhost(:\d{1,5})?$/.test(origin);
}
