import type { Credential, Route } from '../../surface/surface.ts';

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

const asked: readonly [Credential, RegExp][] = [
  [
    'bearer',
    /\bBearer\b|headers(?:\.|\[['"`])authorization|\.(?:get|header)\(\s*['"`]authorization|jwt\.verify\(/i,
  ],
  ['cookie', /\breq(?:uest)?\.(?:signedCookies|cookies|session|isAuthenticated)\b/],
  [
    'apikey',
    /['"`](?:x-)?api[-_]?key['"`]|headers\.api_?key|(?:headers\[\s*|\.(?:get|header)\(\s*)['"`]x-[\w-]*(?:token|auth|key)[\w-]*['"`]/i,
  ],
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
