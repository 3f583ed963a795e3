import { statSync } from 'node:fs';
import path from 'node:path';
import { type Application, type Request, type Response, Router } from 'express';
import { type Principal, Problem, unauthorized } from './messages.js';
import type { Policy, Route } from './policy-types.js';

/** The row of the policy that a request reaches, or one for a path that no row lists. */
export type FindRoute = (req: Request, res: Response) => Promise<Route>;

/**
 * Matches with Express's own router, so that case, slashes and encoding mean to the guard what they mean to
 * the route. Made at the first request, when the application's routing settings are final.
 */
export function routes(app: Application, policy: Policy): FindRoute {
  let matcher: Router | undefined;
  const found = new WeakMap<Request, Route>();

  function build(): Router {
    const router = Router({
      caseSensitive: app.enabled('case sensitive routing'),
      strict: app.enabled('strict routing'),
    });
    for (const row of policy.routes) {
      const method = row.method === 'ALL' ? 'all' : row.method.toLowerCase();
      const register = (router as unknown as Record<string, unknown>)[method];
      if (typeof register !== 'function') continue;
      register.call(
        router,
        row.path,
        (req: Request, _res: Response, next: (to: string) => void) => {
          found.set(req, row);
          next('router');
        },
      );
    }
    return router;
  }

  return function find(req, res) {
    matcher ??= build();
    const run = matcher;
    return new Promise((resolve, reject) => {
      run(req, res, (error?: unknown) => {
        // A path that cannot be decoded reaches no route.
        if (error && error !== 'router')
          return reject(new Problem(400, { reason: 'malformed path' }));
        resolve(found.get(req) ?? unlisted(req, policy));
      });
    });
  };
}

function unlisted(req: Request, policy: Policy): Route {
  const row = { method: req.method, path: req.path };
  if (isPublicFile(req, policy)) return { ...row, access: 'public', limit: 'exempt' };
  return { ...row, access: policy.unlisted === 'kept' ? 'kept' : 'unlisted' };
}

/** A GET that names an existing file below a public folder; links out of it and dotfiles are none. */
function isPublicFile(req: Request, { files }: Policy): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  return files.some(({ prefix, directory }) => {
    const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
    if (!`${req.path}/`.startsWith(base)) return false;
    const name = decoded(req.path.slice(base.length - 1));
    if (name === undefined || name.includes('\0') || /(?:^|[\\/])\./.test(name)) return false;
    const file = path.join(path.resolve(directory), name);
    return isFile(file) || isFile(path.join(file, 'index.html'));
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
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
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
