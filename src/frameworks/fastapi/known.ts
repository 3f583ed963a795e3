import type { Credential, GuardKind } from '../../surface/surface.ts';

interface Known {
  kinds: readonly GuardKind[];
  credential?: Credential;
}

/** Dependencies and middleware by the class or function that they are. */
export const known: Readonly<Record<string, Known>> = {
  OAuth2PasswordBearer: { kinds: ['auth'], credential: 'bearer' },
  OAuth2AuthorizationCodeBearer: { kinds: ['auth'], credential: 'bearer' },
  HTTPBearer: { kinds: ['auth'], credential: 'bearer' },
  HTTPBasic: { kinds: ['auth'], credential: 'basic' },
  HTTPDigest: { kinds: ['auth'], credential: 'basic' },
  APIKeyHeader: { kinds: ['auth'], credential: 'apikey' },
  APIKeyQuery: { kinds: ['auth'], credential: 'apikey' },
  APIKeyCookie: { kinds: ['auth'], credential: 'cookie' },
  OpenIdConnect: { kinds: ['auth'], credential: 'bearer' },
  CORSMiddleware: { kinds: ['cors'] },
  SessionMiddleware: { kinds: ['session', 'cookies'] },
  TrustedHostMiddleware: { kinds: [] },
  HTTPSRedirectMiddleware: { kinds: [] },
  GZipMiddleware: { kinds: [] },
  AuthenticationMiddleware: { kinds: ['auth'] },
  SlowAPIMiddleware: { kinds: ['ratelimit'] },
  SlowAPIASGIMiddleware: { kinds: ['ratelimit'] },
  RateLimiter: { kinds: ['ratelimit'] },
  CSRFMiddleware: { kinds: ['csrf'] },
  CsrfProtect: { kinds: ['csrf'] },
  current_user: { kinds: ['auth'], credential: 'unknown' },
  JwtAccessBearer: { kinds: ['auth'], credential: 'bearer' },
  AuthJWT: { kinds: ['auth'], credential: 'bearer' },
};

/** Routes that fastapi-users makes, relative to where its router is included. */
export const fastapiUsers: Readonly<Record<string, readonly [string, string][]>> = {
  get_auth_router: [
    ['POST', '/login'],
    ['POST', '/logout'],
  ],
  get_register_router: [['POST', '/register']],
  get_reset_password_router: [
    ['POST', '/forgot-password'],
    ['POST', '/reset-password'],
  ],
  get_verify_router: [
    ['POST', '/request-verify-token'],
    ['POST', '/verify'],
  ],
  get_users_router: [
    ['GET', '/me'],
    ['PATCH', '/me'],
    ['GET', '/{id}'],
    ['PATCH', '/{id}'],
    ['DELETE', '/{id}'],
  ],
  get_oauth_router: [
    ['GET', '/authorize'],
    ['GET', '/callback'],
  ],
};
