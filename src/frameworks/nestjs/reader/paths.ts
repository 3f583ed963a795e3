/** A path as Nest joins it: one leading slash, no trailing one. */
export function joinPath(...parts: readonly string[]): string {
  const joined = parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
  return `/${joined}`;
}

/** The path with `{name}` for a parameter and `{*name}` for a wildcard. */
export function templateOf(path: string): string {
  return path
    .replace(/\{([^{}]*)\}/g, '$1')
    .replace(/:(\w+)(\([^)]*\))?[?+*]?/g, '{$1}')
    .replace(/\(\.\*\)/g, '*')
    .replace(/(?<!\{)\*(\w*)/g, (_, name: string) => `{*${name || 'path'}}`);
}

/** Names of the path parameters, wildcards included. */
export function pathParams(path: string): string[] {
  return [...path.matchAll(/[:*](\w+)/g)].map((match) => match[1]!);
}

/** Whether a path pattern of a middleware, an exclusion or a forRoutes call covers a route's path. */
export function covers(pattern: string, path: string): boolean {
  return matcher(pattern).test(path);
}

const matchers = new Map<string, RegExp>();

function matcher(pattern: string): RegExp {
  const seen = matchers.get(pattern);
  if (seen) return seen;
  const source = joinPath(pattern)
    .replace(/\{([^{}]*)\}/g, '($1)?')
    .replace(/\/?\(\.\*\)/g, '*')
    .split(/(:\w+(?:\([^)]*\))?|\/\*\w*|\*\w*|\([^)]*\)\?)/)
    .map((part) => {
      if (/^:\w+\(/.test(part)) return part.slice(part.indexOf('('));
      if (part.startsWith(':')) return '[^/]+';
      // `cats/*path` leaves `cats` alone in path-to-regexp 8; Nest 11 reads `cats/*` as both.
      if (/^\/\*/.test(part)) return '(?:/.*)?';
      if (part.startsWith('*')) return '.*';
      if (part.endsWith(')?')) return `(?:${escaped(part.slice(1, -2)).replaceAll('\\*', '.*')})?`;
      return escaped(part);
    })
    .join('');
  const made = new RegExp(`^${source}/?$`, 'i');
  matchers.set(pattern, made);
  return made;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
