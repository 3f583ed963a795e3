import type { Credential, Detail, GuardKind } from '../../../surface/surface.ts';
import { optionsOf } from '../facts/options.ts';
import { loneSource, type Source } from '../facts/source.ts';
import { flagValue } from '../facts/values.ts';
import type { Node, Parsed } from '../parse.ts';
import {
  bodyDetail,
  csurfDetail,
  helmetDetail,
  limitDetail,
  passportCredentials,
  passportDetail,
  staticDetail,
  strategiesOf,
  uploadDetail,
} from './details.ts';
import type { Recognised } from './recognised.ts';

/** What one export of a package is before a handler. */
interface Known {
  kinds: readonly GuardKind[];
  credentials?: readonly Credential[];
  detail?: (args: readonly Node[], source: Source) => Detail;
  /** The option that lets callers without a credential pass when it is false. */
  optional?: string;
}

/** Export patterns of one package; `''` is the package itself. */
type Exports = readonly (readonly [RegExp, Known])[];

const any = /^/;

const only = (kinds: readonly GuardKind[], more: Omit<Known, 'kinds'> = {}): Exports => [
  [any, { kinds, ...more }],
];

const bearer = { credentials: ['bearer'] as const };

const cookie = { credentials: ['cookie'] as const };

const parsers: Exports = [
  [/^(?:json|urlencoded|raw|text|bodyParser)?$/, { kinds: ['body'], detail: bodyDetail }],
];

const packages: Readonly<Record<string, Exports>> = {
  helmet: [
    [/^$/, { kinds: ['headers'], detail: helmetDetail }],
    [any, { kinds: ['headers'] }],
  ],
  lusca: [
    [/^csrf$/, { kinds: ['csrf'], detail: () => ({ kind: 'Token' }) }],
    [/^$/, { kinds: ['headers', 'csrf'], detail: () => ({ kind: 'Token' }) }],
    [any, { kinds: ['headers'] }],
  ],
  cors: only(['cors']),
  'express-rate-limit': only(['ratelimit'], { detail: limitDetail }),
  'express-slow-down': only(['ratelimit'], { detail: limitDetail }),
  'rate-limiter-flexible': only(['ratelimit']),
  'express-brute': only(['ratelimit']),
  'express-bouncer': only(['ratelimit']),
  'express-validator': [
    [/^(?:sanitize|matchedData)/, { kinds: ['unknown'] }],
    [any, { kinds: ['validation'] }],
  ],
  celebrate: [
    [/^errors$/, { kinds: ['errors'] }],
    [any, { kinds: ['validation'] }],
  ],
  'express-openapi-validator': only(['validation']),
  'openapi-validator-middleware': only(['validation']),
  'express-json-validator-middleware': only(['validation']),
  'express-joi-validation': only(['validation']),
  'express-validation': only(['validation']),
  'express-jsonschema': only(['validation']),
  'express-ajv-middleware': only(['validation']),
  'express-yup': only(['validation']),
  'express-zod': only(['validation']),
  'zod-express-guard': only(['validation']),
  'express-zod-api': only(['validation']),
  'zod-express-middleware': only(['validation']),
  'zod-express': only(['validation']),
  'express-zod-safe': only(['validation']),
  '@asteasolutions/zod-to-openapi': only(['unknown']),
  'class-validator': only(['validation']),
  'express-ajv-swagger-validation': only(['validation']),
  passport: [
    [/^initialize/, { kinds: ['session'] }],
    [/^session/, { kinds: ['session'] }],
    [/^(?:authenticate|authorize)/, { kinds: ['auth'], detail: passportDetail }],
  ],
  'express-jwt': only(['auth'], { ...bearer, optional: 'credentialsRequired' }),
  'koa-jwt': only(['auth'], bearer),
  'express-oauth2-jwt-bearer': [
    [/^(?:requiredScopes|scopeIncludesAny|claim)/, { kinds: ['authz'], ...bearer }],
    [any, { kinds: ['auth'], ...bearer, optional: 'authRequired' }],
  ],
  'express-jwt-authz': only(['authz'], bearer),
  'express-jwt-permissions': only(['authz'], bearer),
  'express-openid-connect': [
    [/^(?:requiresAuth|claim\w*)$/, { kinds: ['auth'], ...cookie }],
    [any, { kinds: ['auth', 'session'], ...cookie, optional: 'authRequired' }],
  ],
  '@clerk/express': [
    [/^requireAuth$/, { kinds: ['auth'], credentials: ['bearer', 'cookie'] }],
    [any, { kinds: ['session'] }],
  ],
  'express-basic-auth': only(['auth'], { credentials: ['basic'] }),
  'basic-auth-connect': only(['auth'], { credentials: ['basic'] }),
  'connect-ensure-login': only(['auth'], cookie),
  'keycloak-connect': [
    [/protect/, { kinds: ['auth'], ...bearer }],
    [any, { kinds: ['session'] }],
  ],
  'supertokens-node': only(['auth'], cookie),
  accesscontrol: only(['authz']),
  'express-session': only(['session']),
  'cookie-session': only(['session']),
  'client-sessions': only(['session']),
  'iron-session': only(['session']),
  'cookie-parser': only(['cookies']),
  csurf: only(['csrf'], { detail: csurfDetail }),
  '@dr.pogodin/csurf': only(['csrf'], { detail: csurfDetail }),
  'tiny-csrf': only(['csrf'], { detail: () => ({ kind: 'Token' }) }),
  'csrf-csrf': only(['csrf'], { detail: () => ({ kind: 'Double-submit' }) }),
  'csrf-sync': only(['csrf'], { detail: () => ({ kind: 'Token' }) }),
  'fetch-metadata': only(['csrf'], { detail: () => ({ kind: 'Fetch-Metadata' }) }),
  'body-parser': parsers,
  'body-parser-xml': only(['body']),
  multer: only(['upload', 'body'], { detail: uploadDetail }),
  formidable: only(['upload', 'body']),
  'express-formidable': only(['upload', 'body']),
  busboy: only(['upload', 'body']),
  'connect-busboy': only(['upload', 'body']),
  'connect-multiparty': only(['upload', 'body']),
  'express-fileupload': only(['upload', 'body'], { detail: uploadDetail }),
  express: [
    ...parsers.filter(([pattern]) => pattern.source !== '^'),
    [/^static$/, { kinds: ['static'], detail: staticDetail }],
  ],
  'serve-static': only(['static'], { detail: staticDetail }),
  'serve-index': only(['static'], { detail: () => ({ listing: true }) }),
  'serve-favicon': only(['static']),
  'swagger-ui-express': only(['docs']),
  'redoc-express': only(['docs']),
  '@scalar/express-api-reference': only(['docs']),
  'swagger-ui-dist': only(['docs', 'static']),
  morgan: only(['logging']),
  'pino-http': only(['logging']),
  'express-pino-logger': only(['logging']),
  'express-winston': [
    [/^errorLogger$/, { kinds: ['logging', 'errors'] }],
    [any, { kinds: ['logging'] }],
  ],
  winston: only(['logging']),
  'express-bunyan-logger': only(['logging']),
  'on-finished': only(['logging']),
  hpp: only(['validation'], { detail: () => ({ partial: true }) }),
  'express-mongo-sanitize': only(['validation'], { detail: () => ({ partial: true }) }),
  'xss-clean': only(['validation'], { detail: () => ({ partial: true }) }),
  errorhandler: only(['errors'], { detail: () => ({ leaks: 'stack' }) }),
  'api-error-handler': only(['errors']),
  compression: only([]),
  'response-time': only([]),
  'method-override': only([]),
  'connect-timeout': only([]),
  'express-request-id': only([]),
  'connect-flash': only([]),
  'express-ejs-layouts': only([]),
  'express-prom-bundle': only([]),
  'express-async-errors': only([]),
  'cls-rtracer': only([]),
  'i18next-http-middleware': only([]),
  i18n: only([]),
  'express-useragent': only([]),
  'request-ip': only([]),
};

/** What no schema is, although it touches input: it is a cleaning, never a check of the shape. */
const cleaning = /^(?:hpp|express-mongo-sanitize|xss-clean)$/;

/**
 * What a guard of a known package is. `exportName` is `default` or `''` for the package itself, or the member
 * that is called (`json` of express, `authenticate` of passport, `csrf().x` as `csrf`); `undefined` for a
 * package that is not known, so that the caller looks at the body. `kinds` is empty for what guards nothing.
 */
export function guardByLibrary(
  packageName: string,
  exportName: string,
  args: readonly Node[],
  parsed: Parsed,
): Recognised | undefined {
  const name = packageName.replace(/^node:/, '');
  const exports = Object.hasOwn(packages, name) ? packages[name] : strategy(name);
  const member = exportName
    .replace(/\(\)|\.?default$|^\*$/g, '')
    .replace(/\.+/g, '.')
    .replace(/^\.|\.$/g, '');
  const known = exports?.find(([pattern]) => pattern.test(member))?.[1];
  if (known === undefined) return undefined;
  const source = loneSource(parsed);
  // `authenticate('session')` is `passport.session()` by another name: strangers pass.
  if (name === 'passport' && strategiesOf(args, source).join() === 'session') {
    return { kinds: ['session'], library: name, detail: {}, confidence: 'high', credentials: [] };
  }
  if (isOptional(name, known, args, source)) {
    // It knows who calls and refuses nobody: no guard, and no credential that a caller must have.
    const kinds = known.kinds.filter((kind) => kind !== 'auth');
    return {
      kinds: kinds.length === 0 ? ['unknown'] : kinds,
      library: name,
      detail: { optional: true },
      confidence: 'high',
      credentials: [],
    };
  }
  return {
    // A cleaning is told as what it is, so that no report calls a body checked because of it.
    kinds: cleaning.test(name) ? [] : known.kinds,
    library: name,
    detail: known.detail?.(args, source) ?? {},
    confidence: 'high',
    credentials:
      known.kinds.includes('auth') && name === 'passport'
        ? passportCredentials(args, source)
        : (known.credentials ?? []),
  };
}

function isOptional(name: string, known: Known, args: readonly Node[], source: Source): boolean {
  if (name === 'passport' && known.kinds.includes('auth')) {
    return strategiesOf(args, source).some((one) => one === 'anonymous');
  }
  if (known.optional === undefined) return false;
  const option = optionsOf(args[0], source).get(known.optional);
  return option !== undefined && flagValue(option.node, option.source) === false;
}

/** Schema libraries stand behind a wrapper of the project's own, which `guardByBody` reads. */
function strategy(name: string): Exports | undefined {
  return /^passport-/.test(name) ? only(['auth']) : undefined;
}
