import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Application, type Request, type Response, Router } from 'express';
import { type Principal, Problem, unauthorized } from './messages.js';
import type { Policy, Route } from './policy-types.js';

/** The row of the policy that a request reaches, or one for a path that no row lists. */
export type FindRoute = (req: Request, method?: string) => Promise<Route>;

/** What the matchers below are run with: the request as its router will see it, and nothing else of it. */
interface Asked {
  method: string;
  url: string;
  found: (row: Route) => void;
}

/**
 * Matches with Express's own router, so that case, slashes and encoding mean to the guard what they mean to
 * the route. Made at the first request, when the application's routing settings are final.
 */
export function routes(app: Application, policy: Policy): FindRoute {
  let find: FindRoute | undefined;
  return (req, method = req.method) => {
    find ??= finder(app, policy);
    return find(req, method);
  };
}

function finder(app: Application, policy: Policy): FindRoute {
  const loose = matcher(policy, false);
  const exact = matcher(policy, true);
  const isExact = app.enabled('case sensitive routing') || app.enabled('strict routing');
  const twins = new Set(policy.routes.map(({ path }) => path));
  const differs = new Set([...twins].map((path) => path.toLowerCase().replace(/(.)\/$/, '$1')));

  return async function findRoute(req, method = req.method): Promise<Route> {
    const wide = await match(loose, req, method);
    if (wide === undefined && method === 'OPTIONS') return optionsOf(req);
    if (wide === undefined) return unlisted(req, policy);
    if (!isExact && differs.size === twins.size) return wide;
    // Every router has settings of its own, which may differ from the application's: the stricter reading holds.
    const narrow = await match(exact, req, method);
    if (narrow === undefined) return isExact ? stricter(unlisted(req, policy), wide) : wide;
    return stricter(narrow, wide);
  };

  /** Express itself tells the methods of a path: to those who may call one of them. */
  async function optionsOf(req: Request): Promise<Route> {
    const rows = await Promise.all(policy.methods.map((each) => match(loose, req, each)));
    const listed = rows.flatMap((row) => (row === undefined ? [] : [row]));
    const open = listed.sort((a, b) => strictness(a) - strictness(b))[0];
    return open
      ? { method: 'OPTIONS', path: open.path, access: open.access }
      : unlisted(req, policy);
  }
}

function matcher(policy: Policy, exactly: boolean): Router {
  const router = Router({ caseSensitive: exactly, strict: exactly });
  for (const row of policy.routes) {
    const method = row.method === 'ALL' ? 'all' : row.method.toLowerCase();
    const register = (router as unknown as Record<string, unknown>)[method];
    if (typeof register !== 'function') continue;
    register.call(router, row.path, (asked: Asked) => asked.found(row));
  }
  return router;
}

function match(router: Router, req: Request, method: string): Promise<Route | undefined> {
  return new Promise((found, refuse) => {
    const asked: Asked = { method, url: req.url, found };
    router(asked as unknown as Request, {} as Response, (error?: unknown) => {
      // With OPTIONS a router that found nothing tries to answer, and there is nothing to answer with.
      if (error === undefined || error === null || method === 'OPTIONS') found(undefined);
      // A path that cannot be decoded reaches no route.
      else refuse(new Problem(400, { reason: 'malformed path' }));
    });
  });
}

function stricter(a: Route, b: Route): Route {
  return strictness(a) >= strictness(b) ? a : b;
}

function strictness({ access }: Route): number {
  if (access.startsWith('role:')) return 3;
  return access === 'public' ? 0 : access === 'kept' ? 1 : 2;
}

function unlisted(req: Request, policy: Policy): Route {
  const row = { method: req.method, path: req.path };
  if (isPublicFile(req, policy)) return { ...row, access: 'public', limit: 'exempt' };
  return { ...row, access: policy.unlisted === 'kept' ? 'kept' : 'unlisted' };
}

/** A GET that names an existing file below a public folder; dotfiles and ways out of it are none. */
function isPublicFile(req: Request, { files }: Policy): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  return files.some(({ prefix, directory }) => {
    const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
    if (!`${req.path}/`.startsWith(base)) return false;
    const name = decoded(req.path.slice(base.length - 1));
    if (name === undefined || name.includes('\0') || /(?:^|[\\/])\./.test(name)) return false;
    // `express.static` takes one file for a folder, too.
    const file = /^\/*$/.test(name) ? resolve(directory) : join(resolve(directory), name);
    return isFile(file) || isFile(join(file, 'index.html')) || isFile(`${file}.html`);
  });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // Below a file nothing lies, and some names are too long for one.
    return false;
  }
}

/** Default deny: what a row asks of the caller. Nothing is told of paths that no row lists. */
export function authorize(row: Route, principal: Principal | undefined, challenge: string): void {
  if (row.access === 'public' || row.access === 'kept') return;
  if (principal === undefined && row.access === 'unlisted') {
    throw new Problem(404, { event: 'auth.denied', reason: 'unlisted path' });
  }
  if (principal === undefined) throw unauthorized(challenge, 'auth.denied', 'no credential');
  const role = /^role:(.+)$/.exec(row.access)?.[1];
  if (role !== undefined && !principal.roles.includes(role)) {
    throw new Problem(403, { event: 'authz.denied', reason: row.access });
  }
}
