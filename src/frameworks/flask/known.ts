import type { Credential, GuardKind } from '../../surface/surface.ts';

interface Known {
  kinds: readonly GuardKind[];
  credential?: Credential;
}

/** Decorators and extensions by their last name. */
export const known: Readonly<Record<string, Known>> = {
  login_required: { kinds: ['auth'], credential: 'cookie' },
  fresh_login_required: { kinds: ['auth'], credential: 'cookie' },
  jwt_required: { kinds: ['auth'], credential: 'bearer' },
  fresh_jwt_required: { kinds: ['auth'], credential: 'bearer' },
  jwt_refresh_token_required: { kinds: ['auth'], credential: 'bearer' },
  auth_required: { kinds: ['auth'], credential: 'unknown' },
  auth_token_required: { kinds: ['auth'], credential: 'bearer' },
  'HTTPBasicAuth.login_required': { kinds: ['auth'], credential: 'basic' },
  'HTTPTokenAuth.login_required': { kinds: ['auth'], credential: 'bearer' },
  roles_required: { kinds: ['authz'] },
  roles_accepted: { kinds: ['authz'] },
  has_access: { kinds: ['auth', 'authz'], credential: 'cookie' },
  has_access_api: { kinds: ['auth', 'authz'], credential: 'cookie' },
  permission_required: { kinds: ['authz'] },
  limit: { kinds: ['ratelimit'] },
  use_kwargs: { kinds: ['validation'] },
  use_args: { kinds: ['validation'] },
  validate: { kinds: ['validation'] },
  expect: { kinds: ['validation'] },
  cross_origin: { kinds: ['cors'] },
  CORS: { kinds: ['cors'] },
  Limiter: { kinds: ['ratelimit'] },
  CSRFProtect: { kinds: ['csrf'] },
  CsrfProtect: { kinds: ['csrf'] },
  SeaSurf: { kinds: ['csrf'] },
  Talisman: { kinds: ['headers'] },
  Session: { kinds: ['session'] },
};
