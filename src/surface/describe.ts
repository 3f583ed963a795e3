import type { Param, Route, Sensitivity, Trait } from './surface.ts';

const traitsByPath: readonly [Trait, RegExp][] = [
  [
    'login',
    /(?:^|[/_-])(?:log-?in|sign-?in|authenticate)(?:\/(?:password|basic|local|e?mail|user|jwt|ldap|submit))?\/?$|\/(?:access[-_]?)?token\/?$/i,
  ],
  ['register', /\b(?:register|sign-?up|registration)(?:\/[a-z]+)?\/?$/i],
  ['logout', /\b(?:log-?out|sign-?out)\/?$/i],
  ['refresh', /\brefresh(?:[-_]?tokens?)?\/?$/i],
  ['reset', /(?:reset|forgot|recover)[-_]?(?:password)?|password[-_](?:reset|recovery)/i],
  ['oauth-callback', /\b(?:oauth\d?|auth|sso|oidc)\/.*callback|\bcallback\/?$/i],
  ['webhook', /web-?hooks?\b|\/hooks?\//i],
  ['health', /\/(?:health(?:z|check|-check)?|livez?|readyz?|liveness|readiness|ping|status)\/?$/i],
  ['metrics', /\/metrics\/?$/i],
  ['docs', /\/(?:api-?docs?|docs|swagger(?:-ui)?|openapi(?:\.json|\.ya?ml)?|redoc)\b/i],
  ['admin', /\badmin(?:istrator)?\b/i],
];

const traitsByHandler: readonly [Trait, RegExp][] = [
  ['login', /^(?:(?:handle|post|user|do)?_?log_?in(?:User|Handler|_\w+)?|sign_?in|authenticate)$/i],
  ['register', /^(?:(?:handle|post|user|do)?_?register(?:_?User|Handler)?|sign_?up)$/i],
  ['webhook', /web_?hook|payment_?hook$/i],
];

const sensitive: readonly [Sensitivity, RegExp][] = [
  ['password', /passw(?:or)?d|passphrase/i],
  ['token', /token|secret|api_?key/i],
  ['personal', /e-?mail|phone|address|birth|ssn|\busers?\b|profile/i],
  ['money', /payment|card|iban|amount|price|invoice|order|transfer|billing/i],
  ['admin', /\badmin\b|is_?superuser|is_?admin|\brole/i],
];

/** Names of the parameters in a template: `{id}`, `{*rest}`. */
export function pathParams(template: string): string[] {
  return [...template.matchAll(/\{\*?([^{}]+)\}/g)].map((match) => match[1] ?? '');
}

/** What a route is for, by its path, its handler's name and what it takes. */
export function traitsOf(
  method: string,
  template: string,
  handler: string | undefined,
  params: readonly Param[],
): Trait[] {
  const named = (rows: readonly [Trait, RegExp][], text: string): Trait[] =>
    rows.filter(([, pattern]) => pattern.test(text)).map(([trait]) => trait);
  const traits = new Set(named(traitsByPath, template));
  if (!['GET', 'HEAD', 'OPTIONS', 'WS'].includes(method)) {
    const name = handler?.split('.').at(-1) ?? '';
    for (const trait of named(traitsByHandler, name)) traits.add(trait);
    if (method !== 'ALL') traits.add('writes');
  }
  if (pathParams(template).some((one) => /(?:^|_)(?:id|pk|uuid|slug|key)$|id$/i.test(one)))
    traits.add('object-by-id');
  if (params.some((param) => param.in === 'file')) traits.add('upload');
  if (params.some((param) => param.in !== 'path' && /(?:^|_)ur[il]$|Ur[il]$/i.test(param.name)))
    traits.add('outbound-url');
  return [...traits];
}

/** What kind of data a route touches, by its words. */
export function sensitivityOf(template: string, params: readonly Param[]): Sensitivity[] {
  return sensitive
    .filter(([, pattern]) =>
      [template, ...params.map(({ name }) => name)].some((one) => pattern.test(one)),
    )
    .map(([kind]) => kind);
}

/** Gives later registrations of the same pair their own id. */
export function withIds(routes: readonly Omit<Route, 'id'>[]): Route[] {
  const seen = new Map<string, number>();
  return routes.map((route) => {
    const pair = `${route.method} ${route.path}`;
    const count = (seen.get(pair) ?? 0) + 1;
    seen.set(pair, count);
    return { id: count === 1 ? pair : `${pair}#${count}`, ...route };
  });
}
