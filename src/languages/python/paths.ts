import type { Place, Unresolved } from '../../surface/surface.ts';
import type { Value } from './values.ts';

/** Stands in a path for what could not be read; such a path is never sure. */
export const gap = '{unknown}';

/** The text of a prefix; nothing where none is given, and an unresolved place where it could not be read. */
export function prefixOf(
  reading: { unresolved: Unresolved[] },
  value: Value | undefined,
  place: Place,
): string {
  if (value === undefined || value.t === 'none') return '';
  if (value.t === 'str' && value.part !== true) return value.v;
  reading.unresolved.push({ what: 'a prefix that is not a literal', place });
  return value.t === 'str' ? value.v : `/${gap}`;
}

/** The text of a route's path; `gap` where it could not be read. */
export function pathOf(
  reading: { unresolved: Unresolved[] },
  value: Value | undefined,
  place: Place,
): string {
  if (value?.t === 'str' && value.part !== true) return value.v;
  reading.unresolved.push({ what: 'a path that is not a literal', place });
  return value?.t === 'str' ? value.v : `/${gap}`;
}

/** Methods that a registration lists: `undefined` where it lists none, every one where they could not be read. */
export function methodsOf(
  reading: { unresolved: Unresolved[] },
  value: Value | undefined,
  place: Place,
): string[] | undefined {
  if (value === undefined || value.t === 'none') return undefined;
  const items = value.t === 'list' ? value.items : [];
  const texts = items.flatMap((one) => (one.t === 'str' ? one.v.toUpperCase() : []));
  if (items.length > 0 && texts.length === items.length) return texts;
  reading.unresolved.push({ what: 'methods that are no literals', place });
  return ['ALL'];
}
