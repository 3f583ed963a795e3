import type { Credential, Detail, GuardKind } from '../../../surface/surface.ts';
import { isFunction } from '../facts/bindings.ts';
import { bytes } from '../facts/parsing.ts';
import { loneSource, type Source } from '../facts/source.ts';
import { flagValue, numberValue, optionsOf, settle, textValue } from '../facts/values.ts';
import type { Node, Parsed } from '../parse.ts';
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

/** `'jwt'` or `['jwt', 'anonymous']`. */
function strategiesOf(args: readonly Node[], source: Source): string[] {
  const given = settle(args[0], source);
  const all = given?.node.type === 'ArrayExpression' ? given.node.elements : [args[0]];
  return all.flatMap((one) => textValue(one, given?.source ?? source)?.value ?? []);
}

/** Schema libraries stand behind a wrapper of the project's own, which `guardByBody` reads. */
function strategy(name: string): Exports | undefined {
  return /^passport-/.test(name) ? only(['auth']) : undefined;
}

function bodyDetail(args: readonly Node[], source: Source): Detail {
  const limit = optionsOf(args[0], source).get('limit');
  const stated = limit && textValue(limit.node, limit.source)?.value;
  const limitBytes =
    limit === undefined
      ? 102_400
      : stated === undefined
        ? numberValue(limit.node, limit.source)
        : bytes(stated);
  const verify = optionsOf(args[0], source).get('verify') !== undefined;
  return { limitBytes, ...(verify ? { verify } : {}) };
}

function helmetDetail(args: readonly Node[], source: Source): Detail {
  const options = optionsOf(args[0], source);
  const off = options.names.filter((name) => {
    const option = options.get(name)!;
    return flagValue(option.node, option.source) === false;
  });
  return off.length === 0 ? {} : { off };
}

function limitDetail(args: readonly Node[], source: Source): Detail {
  const options = optionsOf(args[0], source);
  const number = (...names: readonly string[]): number | undefined => {
    const option = names.map((name) => options.get(name)).find(Boolean);
    return option && numberValue(option.node, option.source);
  };
  const window = number('windowMs');
  return {
    limit: number('limit', 'max', 'delayAfter') ?? (options.open ? undefined : 5),
    windowSeconds: window === undefined ? undefined : window / 1000,
    store: options.get('store') === undefined ? 'memory' : 'shared',
    ...(options.get('skip') === undefined ? {} : { skips: true }),
  };
}

function csurfDetail(args: readonly Node[], source: Source): Detail {
  return {
    kind: optionsOf(args[0], source).get('cookie') === undefined ? 'Token' : 'Double-submit',
  };
}

function uploadDetail(args: readonly Node[], source: Source): Detail {
  const limits = optionsOf(args[0], source).get('limits');
  const size = limits && optionsOf(limits.node, limits.source).get('fileSize');
  return { limitBytes: size && numberValue(size.node, size.source) };
}

function staticDetail(args: readonly Node[], source: Source): Detail {
  return { directory: textValue(args[0], source)?.value };
}

/** The strategy by its name: `jwt`, `bearer`, `local`, `basic`, `google`, … */
function passportDetail(args: readonly Node[], source: Source): Detail {
  const named = strategiesOf(args, source).join(',') || undefined;
  const called = args.find((one) => isFunction(one)) !== undefined;
  return { strategy: named, ...(called ? { callback: true } : {}) };
}

function passportCredentials(args: readonly Node[], source: Source): Credential[] {
  const named = strategiesOf(args, source).join(',');
  const session = optionsOf(args[1], source).get('session');
  if (/jwt|bearer|token/i.test(named)) return ['bearer'];
  if (/basic|digest/i.test(named)) return ['basic'];
  if (/key/i.test(named)) return ['apikey'];
  if (
    /^local|google|facebook|github|twitter|oauth|saml|openid|oidc|azure|apple|discord/i.test(named)
  ) {
    // Signing in: the credential comes from the body or from the provider.
    return session && flagValue(session.node, session.source) === false ? [] : ['cookie'];
  }
  return ['unknown'];
}
