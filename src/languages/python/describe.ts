import type {
  Credential,
  Guard,
  GuardKind,
  Param,
  Route,
  Sensitivity,
  Trait,
} from '../../surface/surface.ts';
import { type PyNode, walk } from './parse.ts';
import { type Func, nameOf, type Value } from './values.ts';

const traitsByPath: readonly [Trait, RegExp][] = [
  ['login', /\b(?:log-?in|sign-?in|authenticate|access-token|token)\/?$/i],
  ['register', /\b(?:register|sign-?up|registration)\/?$/i],
  ['logout', /\b(?:log-?out|sign-?out)\/?$/i],
  ['refresh', /\brefresh(?:[-_]token)?\/?$/i],
  ['reset', /(?:reset|forgot|recover)[-_]?(?:password)?|password[-_](?:reset|recovery)/i],
  ['oauth-callback', /\b(?:oauth\d?|auth|sso|oidc)\/.*callback|\bcallback\/?$/i],
  ['webhook', /web-?hooks?\b|\/hooks?\//i],
  ['health', /\/(?:health(?:z|check|-check)?|livez?|readyz?|ping|status)\/?$/i],
  ['metrics', /\/metrics\/?$/i],
  ['admin', /\badmin(?:istrator)?\b/i],
];

const sensitive: readonly [Sensitivity, RegExp][] = [
  ['password', /passw(?:or)?d|passphrase/i],
  ['token', /token|secret|api_?key/i],
  ['personal', /e-?mail|phone|address|birth|ssn|\busers?\b|profile/i],
  ['money', /payment|card|iban|amount|price|invoice|order|transfer|billing/i],
  ['admin', /\badmin\b|is_superuser|\brole/i],
];

/** The path with every parameter as `{name}`: from `{id:path}`, `<int:id>`. */
export function templateOf(path: string): string {
  return path
    .replace(/\{([^}:]+):path\}/g, '{*$1}')
    .replace(/\{([^}:*]+):[^}]+\}/g, '{$1}')
    .replace(/<path:([^>]+)>/g, '{*$1}')
    .replace(/<(?:[^:>]+:)?([^>]+)>/g, '{$1}');
}

export function pathParams(template: string): string[] {
  return [...template.matchAll(/\{\*?([^}]+)\}/g)].map((match) => match[1] ?? '');
}

export function traitsOf(
  method: string,
  template: string,
  handler: string | undefined,
  params: readonly Param[],
): Trait[] {
  const traits = traitsByPath
    .filter(([, pattern]) => pattern.test(template))
    .map(([trait]) => trait);
  const name = handler?.split('.').at(-1) ?? '';
  const byName = (trait: Trait, pattern: RegExp): void => {
    if (pattern.test(name) && !traits.includes(trait)) traits.push(trait);
  };
  if (method !== 'GET') {
    byName('login', /^(?:log_?in|sign_?in|authenticate|login_.*)$/i);
    byName('register', /^(?:register|sign_?up|register_user)$/i);
    byName('webhook', /web_?hook|payment_?hook$/i);
    traits.push('writes');
  }
  if (pathParams(template).some((one) => /(?:^|_)(?:id|pk|uuid|slug|key)$|id$/i.test(one)))
    traits.push('object-by-id');
  if (params.some((param) => param.in === 'file')) traits.push('upload');
  if (params.some((param) => param.in !== 'path' && /(?:^|_)(?:url|uri)$/i.test(param.name)))
    traits.push('outbound-url');
  return traits;
}

export function sensitivityOf(template: string, params: readonly Param[]): Sensitivity[] {
  const words = [template, ...params.map((param) => param.name)].join(' ');
  return sensitive.filter(([, pattern]) => pattern.test(words)).map(([kind]) => kind);
}

/** What a function of the project does as a guard: by the errors that it raises. */
export function kindsByBody(func: Func, depth = 0): GuardKind[] {
  const kinds = new Set<GuardKind>();
  // A function that may answer None lets the anonymous caller pass, whatever its callees refuse.
  const lets =
    /optional|or_none/i.test(func.name) ||
    /Optional\[|\bNone\b/.test(func.node.field('return_type')?.text ?? '');
  for (const node of walk(func.node)) {
    const text = refusal(node);
    if (text !== undefined) {
      if (/\b401\b|UNAUTHORIZED|Unauthorized|NotAuthenticated|[Cc]redential/.test(text))
        kinds.add('auth');
      if (/\b403\b|FORBIDDEN|Forbidden|[Pp]ermission/.test(text)) kinds.add('authz');
      if (/\b429\b|TOO_MANY/.test(text)) kinds.add('ratelimit');
      if (/\b400\b|\b422\b|ValidationError/.test(text)) kinds.add('validation');
    }
    if (node.type !== 'call' || depth > 2 || lets) continue;
    const target = node.field('function');
    const callee = target?.type === 'identifier' ? func.module.names.get(target.text) : undefined;
    if (callee?.t === 'func' && callee.node !== func.node) {
      for (const kind of kindsByBody(callee, depth + 1)) kinds.add(kind);
    }
  }
  if (kinds.has('auth') || kinds.has('authz')) kinds.delete('validation');
  return [...kinds];
}

/** The text of what refuses a request: `raise X(401)`, `abort(403)`, `return …, 401`, `redirect(login)`. */
function refusal(node: PyNode): string | undefined {
  if (node.type === 'raise_statement') return node.text;
  if (node.type === 'call' && /(?:^|\.)abort$/.test(node.field('function')?.text ?? ''))
    return node.text;
  if (node.type !== 'return_statement') return undefined;
  if (/redirect\(.*login/.test(node.text)) return '401';
  return /\b(?:401|403|429)\b|unauthorized\(|forbidden\(/i.test(node.text) ? node.text : undefined;
}

/** Credentials that a function's text reads. */
export function credentialsIn(text: string): Credential[] {
  const found: Credential[] = [];
  if (/Bearer|OAuth2PasswordBearer|HTTPBearer|[aA]uthorization|jwt\./.test(text))
    found.push('bearer');
  if (/cookies|session\[|session\.get|current_user/.test(text)) found.push('cookie');
  if (/x-api-key|api_?key/i.test(text)) found.push('apikey');
  if (/HTTPBasic|request\.authorization/.test(text)) found.push('basic');
  if (/hmac\.|[sS]ignature/.test(text)) found.push('signature');
  return found;
}

/** Gives later registrations of the same pair their own id. */
export function withIds(routes: Omit<Route, 'id'>[]): Route[] {
  const seen = new Map<string, number>();
  return routes.map((route) => {
    const pair = `${route.method} ${route.path}`;
    const count = (seen.get(pair) ?? 0) + 1;
    seen.set(pair, count);
    return { id: count === 1 ? pair : `${pair}#${count}`, ...route };
  });
}

const typed: Readonly<Record<string, Param['type']>> = {
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  list: 'array',
  dict: 'object',
  List: 'array',
  Dict: 'object',
  EmailStr: 'string',
  UUID: 'string',
  datetime: 'string',
  Decimal: 'number',
};

/** The JSON type that an annotation stands for, and whether None is allowed. */
export function typeOf(value: Value | undefined): { type: Param['type']; optional: boolean } {
  const last = nameOf(value).split('.').at(-1) ?? '';
  if (value?.t === 'generic') {
    const optional = last === 'Optional' || value.args.some((one) => one.t === 'none');
    if (last !== 'Optional' && last !== 'Union' && last !== 'Annotated') {
      return { type: typed[last] ?? 'unknown', optional: false };
    }
    const inner = typeOf(value.args.find((one) => one.t !== 'none'));
    return { type: inner.type, optional: optional || inner.optional };
  }
  if (value?.t === 'class') return { type: 'object', optional: false };
  return { type: typed[last] ?? 'unknown', optional: false };
}

export const guard = (
  name: string,
  kinds: readonly GuardKind[],
  scope: Guard['scope'],
  place: Guard['place'],
  more: Partial<Guard> = {},
): Guard => ({ name, kinds, scope, place, detail: {}, confidence: 'high', ...more });
