import picomatch from 'picomatch';
import type { Tree } from '../../../kernel/tree.ts';
import { join } from '../resolve.ts';
import { hole, list, optionsOf, primitive, stringOf, type Value } from './values.ts';

/** Files of the tree that fit the pattern of a `glob` call, as absolute paths. */
export function globbed(tree: Tree, pattern: Value | undefined, options: Value | undefined): Value {
  const patterns = (pattern?.k === 'list' ? pattern.items : pattern ? optionsOf(pattern) : []).map(
    (one) => stringOf(one),
  );
  const base = options?.k === 'record' ? (stringOf(options.members.get('cwd')) ?? '') : '';
  const isFit = patterns.map((one) => {
    if (one === undefined || one.includes(hole)) return undefined;
    const full = join('', one.startsWith('/') ? one : `${base}/${one}`);
    return full === undefined ? undefined : picomatch(full);
  });
  const known = isFit.filter((one) => one !== undefined);
  const paths = tree.paths().filter((path) => known.some((fits) => fits(path)));
  // A pattern relative to a directory gives names relative to it.
  const short = base === '' ? '/' : `${base.replace(/\/+$/, '')}/`;
  const shown = (path: string): string =>
    patterns.some((one) => one?.startsWith('/')) || base === ''
      ? `/${path}`
      : `/${path}`.slice(short.length);
  return list(
    paths.map((path) => primitive(shown(path))),
    known.length < isFit.length || isFit.length === 0,
  );
}
