import type { Guard, GuardKind, Param, Route, Sensitivity, Trait } from '../../surface/surface.ts';
import { nameOf, type Value } from './values.ts';

const traitsByPath: readonly [Trait, RegExp][] = [
  ['login', /(?:^|[/_-])(?:log-?in|sign-?in|authenticate)\/?$|\/(?:access[-_]?)?token\/?$/i],
  ['register', /\b(?:register|sign-?up|registration)(?:\/[a-z]+)?\/?$/i],
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
