import type { Policy } from '../../controls/policy.ts';

/** Blueprint files that every hardened application has, whatever mounts them: they import each other. */
export const always = [
  'index.ts',
  'messages.ts',
  'settings.ts',
  'policy-types.ts',
  'scheme.ts',
  'schema-check.ts',
  'routes.ts',
  'before-headers.ts',
  'body.ts',
  'cors.ts',
  'csrf.ts',
  'errors.ts',
  'events.ts',
  'failures.ts',
  'headers.ts',
  'ratelimit.ts',
  'redis.ts',
  'sign-in.ts',
] as const;

const accounts = ['credentials.ts', 'passwords.ts', 'store.ts', 'state.ts', 'users.ts'] as const;

/** The files of one kind of authentication; its own is `auth` in the project. */
export function authFiles(policy: Policy): readonly string[] {
  if (policy.kept.auth !== undefined) return ['auth-none.ts'];
  if (policy.auth === 'apikey') return ['auth-apikey.ts', 'store.ts', 'keys.ts'];
  if (policy.auth === 'jwt' || policy.auth === 'session') {
    return [`auth-${policy.auth}.ts`, ...accounts];
  }
  return ['auth-none.ts'];
}
