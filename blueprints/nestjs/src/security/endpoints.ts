import { All, Controller, Inject, Next, Param, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { checkBody, hasBody } from './body.js';
import { callOf, Problem, single } from './messages.js';
import { bodyRead } from './outermost.js';
import { policy } from './policy.js';
import type { Endpoint, Scheme, Visit } from './scheme.js';
import { SECURITY, type Security } from './security.js';

const patterns = [':endpoint', ':endpoint/:id', ':endpoint/:id/:action'];

/** Their paths as Nest's router has them: no other controller writes its own like this. */
export const endpointPaths = patterns.map((pattern) => `${policy.authPrefix}/${pattern}`);

/** Where callers sign in and out: the endpoints of `auth`, whatever the versions of the application are. */
@Controller({ path: policy.authPrefix, version: VERSION_NEUTRAL })
export class Endpoints {
  constructor(@Inject(SECURITY) private readonly security: Security) {}

  @All(patterns)
  async answer(
    @Req() req: Request,
    @Res() res: Response,
    @Next() next: NextFunction,
    @Param('id') id = '',
  ): Promise<void> {
    const endpoint = endpointOf(this.security.scheme, req);
    const call = callOf(req);
    // A path of the application under the same prefix.
    if (endpoint === undefined || call === undefined) return next();
    res.setHeader('Cache-Control', 'no-store');
    await endpoint.answer({ req, res, call, body: this.bodyOf(req), id });
  }

  private bodyOf(req: Request): Visit['body'] {
    if (!hasBody(req)) return {};
    const type = single(req, 'content-type').toLowerCase().split(';')[0]?.trim();
    if (type !== 'application/json') throw new Problem(415);
    const bytes = bodyRead(req);
    // Checked here too: the application may have no input checks of ours.
    const value: unknown =
      bytes === undefined ? req.body : checkBody(this.security.settings, req, bytes);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Visit['body']) : {};
  }
}

/** The endpoint that a request has reached; `undefined` for a path of the application. */
export function endpointOf(scheme: Scheme | undefined, req: Request): Endpoint | undefined {
  const { endpoint = '', id, action } = req.params as Record<string, string | undefined>;
  const below = id === undefined ? '' : '/:id';
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const name = `${endpoint.toLowerCase()}${below}${action === undefined ? '' : `/${action}`}`;
  return scheme?.endpoints[`${method} ${name}`];
}
