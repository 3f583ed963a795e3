import { All, Controller, Inject, Param, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import type { Request, Response } from 'express';
import { hasBody, parse } from './body.js';
import { callOf, Problem, single } from './messages.js';
import { bodyRead } from './outermost.js';
import { policy } from './policy.js';
import type { Endpoint, Scheme, Visit } from './scheme.js';
import { SECURITY, type Security } from './security.js';

/** Where callers sign in and out: the endpoints of `auth`, under one prefix whatever the versions are. */
@Controller({ path: policy.authPrefix, version: VERSION_NEUTRAL })
export class Endpoints {
  constructor(@Inject(SECURITY) private readonly security: Security) {}

  @All([':name', ':name/:id', ':name/:id/:action'])
  async answer(
    @Req() req: Request,
    @Res() res: Response,
    @Param() { id = '' }: { id?: string },
  ): Promise<void> {
    const endpoint = endpointOf(this.security.scheme, req);
    const call = callOf(req);
    if (endpoint === undefined || call === undefined) throw new Problem(404);
    await endpoint.answer({ req, res, call, body: this.bodyOf(req), id });
  }

  private bodyOf(req: Request): Visit['body'] {
    if (!hasBody(req)) return {};
    const type = single(req, 'content-type').toLowerCase().split(';')[0]?.trim();
    if (type !== 'application/json') throw new Problem(415);
    const bytes = bodyRead(req);
    const value: unknown = bytes === undefined ? req.body : parse(this.security.settings, bytes);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Visit['body']) : {};
  }
}

/** The endpoint that a request has reached; `undefined` for a handler of the application. */
export function endpointOf(scheme: Scheme | undefined, req: Request): Endpoint | undefined {
  const { name = '', id, action } = req.params as Record<string, string | undefined>;
  const parts = [
    name.toLowerCase(),
    id === undefined ? '' : '/:id',
    action === undefined ? '' : `/${action}`,
  ];
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  return scheme?.endpoints[`${method} ${parts.join('')}`];
}
