import type { Policy } from '../../controls/policy.ts';
import { authFiles as shared } from '../express/files.ts';

/** Blueprint files that every hardened application has: they import each other. */
export const always = [
  'index.ts',
  'module.ts',
  'security.ts',
  'outermost.ts',
  'guard.ts',
  'filter.ts',
  'endpoints.ts',
  'decorators.ts',
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
  'headers.ts',
  'ratelimit.ts',
  'redis.ts',
  'sign-in.ts',
] as const;

/** The files of one kind of authentication; its own is `auth` in the project. */
export function authFiles(policy: Policy): readonly string[] {
  return shared(policy);
}
