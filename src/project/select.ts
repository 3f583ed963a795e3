import picomatch from 'picomatch';
import { isKnown, KnownError } from '../kernel/errors.ts';
import type { Route } from '../surface/surface.ts';
import type { Target } from './target.ts';

/**
 * The routes that a target means: registered or handled in its files, or with a path that its pattern fits.
 * @throws KnownError when the target means none although the project has routes
 */
export function selectRoutes(target: Target, routes: readonly Route[]): readonly Route[] {
  if (target.kind === 'project') return routes;
  if (target.kind === 'several') return byAny(target.targets, routes);
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

/** A word that means no route is no mistake as long as another one means some. */
function byAny(targets: readonly Target[], routes: readonly Route[]): readonly Route[] {
  const found = targets.map((target) => {
    try {
      return { selected: selectRoutes(target, routes) };
    } catch (error) {
      if (!isKnown(error)) throw error;
      return { selected: [], error };
    }
  });
  const selected = new Set(found.flatMap(({ selected }) => selected));
  const [first] = found.flatMap(({ error }) => error ?? []);
  if (selected.size === 0 && first !== undefined) throw first;
  return routes.filter((route) => selected.has(route));
}

function byFile(
  target: Exclude<Target, { kind: 'project' | 'endpoint' | 'several' }>,
): (file: string) => boolean {
  if (target.kind === 'glob') {
    const fits = picomatch([target.pattern, `${target.pattern.replace(/\/$/, '')}/**`], {
      dot: true,
    });
    return (file) => fits(file);
  }
  if (target.kind === 'folder') {
    const inside = `${target.path.replace(/\/$/, '')}/`;
    return (file) => file.startsWith(inside);
  }
  const files = new Set([target.path, ...(target.mounts ?? [])]);
  return (file) => files.has(file);
}

const plain = (text: string): string => text.replace(/\/+$/, '').toLowerCase() || '/';
/** Parameters compare as one wildcard, whatever a framework or the user writes: `:id`, `{id}`, `<int:id>`. */
const shape = (text: string): string =>
  plain(text).replace(/\{[^}]*\}|<[^>]*>|:\w+(?:\([^)]*\))?/g, '{}');

function byEndpoint(argument: string, routes: readonly Route[]): readonly Route[] {
  const [, method, pattern = argument] = /^([A-Z]+) (.*)$/.exec(argument) ?? [];
  const matches = matcher(pattern);
  const selected = routes.filter(
    (route) =>
      (method === undefined || route.method === method || route.method === 'ALL') && matches(route),
  );
  if (selected.length > 0) return selected;
  const some = nearest(pattern, routes).slice(0, 6);
  throw new KnownError(
    `no route fits ${argument}`,
    some.length > 0 ? `The nearest are ${some.join(', ')}.` : 'No route was read in this project.',
  );
}

function matcher(pattern: string): (route: Route) => boolean {
  const wanted = shape(pattern);
  const stem = /\/\*{1,2}$/.test(pattern) ? shape(pattern.replace(/\/\*+$/, '')) : undefined;
  const literal = (text: string): string => text.replaceAll('{}', '_');
  const glob = picomatch(literal(wanted), { dot: true });
  return ({ path, template }) => {
    for (const own of [shape(path), shape(template)]) {
      if (own === wanted) return true;
      if (stem !== undefined && (own === stem || own.startsWith(`${stem === '/' ? '' : stem}/`)))
        return true;
      if (glob(literal(own))) return true;
    }
    return false;
  };
}

/** Paths that share the longest beginning or the most parts with the pattern. */
function nearest(pattern: string, routes: readonly Route[]): string[] {
  const parts = shape(pattern).split('/').filter(Boolean);
  const near = (path: string): number => {
    const own = shape(path).split('/').filter(Boolean);
    const same = parts.filter((part) =>
      own.some((each) => each === part || (part.length > 3 && each.startsWith(part.slice(0, 4)))),
    );
    return same.length * 10 - Math.abs(own.length - parts.length);
  };
  const paths = [...new Set(routes.map(({ path }) => path))];
  return paths.sort((a, b) => near(b) - near(a) || (a < b ? -1 : 1));
}
