import type { Credential, Param, Route, Sensitivity, Trait } from '../../surface/surface.ts';

export { seenInTests } from '../../surface/seen-in-tests.ts';

const traitsByPath: readonly [Trait, RegExp][] = [
  ['login', /\b(?:log-?in|sign-?in|authenticate|access-token|token)\/?$/i],
  ['register', /\b(?:register|sign-?up|registration)\/?$/i],
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

const sensitive: readonly [Sensitivity, RegExp][] = [
  ['password', /passw(?:or)?d|passphrase/i],
  ['token', /token|secret|api_?key/i],
  ['personal', /e-?mail|phone|address|birth|ssn|\busers?\b|profile/i],
  ['money', /payment|card|iban|amount|price|invoice|order|transfer|billing/i],
  ['admin', /\badmin\b|is_?superuser|is_?admin|\brole/i],
];

const parameter = /([:*])([A-Za-z_$][\w$]*)(?:\((?:[^()\\]|\\.|\([^()]*\))*\))?([?+*]?)/g;

/**
 * The path with every parameter as `{name}` and a wildcard as `{*name}`, from path-to-regexp 0.1
 * (`:id(\\d+)`, `*`, `(.*)`) and 8 (`*name`, `{/:optional}`).
 */
export function templateOf(path: string): string {
  let bare = 0;
  const nameless = (): string => {
    bare += 1;
    return bare === 1 ? '{*rest}' : `{*rest${bare}}`;
  };
  return path
    .replace(/\(\/\*\)\?$/, '/*')
    .replace(/\(\?[!=][^)]*\)/g, '')
    .replace(/[{}]/g, '')
    .replace(parameter, (_all, kind: string, name: string, more: string) =>
      kind === '*' || more === '*' || more === '+' ? `{*${name}}` : `{${name}}`,
    )
    .replace(/\(\.[*+]\)|(?<!\{)\*/g, nameless);
}

/** Names of the parameters in a template. */
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
  const traits = traitsByPath
    .filter(([, pattern]) => pattern.test(template))
    .map(([trait]) => trait);
  const name = handler?.split('.').at(-1) ?? '';
  const byName = (trait: Trait, pattern: RegExp): void => {
    if (pattern.test(name) && !traits.includes(trait)) traits.push(trait);
  };
  if (!['GET', 'HEAD', 'OPTIONS', 'WS'].includes(method)) {
    byName(
      'login',
      /^(?:(?:handle|post|user|do)?log_?in(?:User|Handler)?|sign_?in|authenticate)$/i,
    );
    byName('register', /^(?:(?:handle|post|user|do)?register(?:User|Handler)?|sign_?up)$/i);
    byName('webhook', /web_?hook|paymentHook$/i);
    if (method !== 'ALL') traits.push('writes');
  }
  if (pathParams(template).some((one) => /(?:^|_)(?:id|pk|uuid|slug|key)$|id$/i.test(one))) {
    traits.push('object-by-id');
  }
  if (params.some((param) => param.in === 'file')) traits.push('upload');
  if (params.some((param) => param.in !== 'path' && /(?:^|_)ur[il]$|Ur[il]$/i.test(param.name))) {
    traits.push('outbound-url');
  }
  return traits;
}

/** What kind of data a route touches, by its words. */
export function sensitivityOf(template: string, params: readonly Param[]): Sensitivity[] {
  const words = [template, ...params.map((param) => param.name)].join(' ');
  return sensitive.filter(([, pattern]) => pattern.test(words)).map(([kind]) => kind);
}

const asked: readonly [Credential, RegExp][] = [
  [
    'bearer',
    /\bBearer\b|headers(?:\.|\[['"`])authorization|\.(?:get|header)\(\s*['"`]authorization|jwt\.verify\(/i,
  ],
  ['cookie', /\breq(?:uest)?\.(?:signedCookies|cookies|session|isAuthenticated)\b/],
  ['apikey', /['"`](?:x-)?api[-_]?key['"`]|headers\.api_?key/i],
  ['basic', /\bBasic\b.*base64|basic-?auth/i],
  ['signature', /createHmac\(|constructEvent\(|['"`](?:x-hub|stripe)-signature|x-[\w-]*signature/i],
];

/** Credentials that a function's text reads. */
export function credentialsIn(text: string): Credential[] {
  return asked.filter(([, pattern]) => pattern.test(text)).map(([credential]) => credential);
}

/** How a handler answers, by the calls in its text. */
export function responseOf(text: string): Route['response'] {
  if (/\.(?:sendFile|sendfile|download|attachment)\(/.test(text)) return 'file';
  if (/\.render\(|text\/html|\.send\(\s*['"`]\s*</.test(text)) return 'html';
  if (/\.(?:json|jsonp)\(/.test(text)) return 'json';
  if (/\.redirect\(/.test(text)) return 'redirect';
  if (/\.pipe\(\s*res|text\/event-stream|\bres\w*\.write\(/.test(text)) return 'stream';
  return /\.send\(\s*(?:\{|\[|await|\w)/.test(text) ? 'json' : 'unknown';
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
