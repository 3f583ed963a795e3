import { calleesOf } from '../../languages/go/callees.ts';
import type { GoProject } from '../../languages/go/packages.ts';
import { field, type GoNode, walk } from '../../languages/go/parse.ts';
import { lookup, type Scope, type Value } from '../../languages/go/values.ts';
import type { Credential, Guard, GuardKind, Place } from '../../surface/surface.ts';

type Func = Extract<Value, { k: 'func' }>;

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
export function guardOf(
  value: Value,
  scope: Guard['scope'],
  place: Place,
  prefix?: string,
  project?: GoProject,
): Guard {
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
    const read = readThrough(value, project);
    const byBody = kindsOf(read, name);
    const refuses = read.some(({ text }) => /\.Abort\w*\(/.test(text));
    const kinds = byBody.length > 0 ? byBody : refuses ? byName(name) : ['unknown' as const];
    const unsure = kinds.includes('unknown') || (kinds.includes('auth') && skips(read));
    const confidence = unsure ? 'low' : byBody.length > 0 ? 'high' : 'medium';
    const credential = credentialsIn(read.map(({ text }) => text).join('\n'))[0];
    const headers = kinds.includes('headers') ? headersIn(read) : undefined;
    return { ...base, name, kinds, confidence, detail: { credential, headers } };
  }
  return {
    ...base,
    name: value.k === 'unknown' ? value.text : value.k,
    kinds: ['unknown'],
    confidence: 'low',
  };
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

const decides =
  /auth|session|require|permission|acl\b|guard|verify\w*token|current\w*user|checklogin/i;
const readsCredential =
  /GetHeader\(|Header\.Get\(|AuthToken|\.Cookie\(|sessions\.Default|Session\(|Bearer|Authorization/;

/** What a handler asks for itself: a function that it gives the request, which refuses who has no credential. */
export function ownGuards(func: Func, place: Place, project?: GoProject, depth = 0): Guard[] {
  const given = new Set<string>();
  for (const node of walk(func.node)) {
    if (node.type !== 'call_expression') continue;
    const [first] = field(node, 'arguments')?.kids ?? [];
    if (/^(?:c|ctx|context|gc|g)$/.test(first?.text ?? ''))
      given.add(field(node, 'function')?.text.split('.').at(-1) ?? '');
  }
  return calleesOf(func, project).flatMap((callee): Guard[] => {
    const name = callee.name.split('.').at(-1) || 'func literal';
    const called = [...given].some((one) => one === name || lookup(func.scope, one) === callee);
    if (!called || changes.test(name)) return [];
    if (!decides.test(name)) return depth < 2 ? ownGuards(callee, place, project, depth + 1) : [];
    const read = readThrough(callee, project);
    const kinds = kindsOf(read, name).filter((kind) => kind === 'auth' || kind === 'authz');
    const reads = read.some(({ text }) => readsCredential.test(text));
    if (kinds.length === 0 || !reads) return [];
    const credential = credentialsIn(read.map(({ text }) => text).join('\n'))[0];
    const base = { scope: 'route' as const, place, detail: { credential } };
    return [{ ...base, name: `${name} in the handler`, kinds, confidence: 'medium' }];
  });
}

/** A function that signs somebody in refuses wrong passwords, and guards nothing. */
const changes = /login|logout|sign|create|delete|register|save|set|abort/i;

interface Read {
  text: string;
  depth: number;
}

/** The text of a middleware and of the functions of the project that it goes through. */
function readThrough(func: Func, project: GoProject | undefined): Read[] {
  const seen = new Map<GoNode, Read>();
  const follow = (one: Func, depth: number): void => {
    if (seen.has(one.node) || depth > 3 || seen.size > 60) return;
    seen.set(one.node, { text: withoutDeadBranches(one.node, one.scope), depth });
    for (const callee of calleesOf(one, project)) follow(callee, depth + 1);
  };
  follow(func, 0);
  return [...seen.values()];
}

const asksWho =
  /token|user|auth|session|cookie|credential|api_?key|jwt|role|permission|scope|admin|identity|login|passw|signature|secret|claim|principal|account|owner/i;

const addresses =
  /^ip|ip(?:filter|list|white|black)|host|origin|white_?list|allow_?list|black_?list|ban\b|geo|country|maintenance/i;

/** What the texts refuse. A 403 further down says something of the caller's rights only by the name above. */
function kindsOf(read: readonly Read[], name: string): GuardKind[] {
  const kinds = new Set<GuardKind>();
  for (const { text, depth } of read) {
    for (const [kind, pattern] of refusals) {
      if (!pattern.test(text) || (depth > 1 && kind === 'body')) continue;
      const rights = kind === 'authz' && depth > 0;
      if (!rights || /admin|role|permission|authoriz|casbin|rbac|owner/i.test(name))
        kinds.add(kind);
    }
  }
  if (kinds.has('auth') && /casbin|role|permission|rbac|authoriz/i.test(name)) kinds.add('authz');
  if (!kinds.has('auth') && !kinds.has('authz')) return [...kinds];
  // `Optional` knows a caller and refuses nobody; a host or an address that is not known is no caller.
  const byAddress = !kinds.has('auth') && addresses.test(name);
  const known =
    !byAddress && !/optional/i.test(name) && read.some(({ text }) => asksWho.test(text));
  if (known) return [...kinds];
  return [...[...kinds].filter((kind) => kind !== 'auth' && kind !== 'authz'), 'unknown'];
}

/** Names of the headers that a middleware of the project sets. */
function headersIn(read: readonly Read[]): string[] {
  const names = read.flatMap(({ text }) =>
    [
      ...text.matchAll(
        /"((?:X|Strict|Content-Security|Referrer|Permissions|Cross-Origin)-[\w-]+)"/g,
      ),
    ].map((match) => match[1] ?? ''),
  );
  return [...new Set(names)];
}

/** It leaves out paths that configuration or its own table names. */
function skips(read: readonly Read[]): boolean {
  return read.some(
    ({ text, depth }) =>
      depth === 0 && /skip|whitelist|allowlist|exclude|ignore\w*path/i.test(text),
  );
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
