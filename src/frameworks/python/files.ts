import type { Policy } from '../../controls/policy.ts';

/** Blueprint files that every hardened application has: they import each other. */
export const always = [
  '__init__.py',
  'client.py',
  'cors.py',
  'csrf.py',
  'errors.py',
  'events.py',
  'failures.py',
  'gate.py',
  'headers.py',
  'messages.py',
  'policy_types.py',
  'ratelimit.py',
  'redis_client.py',
  'routes.py',
  'scheme.py',
  'settings.py',
  'sign_in.py',
  'store.py',
  'validation.py',
] as const;

/** The files of one kind of authentication; none where the application keeps its own. */
export function authFiles(policy: Policy): readonly string[] {
  if (policy.kept.auth !== undefined) return [];
  if (policy.auth === 'apikey') return ['auth_apikey.py', 'keys.py'];
  if (policy.auth === 'jwt' || policy.auth === 'session') {
    return [`auth_${policy.auth}.py`, 'credentials.py', 'passwords.py', 'state.py', 'users.py'];
  }
  return [];
}
