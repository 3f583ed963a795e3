import { field, type GoNode, walk } from '../../languages/go/parse.ts';
import { lookup, type Scope, type Value } from '../../languages/go/values.ts';
import type { Credential, Guard, GuardKind, Place } from '../../surface/surface.ts';

/** Middleware by the package that it comes from. */
const libraries: readonly (readonly [RegExp, readonly GuardKind[], Credential?])[] = [
  [/gin-gonic\/gin\.BasicAuth/, ['auth'], 'basic'],
  [/gin-gonic\/gin\.(?:Logger|LoggerWith\w+)/, ['logging']],
  [/gin-gonic\/gin\.(?:Recovery|CustomRecovery|RecoveryWith\w+)/, ['errors']],
  [/gin-contrib\/cors|rs\/cors|itsjamie\/gin-cors/, ['cors']],
  [/gin-contrib\/(?:secure|helmet)|unrolled\/secure|danielkov\/gin-helmet/, ['headers']],
  [/gin-contrib\/sessions/, ['session', 'cookies']],
  [/gin-contrib\/(?:authz)|casbin/, ['authz']],
  [/appleboy\/gin-jwt|auth0\/go-jwt-middleware|gin-contrib\/jwt/, ['auth'], 'bearer'],
  [/utrack\/gin-csrf|gorilla\/csrf|justinas\/nosurf/, ['csrf']],
  [
    /ulule\/limiter|didip\/tollbooth|JGLTechnologies\/gin-rate-limit|axiaoxin-com\/ratelimit|x\/time\/rate/,
    ['ratelimit'],
  ],
  [/gin-contrib\/(?:zap|logger|requestid)|samber\/slog-gin|toorop\/gin-logrus/, ['logging']],
  [/gin-contrib\/(?:static)/, ['static']],
  [/gin-contrib\/(?:size)/, ['body']],
  [/swaggo\/gin-swagger/, ['docs']],
  [/gin-contrib\/(?:gzip|cache|pprof|location|timeout|i18n|expvar)|otelgin|ginprometheus/, []],
];

/** What a middleware does: by its library, or by what its body refuses. */
export function guardOf(value: Value, scope: Guard['scope'], place: Place, prefix?: string): Guard {
  const base = {
    scope,
    place,
    detail: {},
    ...(prefix === undefined || prefix === '/' ? {} : { prefix }),
  };
  if (value.k === 'external') {
    const name = value.name.split('/').at(-1) ?? value.name;
    const row = libraries.find(([pattern]) => pattern.test(value.name));
    const kinds = row?.[1] ?? byName(name);
    return {
      ...base,
      name,
      kinds,
      library: value.name.replace(/\.\w+$/, ''),
      confidence: row ? 'high' : kinds.includes('unknown') ? 'low' : 'medium',
    };
  }
  if (value.k === 'func') {
    const name = value.name || value.maker || 'func literal';
    const byBody = kindsByBody(value.node, value);
    const kinds = byBody.length > 0 ? byBody : refuses(value) ? byName(name) : ['unknown' as const];
    const confidence = byBody.length > 0 ? 'high' : kinds.includes('unknown') ? 'low' : 'medium';
    return { ...base, name, kinds, confidence };
  }
  return {
    ...base,
    name: value.k === 'unknown' ? value.text : value.k,
    kinds: ['unknown'],
    confidence: 'low',
  };
}

/** Ends the chain of handlers, whatever it answers with. */
function refuses({ node, scope }: Extract<Value, { k: 'func' }>): boolean {
  return /\.Abort\w*\(/.test(withoutDeadBranches(node, scope));
}

/** The weakest evidence: what a middleware that refuses is called. */
function byName(name: string): readonly GuardKind[] {
  if (/rate|limit|throttl/i.test(name)) return ['ratelimit'];
  if (/csrf|xsrf/i.test(name)) return ['csrf'];
  if (/casbin|role|permission|rbac|admin|authoriz/i.test(name)) return ['authz'];
  if (/jwt|auth|login|token|session/i.test(name)) return ['auth'];
  return ['unknown'];
}

const refusals: readonly (readonly [GuardKind, RegExp])[] = [
  ['auth', /\b401\b|StatusUnauthorized/],
  ['authz', /\b403\b|StatusForbidden/],
  ['ratelimit', /\b429\b|StatusTooManyRequests/],
  ['cors', /Access-Control-Allow-Origin/i],
  [
    'headers',
    /X-Frame-Options|X-Content-Type-Options|Strict-Transport-Security|Content-Security-Policy/i,
  ],
  ['body', /MaxBytesReader/],
];

function kindsByBody(node: GoNode, value: Extract<Value, { k: 'func' }>, depth = 0): GuardKind[] {
  const kinds = new Set<GuardKind>();
  const text = withoutDeadBranches(node, value.scope);
  for (const [kind, pattern] of refusals) if (pattern.test(text)) kinds.add(kind);
  if (depth < 2) {
    for (const each of walk(node)) {
      if (each.type !== 'identifier') continue;
      const callee = value.pkg.names.get(each.text);
      if (callee?.k !== 'func' || callee.node === node) continue;
      for (const kind of kindsByBody(callee.node, callee, depth + 1)) kinds.add(kind);
    }
  }
  return [...kinds];
}

/** `AuthMiddleware(false)` refuses nobody: what stands behind `if required` is left out where that is false. */
function withoutDeadBranches(node: GoNode, scope: Scope | undefined): string {
  let text = node.text;
  for (const each of walk(node)) {
    const condition = each.type === 'if_statement' ? field(each, 'condition') : undefined;
    if (condition?.type !== 'identifier') continue;
    const known = lookup(scope, condition.text);
    const dead = known?.k === 'unknown' && known.text === 'false' && field(each, 'consequence');
    if (dead) text = text.replace(dead.text, '');
  }
  return text;
}

/** Credentials that a function's text reads. */
export function credentialsIn(text: string): Credential[] {
  const found: Credential[] = [];
  if (/Authorization|Bearer|jwt\./.test(text)) found.push('bearer');
  if (/\.Cookie\(|sessions\.Default|session\.Get/.test(text)) found.push('cookie');
  if (/X-API-Key|api[_-]?key/i.test(text)) found.push('apikey');
  if (/BasicAuth\(/.test(text)) found.push('basic');
  if (/hmac\.|X-\w*-?Signature/i.test(text)) found.push('signature');
  return found;
}
