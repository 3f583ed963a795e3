import type { PathText } from './routing.ts';

/** The full path of a layer below a prefix, as Express matches it. */
export function below(prefix: string, path: PathText): string {
  if (path.expression) return prefix === '' ? path.text : `${prefix}${path.text}`;
  const own = path.text === '/' || path.text === '' ? '' : path.text;
  if (own === '') return prefix === '' ? '/' : prefix;
  return prefix + slashed(own);
}

function slashed(path: string): string {
  return path.startsWith('/') || path.startsWith('{/') ? path : `/${path}`;
}

/** The prefix under which a router's own paths stand. */
export function mountPrefix(prefix: string, path: PathText): string {
  return below(prefix, path).replace(/\/+$/, '');
}

/** Whether what is registered under a prefix runs before a route, for every request to it. */
export function covers(prefix: string, path: string, expression?: RegExp): boolean {
  if (expression) return expression.test(path);
  if (/^\/?\*\w*$|^\/?\(\.\*\)$|^\/?\{\*\w+\}$/.test(prefix)) return true;
  const [outer, inner] = [segments(prefix), segments(path)];
  if (outer.length > inner.length) return false;
  return outer.every((part, index) => {
    const other = inner[index]!;
    if (part.toLowerCase() === other.toLowerCase()) return true;
    return /^:/.test(part) && !/\(/.test(part);
  });
}

/** Whether an earlier registration of a whole path runs for a later one: `/api/*` before `/api/users`. */
export function coversRoute(earlier: string, path: string): boolean {
  const wild = earlier.replace(/\/?(?:\(\.[*+]\)|\{\/?\*\w+\}|\*\w*)$/, '');
  if (wild !== earlier) return covers(wild, path);
  return segments(earlier).length === segments(path).length && covers(earlier, path);
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
