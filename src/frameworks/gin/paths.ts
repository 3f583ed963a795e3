import type { Value } from '../../languages/go/values.ts';

export function isPartial(value: Value | undefined): boolean {
  return value?.k === 'text' && value.partial === true;
}

export function flat(args: readonly Value[]): Value[] {
  return args.flatMap((each) => (each.k === 'list' ? flat(each.items) : [each]));
}

/** `path.Join` with gin's addition: a trailing slash of the last part stays. */
export function joinPath(prefix: string | undefined, path: string | undefined): string | undefined {
  if (prefix === undefined || path === undefined) return undefined;
  if (path === '') return prefix;
  const joined = `/${[prefix, path].join('/').split('/').filter(Boolean).join('/')}`;
  return path.endsWith('/') && joined !== '/' ? `${joined}/` : joined;
}
