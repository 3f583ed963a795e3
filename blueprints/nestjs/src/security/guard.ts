import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { checkBody, checkQuery, hasBody } from './body.js';
import { ACCESS, LIMIT } from './decorators.js';
import { Endpoints, endpointOf } from './endpoints.js';
import {
  type Call,
  callOf,
  type Principal,
  Problem,
  problemBody,
  startCall,
  unavailable,
} from './messages.js';
import { bodyRead } from './outermost.js';
import type { Limit, Route } from './policy-types.js';
import { clientKey } from './ratelimit.js';
import { authorize } from './routes.js';
import { checkSchema } from './schema-check.js';
import { SECURITY, type Security } from './security.js';
import { accountIn } from './sign-in.js';

/** What a handler asks of its caller. */
interface Wanted {
  row: Route;
  /** One of them is enough. */
  accesses: readonly string[];
  limit: Route['limit'];
}

/** Authentication, authorization, limits per caller and input checks, in this order, before every handler. */
@Injectable()
export class SecurityGuard implements CanActivate {
  constructor(
    @Inject(SECURITY) private readonly security: Security,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const [req, res] = exchangeOf(context);
    if (req === undefined) return this.withoutRequest(context);
    const call = callOf(req) ?? startCall(req, req.ip ?? '', req.secure);
    const wanted = this.wantedBy(context, req);
    if (wanted === undefined) return true;
    try {
      await this.admit(wanted, req, res, call);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const refusal = refused(this.security, call, res, error);
      throw context.getType() === 'http' ? refusal : forGraphql(refusal);
    }
    return true;
  }

  /**
   * A message of a queue or a socket: its gateway decides. A GraphQL subscription has no credential that could
   * be asked for, so strangers get those alone that are marked as public.
   */
  private withoutRequest(context: ExecutionContext): boolean {
    const { settings, scheme, emit } = this.security;
    if (context.getType<string>() !== 'graphql') return true;
    if (scheme === undefined || !settings.on('authz')) return true;
    const marks = [context.getHandler(), context.getClass()];
    const accesses = this.reflector.getAllAndOverride<string[] | undefined>(ACCESS, marks) ?? [];
    if (accesses.includes('public')) return true;
    emit('auth.denied', 'failure', undefined, { reason: 'subscription' });
    throw new UnauthorizedException();
  }

  private async admit(wanted: Wanted, req: Request, res: Response, call: Call): Promise<void> {
    const { settings, limits, scheme, schemas } = this.security;
    const { row, accesses, limit } = wanted;
    const address = clientKey(call.ip, settings.values.ratelimit.ipv6Prefix);
    if (limit === 'auth') await limits.count(call, res, 'auth', address);
    if (typeof limit === 'object') {
      await limits.count(call, res, `${row.method} ${row.path}`, address, limit);
    }
    if (scheme !== undefined) {
      const known = call.principal !== undefined;
      call.principal ??= await this.identified(req, call, accesses);
      if (settings.on('authz')) authorize(accesses, call.principal, scheme.challenge);
      // A GraphQL request passes here once for each field, and counts once.
      if (call.principal !== undefined && !known && limit !== 'exempt') {
        await limits.count(call, res, 'api', call.principal.id);
      }
    }
    if (!settings.on('validation')) return;
    checkQuery(settings, req);
    const bytes = bodyRead(req);
    if (bytes === undefined || bytes.length === 0 || !hasBody(req)) return;
    const value = checkBody(settings, req, bytes);
    checkSchema(schemas, row, value);
    if (row.limit === 'auth') await limits.watchSignIn(call, res, accountIn(value, bytes));
  }

  private async identified(
    req: Request,
    call: Call,
    accesses: readonly string[],
  ): Promise<Principal | undefined> {
    try {
      return await this.security.scheme?.identify(req, call);
    } catch (error) {
      const open = accesses.includes('public') || accesses.includes('kept');
      // A public route stays public for a caller whose token ran out.
      if (error instanceof Problem && error.status === 401 && open) return undefined;
      if (error instanceof Problem) throw error;
      // A store that is away lets nobody through; what is public stays so.
      const reason = error instanceof Error ? error.name : 'store';
      this.security.emit('store.down', 'failure', call, { reason });
      if (open) return undefined;
      throw unavailable();
    }
  }

  private wantedBy(context: ExecutionContext, req: Request): Wanted | undefined {
    // GraphQL over GET asks the same resolvers.
    const row = this.rowOf(req, context.getType() === 'http' ? req.method : 'POST');
    if (context.getClass() === Endpoints) {
      const endpoint = endpointOf(this.security.scheme, req);
      // It goes on to the handler that has this path; the guard stands there too.
      if (endpoint === undefined) return undefined;
      if (endpoint.open) return { row, accesses: ['public'], limit: 'auth' };
      const access = endpoint.role === undefined ? 'user' : `role:${endpoint.role}`;
      return { row, accesses: [access], limit: 'api' };
    }
    const marks = [context.getHandler(), context.getClass()];
    const accesses = this.reflector.getAllAndOverride<string[]>(ACCESS, marks) ?? [row.access];
    const limit = this.reflector.getAllAndOverride<string | Limit>(LIMIT, marks) ?? row.limit;
    return { row, accesses, limit };
  }

  /** By the pattern that Express matched, so that case, slashes and encoding mean here what they mean there. */
  private rowOf(req: Request, method: string): Route {
    const pattern: unknown = req.route?.path;
    const { routes } = this.security;
    return typeof pattern === 'string'
      ? routes.matched(method, pattern)
      : // What a middleware answers below its mount (GraphQL) sees a path without it.
        routes.expected(method, callOf(req)?.path ?? req.baseUrl + req.path);
  }
}

/** The HTTP request behind a handler, a GraphQL resolver included. */
function exchangeOf(context: ExecutionContext): [Request, Response] | [undefined, undefined] {
  if (context.getType() === 'http') {
    const http = context.switchToHttp();
    return [http.getRequest<Request>(), http.getResponse<Response>()];
  }
  const graphql = context.getArgByIndex<{ req?: Request } | undefined>(2)?.req;
  return graphql?.res === undefined ? [undefined, undefined] : [graphql, graphql.res];
}

/** GraphQL servers take the code of their error from these members. */
function forGraphql(refusal: HttpException): HttpException {
  const status = refusal.getStatus();
  const response = refusal.getResponse() as { title?: string };
  return new HttpException({ ...response, statusCode: status, message: response.title }, status);
}

/** A refusal as Nest throws it; its headers and its event do not depend on who prints it. */
export function refused(
  { emit, scheme }: Security,
  call: Call,
  res: Response,
  problem: Problem,
): HttpException {
  const { event, reason, headers = {}, errors } = problem.options;
  if (event !== undefined) emit(event, 'failure', call, reason === undefined ? {} : { reason });
  if (problem.status === 401 && scheme !== undefined) {
    res.setHeader('WWW-Authenticate', scheme.challenge);
  }
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  const body = { ...problemBody(problem.status, call.id), ...(errors && { errors }) };
  return new HttpException(body, problem.status);
}
