import type { Application, NextFunction, Request, Response } from 'express';
import { beforeHeaders } from './before-headers.js';
import {
  checkBody,
  checkLength,
  checkQuery,
  hasBody,
  parse,
  readBody,
  walk,
  watchLength,
} from './body.js';
import { cors } from './cors.js';
import { checkOrigin } from './csrf.js';
import { hideErrors, refuse } from './errors.js';
import type { Emit } from './events.js';
import { refusalHeaders, secureHeaders } from './headers.js';
import {
  type Call,
  methodsOf,
  Problem,
  single,
  startCall,
  unauthorized,
  unavailable,
} from './messages.js';
import type { Route } from './policy-types.js';
import { clientKey, type Limits } from './ratelimit.js';
import { authorize, routes } from './routes.js';
import { checkSchema, type Schemas } from './schema-check.js';
import type { Endpoint, Scheme } from './scheme.js';
import type { Settings } from './settings.js';
import { accountIn } from './sign-in.js';

export interface GateInput {
  app: Application;
  settings: Settings;
  emit: Emit;
  limits: Limits;
  scheme: Scheme | undefined;
  schemas: Schemas;
}

/** Every control in the one right order, in front of everything that the application has. */
export function gate(input: GateInput) {
  const { app, settings, emit, limits, scheme } = input;
  const { values, policy } = settings;
  const find = routes(app, policy);
  const prefix = `${policy.authPrefix.replace(/\/$/, '')}/`;

  return function securityGate(req: Request, res: Response, next: NextFunction): void {
    // A later `app.set('trust proxy', true)` would let callers choose the address that is counted.
    if (app.get('trust proxy') !== settings.proxies) app.set('trust proxy', settings.proxies);
    const call = startCall(req, req.ip ?? '', req.secure);
    if (settings.on('errors') || settings.on('logging')) {
      // The application may have set the caller's own text under that name.
      beforeHeaders(res, () => res.setHeader(values.errors.requestIdHeader, call.id));
    }
    if (settings.on('headers')) secureHeaders(settings, call, res);
    if (settings.on('errors')) hideErrors(settings, emit, req, res);
    if (settings.on('cors') && cors(settings, req, res)) return;
    enter(req, res, call).then(
      (goOn) => goOn && next(),
      (error: unknown) => fail(error, req, res, call, next),
    );
  };

  /** @returns false when the request is answered */
  async function enter(req: Request, res: Response, call: Call): Promise<boolean> {
    const visit = scheme && endpointOf(scheme, req, prefix);
    const row: Route = visit
      ? { method: req.method, path: req.path, access: visit.endpoint.open ? 'public' : 'user' }
      : isPreflight(req) && !settings.on('cors')
        ? { method: req.method, path: req.path, access: 'public', limit: 'exempt' }
        : await find(req);
    const limit = row.limit ?? 'general';
    const address = clientKey(call.ip, values.ratelimit.ipv6Prefix);
    if (limit !== 'exempt') await limits.count(call, res, 'general', address);
    if (limit === 'auth' || visit?.endpoint.open) await limits.count(call, res, 'auth', address);
    if (typeof limit === 'object') {
      await limits.count(call, res, `${row.method} ${row.path}`, address, limit);
    }
    if (settings.on('csrf')) checkOrigin(settings, req);
    if (settings.on('validation')) checkLength(settings, req, row);
    if (scheme !== undefined) await admit(scheme, req, call, row, visit?.endpoint);
    if (call.principal !== undefined && limit !== 'exempt') {
      await limits.count(call, res, 'api', call.principal.id);
    }
    if (settings.on('validation')) checkQuery(settings, req);
    if (visit) {
      res.setHeader('Cache-Control', 'no-store');
      const body = await endpointBody(req, row);
      await visit.endpoint.answer({ req, res, call, body, id: visit.id });
      return false;
    }
    if (settings.on('validation')) await examine(req, res, call, row);
    return true;
  }

  /** The input checks: the last thing before the application. */
  async function examine(req: Request, res: Response, call: Call, row: Route): Promise<void> {
    if (row.body !== undefined) {
      watchLength(settings, req, row, () => {
        res.once('finish', () => req.destroy());
        refuse(emit, req, res, new Problem(413));
      });
      return;
    }
    if (!hasBody(req)) return;
    const bytes = await readBody(settings, req, row);
    const value = bytes.length === 0 ? undefined : checkBody(settings, req, bytes);
    checkSchema(input.schemas, row, value);
    if (scheme !== undefined && settings.on('authz')) {
      await admitOthers(scheme, req, call, methodsOf(req, value ?? formOf(bytes)));
    }
    if (row.limit === 'auth') await limits.watchSignIn(call, res, accountIn(value, bytes));
  }

  async function admit(
    by: Scheme,
    req: Request,
    call: Call,
    row: Route,
    endpoint: Endpoint | undefined,
  ): Promise<void> {
    if (endpoint?.open) return;
    call.principal = await by.identify(req, call).catch((error: unknown) => {
      const open = endpoint === undefined && (row.access === 'public' || row.access === 'kept');
      if (!open || (error instanceof Problem && error.status !== 401)) throw error;
      // A public route stays public for a caller whose token ran out, and while nobody can be known.
      if (!(error instanceof Problem)) storeDown(error, call);
      return undefined;
    });
    if (endpoint !== undefined && call.principal === undefined) {
      throw unauthorized(by.challenge, 'auth.denied', 'no credential');
    }
    if (endpoint?.role !== undefined && !call.principal?.roles.includes(endpoint.role)) {
      throw new Problem(403, { event: 'authz.denied', reason: endpoint.role });
    }
    if (!settings.on('authz')) return;
    authorize(row, call.principal, by.challenge);
    await admitOthers(by, req, call, methodsOf(req));
  }

  /** An application that reads such a header or field runs another route than the one asked for. */
  async function admitOthers(
    by: Scheme,
    req: Request,
    call: Call,
    methods: string[],
  ): Promise<void> {
    for (const method of methods.filter((each) => each !== req.method)) {
      authorize(await find(req, method), call.principal, by.challenge);
    }
  }

  async function endpointBody(req: Request, row: Route): Promise<Record<string, unknown>> {
    if (!hasBody(req)) return {};
    const type = single(req, 'content-type').toLowerCase().split(';')[0]?.trim();
    if (type !== 'application/json') throw new Problem(415);
    const bytes = await readBody(settings, req, row);
    const value = settings.on('validation')
      ? checkBody(settings, req, bytes)
      : parse(settings, bytes);
    walk(settings, value);
    return Array.isArray(value) ? {} : (value as Record<string, unknown>);
  }

  function fail(error: unknown, req: Request, res: Response, call: Call, next: NextFunction): void {
    refusalHeaders(settings, res);
    if (error instanceof Problem) {
      refuse(emit, req, res, withChallenge(error));
      return;
    }
    // A store that is away never lets a request through.
    storeDown(error, call);
    if (settings.on('errors')) refuse(emit, req, res, unavailable());
    else next(error);
  }

  function storeDown(error: unknown, call: Call): void {
    emit('store.down', 'failure', call, { reason: error instanceof Error ? error.name : 'store' });
  }

  function withChallenge(problem: Problem): Problem {
    if (problem.status !== 401 || problem.options.headers || scheme === undefined) return problem;
    const headers = { 'WWW-Authenticate': scheme.challenge };
    return new Problem(401, { ...problem.options, headers });
  }
}

function formOf(bytes: Buffer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(bytes.toString('latin1')));
}

/** Preflights carry no credential; the application's own CORS answers them where ours is not installed. */
function isPreflight(req: Request): boolean {
  const names = ['origin', 'access-control-request-method'];
  return req.method === 'OPTIONS' && names.every((name) => single(req, name) !== '');
}

/** The emitted endpoint that a request calls; `undefined` for a path of the application. */
function endpointOf(
  scheme: Scheme,
  req: Request,
  prefix: string,
): { endpoint: Endpoint; id: string } | undefined {
  if (!req.path.startsWith(prefix)) return undefined;
  const name = req.path.slice(prefix.length);
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const id = /^keys\/([^/]+)/.exec(name)?.[1] ?? '';
  const generic = id === '' ? name : name.replace(`keys/${id}`, 'keys/:id');
  const endpoint = scheme.endpoints[`${method} ${generic}`];
  return endpoint && { endpoint, id };
}
