import type { Credential, GuardKind } from '../../../surface/surface.ts';

/** What a guard or interceptor of a package is: the first row whose package and name fit. */
export const known: readonly {
  from: RegExp;
  name: RegExp;
  kinds: readonly GuardKind[];
  credentials?: readonly Credential[];
}[] = [
  { from: /^@nestjs\/throttler$|throttl|rate-?limit/i, name: /./, kinds: ['ratelimit'] },
  { from: /^@nestjs\/passport$/, name: /^AuthGuard/, kinds: ['auth'] },
  {
    from: /^@nestjs\/platform-/,
    name: /FileInterceptor|FilesInterceptor|FileFields/,
    kinds: ['upload'],
  },
  { from: /./, name: /^(Any)?Files?(Fields)?Interceptor/, kinds: ['upload'] },
  { from: /./, name: /throttl|rate-?limit/i, kinds: ['ratelimit'] },
  { from: /./, name: /csrf|xsrf/i, kinds: ['csrf'] },
  {
    from: /./,
    name: /Role|Permission|Polic|Abilit|Casl|ACGuard|AuthZ|Resource.*Guard|Scopes?Guard/,
    kinds: ['authz'],
  },
  {
    from: /./,
    name: /ApiKey.*Guard|Auth.*Guard|Guard.*Auth|Jwt.*Guard|Session.*Guard|Clerk|Keycloak/i,
    kinds: ['auth'],
  },
];

/** Marks of packages that take a route out of that package's own guards. */
export const exempting =
  /^(Public|Unprotected|AllowAnonymous|AllowUnauthenticatedRequest|SkipAuth|OptionalAuth|Optional|IsPublic|NoAuth)$/;

/** Passport strategies that answer a password or a third party's redirect, by their usual names. */
export const entranceStrategy =
  /^(local|ldap(auth)?|google|github|facebook|twitter|linkedin|apple|saml|oidc|openidconnect|auth0|azure.*|microsoft|discord|gitlab)$/i;

/** The usual name of a strategy of a passport package: `passport-jwt` registers itself as `jwt`. */
export function strategyOf(packageName: string): string {
  const name = packageName.replace(/^@[^/]+\//, '').replace(/^passport-/, '');
  if (/^google/.test(name)) return 'google';
  if (/^github/.test(name)) return 'github';
  if (/^http-bearer$/.test(name)) return 'bearer';
  if (/^headerapikey/.test(name)) return 'headerapikey';
  return name === 'http' ? 'basic' : name;
}

export function strategyCredential(name: string): Credential[] {
  if (/jwt|bearer|oauth-?bearer|token/i.test(name)) return ['bearer'];
  if (/api-?key/i.test(name)) return ['apikey'];
  if (/basic|digest/i.test(name)) return ['basic'];
  if (/session|cookie/i.test(name)) return ['cookie'];
  return entranceStrategy.test(name) ? [] : ['unknown'];
}
