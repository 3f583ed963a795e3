import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { KnownError } from '../kernel/errors.ts';
import type { Route } from '../surface/surface.ts';

/** What the command line points at. Paths are relative to the project root. */
export type Target =
  | { kind: 'project' }
  | { kind: 'folder' | 'file'; path: string }
  | { kind: 'glob'; pattern: string }
  | { kind: 'endpoint'; pattern: string };

/** Where the argument leads on the disk, before a project is known. */
export interface Pointed {
  /** Absolute folder from which the project is looked for. */
  from: string;
  /** Absolute path of a file or folder; `undefined` for globs and endpoint patterns. */
  at: string | undefined;
  glob: string | undefined;
  endpoint: string | undefined;
}

/**
 * Reads the argument: an existing path, a glob, or an endpoint pattern such as `/api/*`.
 * @throws KnownError for a path that does not exist
 */
export function pointAt(argument: string, cwd: string): Pointed {
  const nothing = { at: undefined, glob: undefined, endpoint: undefined };
  const full = path.resolve(cwd, argument);
  if (existsSync(full)) {
    const at = realpathSync(full);
    return { ...nothing, from: at, at };
  }
  if (argument.startsWith('/')) return { ...nothing, from: cwd, endpoint: argument };
  if (/[*?[\]{}]/.test(argument)) return { ...nothing, from: fixedPart(argument, cwd), glob: full };
  throw new KnownError(
    `${argument} does not exist`,
    'Give a file, a folder, a glob, or an endpoint pattern that starts with /.',
  );
}

function fixedPart(glob: string, cwd: string): string {
  const parts = glob.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  const folder = path.resolve(cwd, parts.slice(0, wild).join('/') || '.');
  if (existsSync(folder)) return realpathSync(folder);
  throw new KnownError(`${glob} matches nothing: ${folder} does not exist`, 'Mend the pattern.');
}

/** The target relative to the project that was found. */
export function targetIn(root: string, pointed: Pointed, isFile: boolean): Target {
  if (pointed.endpoint !== undefined) return { kind: 'endpoint', pattern: pointed.endpoint };
  const relative = (file: string): string => path.relative(root, file).split(path.sep).join('/');
  if (pointed.glob !== undefined) return { kind: 'glob', pattern: relative(pointed.glob) };
  const at = relative(pointed.at ?? root);
  // A monorepo's root points at all of its one member.
  if (at === '' || at.startsWith('..')) return { kind: 'project' };
  return { kind: isFile ? 'file' : 'folder', path: at };
}

/**
 * The routes that a target means: registered or handled in its files, or with a path that its pattern fits.
 * @throws KnownError when an endpoint pattern or a glob fits none
 */
export function selectRoutes(target: Target, routes: readonly Route[]): readonly Route[] {
  if (target.kind === 'project') return routes;
  if (target.kind === 'endpoint') return byEndpoint(target.pattern, routes);
  const fits = byFile(target);
  const selected = routes.filter(
    ({ place, handler }) => fits(place.file) || fits(handler.place.file),
  );
  if (selected.length > 0 || routes.length === 0) return selected;
  const name = target.kind === 'glob' ? target.pattern : target.path;
  const files = [...new Set(routes.map(({ place }) => place.file))].slice(0, 5);
  throw new KnownError(
    `no route is registered or handled in ${name}`,
    `Routes stand in ${files.join(', ')}; "." means all of them.`,
  );
}

function byFile(
  target: Exclude<Target, { kind: 'project' | 'endpoint' }>,
): (file: string) => boolean {
  if (target.kind === 'glob') return picomatch(target.pattern);
  const inside = target.kind === 'folder' ? `${target.path.replace(/\/$/, '')}/` : undefined;
  return (file) => (inside === undefined ? file === target.path : file.startsWith(inside));
}

function byEndpoint(pattern: string, routes: readonly Route[]): readonly Route[] {
  const plain = (text: string): string => text.replace(/\/$/, '').toLowerCase() || '/';
  const star = pattern.endsWith('/*') ? plain(pattern.slice(0, -2)) : undefined;
  const matches = picomatch(plain(pattern).replace(/[{}]/g, '_'), { dot: true });
  const selected = routes.filter(({ path: at, template }) => {
    const own = plain(at);
    if (own === plain(pattern) || plain(template) === plain(pattern)) return true;
    if (star !== undefined && (own === star || own.startsWith(`${star === '/' ? '' : star}/`)))
      return true;
    return matches(plain(template).replace(/[{}]/g, '_'));
  });
  if (selected.length > 0) return selected;
  const first = pattern.split('/')[1] ?? '';
  const near = routes.filter(
    (route) => first !== '' && route.path.includes(first.replace('*', '')),
  );
  const some = [...new Set((near.length > 0 ? near : routes).map((route) => route.path))].slice(
    0,
    6,
  );
  throw new KnownError(
    `no route fits ${pattern}`,
    some.length > 0 ? `There are ${some.join(', ')}.` : 'No route was read in this project.',
  );
}
