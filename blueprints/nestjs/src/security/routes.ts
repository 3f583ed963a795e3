import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Principal, Problem, unauthorized } from './messages.js';
import type { Policy, Route } from './policy-types.js';

export interface Routes {
  /** The row of the pattern that Nest's own router matched: what the guard goes by. */
  matched: (method: string, pattern: string) => Route;
  /** The row that a path will probably reach: limits and caps before any router has run. */
  expected: (method: string, path: string) => Route;
}

/** The policy's rows; in registration order, the first match decides. */
export function routesOf(policy: Policy): Routes {
  const byPattern = new Map<string, Route>();
  for (const row of policy.routes) {
    const key = `${row.method} ${shape(row.path)}`;
    if (!byPattern.has(key)) byPattern.set(key, row);
  }
  const byPath = policy.routes.map((row) => ({ row, fits: expression(shape(row.path)) }));

  function unlisted(method: string, requested: string): Route {
    const row = { method, path: requested };
    if (isPublicFile(method, requested, policy))
      return { ...row, access: 'public', limit: 'exempt' };
    return { ...row, access: policy.unlisted === 'kept' ? 'kept' : 'unlisted' };
  }

  return {
    matched(method, pattern) {
      for (const each of methodsFor(method)) {
        const row = byPattern.get(`${each} ${shape(pattern)}`);
        if (row !== undefined) return row;
      }
      return unlisted(method, pattern);
    },
    expected(method, requested) {
      const methods = methodsFor(method);
      const found = byPath.find(
        ({ row, fits }) => methods.includes(row.method) && fits.test(requested),
      );
      return found?.row ?? unlisted(method, requested);
    },
  };
}

function methodsFor(method: string): string[] {
  return method === 'HEAD' ? ['HEAD', 'GET', 'ALL'] : [method, 'ALL'];
}

/** A pattern without the names of its parameters, as Express 4 and 5 write it. */
function shape(pattern: string): string {
  return pattern
    .replace(/\{?\/?\*\w*\}?|\(\.\*\)/g, '*')
    .replace(/:\w+(\([^)]*\))?/g, ':')
    .replace(/(?<=.)\/+$/, '')
    .toLowerCase();
}

function expression(shaped: string): RegExp {
  const source = shaped
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}/?$`, 'i');
}

/** A GET that names an existing file below a public folder; dotfiles are none. */
function isPublicFile(method: string, requested: string, { files }: Policy): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return files.some(({ prefix, directory }) => {
    const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
    if (!requested.startsWith(base) || /%|\/\.|\\/.test(requested)) return false;
    const file = join(resolve(directory), requested.slice(base.length - 1));
    return isFile(file);
  });
}

function isFile(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // Below a file nothing lies, and some names are too long for one.
    return false;
  }
}

/** Default deny: what a route asks of the caller; one of several accesses is enough. */
export function authorize(
  accesses: readonly string[],
  principal: Principal | undefined,
  challenge: string,
): void {
  if (accesses.some((access) => access === 'public' || access === 'kept')) return;
  if (principal === undefined && accesses.includes('unlisted')) {
    throw new Problem(404, { event: 'auth.denied', reason: 'unlisted path' });
  }
  if (principal === undefined) throw unauthorized(challenge, 'auth.denied', 'no credential');
  const allowed = accesses.some(
    (access) => !access.startsWith('role:') || principal.roles.includes(access.slice(5)),
  );
  if (!allowed) throw new Problem(403, { event: 'authz.denied', reason: accesses.join(' ') });
}
