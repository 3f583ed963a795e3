import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Request, Response } from 'express';

/** The caller, once authenticated. */
export interface Principal {
  id: string;
  name: string;
  roles: readonly string[];
  scopes: readonly string[];
  /** Token family, session or key: what a logout ends. */
  credential: string;
}

/** What every control knows of one request. */
export interface Call {
  id: string;
  ip: string;
  https: boolean;
  method: string;
  path: string;
  principal: Principal | undefined;
}

const calls = new WeakMap<Request, Call>();
const usableId = /^[\w-]{8,64}$/;

export function startCall(req: Request, ip: string, https: boolean): Call {
  const given = single(req, 'x-request-id');
  const id = usableId.test(given) ? given : randomUUID();
  const call = { id, ip, https, method: req.method, path: req.path, principal: undefined };
  calls.set(req, call);
  return call;
}

export function callOf(req: Request): Call | undefined {
  return calls.get(req);
}

/** The signed-in caller, for your handlers; `undefined` for a stranger. */
export function principalOf(req: Request): Principal | undefined {
  return calls.get(req)?.principal;
}

/** Whether the caller may touch what belongs to `ownerId`: the owner, or an administrator. Use it in every handler that takes an id. */
export function owns(req: Request, ownerId: unknown): boolean {
  const principal = principalOf(req);
  if (principal === undefined) return false;
  return principal.roles.includes('admin') || String(ownerId) === principal.id;
}

/** The single value of a header; '' when it is absent or came more than once. */
export function single(req: Request, name: string): string {
  const values = valuesOf(req, name);
  return values.length === 1 ? (values[0] ?? '') : '';
}

/** Every value of a header as it came: Node joins some of them. */
export function valuesOf(req: Request, name: string): readonly string[] {
  let names = headersOf.get(req);
  if (names === undefined) {
    names = new Map<string, string[]>();
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      const key = req.rawHeaders[i]?.toLowerCase() ?? '';
      const value = req.rawHeaders[i + 1] ?? '';
      const known = names.get(key);
      if (known === undefined) names.set(key, [value]);
      else known.push(value);
    }
    headersOf.set(req, names);
  }
  return names.get(name) ?? none;
}

const none: readonly string[] = [];
const headersOf = new WeakMap<Request, Map<string, string[]>>();

/** `undefined` for what is no URL; the parser's own error would hold the text. */
export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/**
 * Its method, and every other one that an application might take it for (`method-override`): a guard has to
 * allow them all.
 */
export function methodsOf(req: Request, body?: unknown): string[] {
  const inQuery = new URLSearchParams(req.url.split('?')[1] ?? '').getAll('_method');
  const inBody = (body as { _method?: unknown } | null | undefined)?._method;
  const asked = [
    ...overrides.flatMap((name) => valuesOf(req, name)),
    ...inQuery,
    ...(typeof inBody === 'string' ? [inBody] : []),
  ];
  return [...new Set([req.method, ...asked.map((each) => each.trim().toUpperCase())])];
}

export interface ProblemOptions {
  /** Event that is logged with it. */
  event?: string;
  reason?: string;
  headers?: Readonly<Record<string, string>>;
  errors?: readonly { path: string; message: string }[];
}

/** A refusal (RFC 9457). Its texts never hold a submitted value. */
export class Problem extends Error {
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(status: number, options: ProblemOptions = {}) {
    super(options.reason ?? STATUS_CODES[status] ?? 'Error');
    this.status = status;
    this.options = options;
  }
}

export function invalid(message: string, path = ''): Problem {
  return new Problem(400, {
    event: 'validation.refused',
    reason: message,
    errors: [{ path, message }],
  });
}

/** What a caller who has to be known gets while the store is away (RFC 9110 §15.6.4). */
export function unavailable(): Problem {
  return new Problem(503, { headers: { 'Retry-After': '5' } });
}

export function unauthorized(challenge: string, event: string, reason: string): Problem {
  return new Problem(401, { event, reason, headers: { 'WWW-Authenticate': challenge } });
}

/** The answer to a refusal or an error, with nothing in it but a status and the id of the request. */
export function sendProblem(req: Request, res: Response, problem: Problem): void {
  for (const [name, value] of Object.entries(problem.options.headers ?? {})) {
    res.setHeader(name, value);
  }
  const { errors } = problem.options;
  const body = { ...problemBody(problem.status, callOf(req)?.id), ...(errors && { errors }) };
  res.statusCode = problem.status;
  res.setHeader('Content-Type', 'application/problem+json');
  res.end(JSON.stringify(body));
}

export function problemBody(status: number, requestId: string | undefined) {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, ...(requestId === undefined ? {} : { requestId }) };
}
