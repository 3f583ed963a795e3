import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { checkLength, hasBody, readBody } from './body.js';
import { cors } from './cors.js';
import { checkOrigin } from './csrf.js';
import { hideErrors, refuse } from './errors.js';
import { secureHeaders } from './headers.js';
import { type Call, Problem, single, startCall } from './messages.js';
import { clientKey } from './ratelimit.js';
import type { Security } from './security.js';

const bodies = new WeakMap<Request, Buffer>();

/** The bytes of a body that was read within its cap; they went on to the parser unchanged. */
export function bodyRead(req: Request): Buffer | undefined {
  return bodies.get(req);
}

/**
 * What has to stand outside of Nest's router: answers that no handler gives (404, files, parser errors,
 * preflights) pass here too. Who the caller is, is for the guard.
 */
export function outermost(security: Security): RequestHandler {
  const { settings, emit } = security;
  return function secureOutermost(req: Request, res: Response, next: NextFunction): void {
    const call = startCall(req, req.ip ?? '', req.secure);
    if (settings.on('errors') || settings.on('logging')) {
      res.setHeader(settings.values.errors.requestIdHeader, call.id);
    }
    if (settings.on('headers')) secureHeaders(settings, call, res);
    if (settings.on('errors')) hideErrors(settings, emit, req, res);
    if (settings.on('cors') && cors(settings, req, res)) return;
    admit(security, req, res, call).then(
      () => next(),
      (error: unknown) => {
        if (error instanceof Problem) refuse(emit, req, res, error);
        else next(error);
      },
    );
  };
}

async function admit(security: Security, req: Request, res: Response, call: Call): Promise<void> {
  const { settings, limits, routes, scheme } = security;
  const row = routes.expected(req.method, req.path);
  if (row.limit !== 'exempt' && !isPreflight(req)) {
    const address = clientKey(call.ip, settings.values.ratelimit.ipv6Prefix);
    await limits.count(call, res, 'general', address);
  }
  if (settings.on('csrf')) checkOrigin(settings, req);
  const endpoint = scheme !== undefined && isBelow(settings.policy.authPrefix, req.path);
  if (!hasBody(req) || !(settings.on('validation') || endpoint)) return;
  checkLength(settings, req, row);
  if (row.body === undefined) bodies.set(req, await readBody(settings, req, row));
}

/** The application's own CORS answers it where ours is not installed; it carries no credential. */
function isPreflight(req: Request): boolean {
  return req.method === 'OPTIONS' && single(req, 'access-control-request-method') !== '';
}

function isBelow(prefix: string, path: string): boolean {
  return path.toLowerCase().startsWith(`${prefix}/`);
}
