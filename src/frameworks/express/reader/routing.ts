import type { Node } from '../../../languages/javascript/parse.ts';
import type { Scope } from '../../../languages/javascript/run/scope.ts';
import type { Value } from '../../../languages/javascript/run/values.ts';
import type { GuardKind, Place } from '../../../surface/surface.ts';
import type { Field } from './schemas.ts';
import type { Ref } from './use.ts';

/** A path as it was given to `use`, `route` or a method. */
export interface PathText {
  text: string;
  /** The expression of a path that is one. */
  expression?: RegExp | undefined;
  /** Pieces of it are not known. */
  open: boolean;
}

/** One function, router or application in a layer, with the text that gave it. */
export interface Handler {
  value: Value;
  /** As the source calls it; `undefined` for a function literal. */
  text: string | undefined;
  place: Place;
  /** Read again when every file has run: a name of a ring of imports, or of a later line of the file. */
  late?: { node: Node; scope: Scope } | undefined;
  /** What it is, when its decorator says so. */
  kinds?: readonly GuardKind[] | undefined;
}

/** One registration on an application or router, in its order. */
export interface Layer {
  kind: 'use' | 'route' | 'param';
  /** Upper case; `ALL`; empty for `use`. */
  method: string;
  paths: readonly PathText[];
  handlers: Handler[];
  place: Place;
  /** It stands in a branch that may not run. */
  doubt: boolean;
  /** What the parameters of a decorated method are. */
  given?: readonly (Ref | undefined)[] | undefined;
  fields?: readonly Field[] | undefined;
}

/** An application or a router, as far as the run has come. */
export interface Routing {
  kind: 'app' | 'router';
  name: string;
  place: Place;
  layers: Layer[];
  /** It was mounted in another. */
  mounted: boolean;
}

const marker = Symbol('routing');

/** Marks the data of a native value as ours. */
export function markedRouting(routing: Routing): Routing {
  return Object.defineProperty(routing, marker, { value: true });
}

/** The routing behind a value that is an application or a router. */
export function routingOf(value: Value | undefined): Routing | undefined {
  if (value?.k !== 'native' || typeof value.data !== 'object' || value.data === null) {
    return undefined;
  }
  return marker in value.data ? (value.data as unknown as Routing) : undefined;
}

/** Every application or router that a value holds, up to a depth. */
export function routingsIn(value: Value | undefined, depth = 0): Routing[] {
  if (!value || depth > 4) return [];
  const own = routingOf(value);
  if (own) return [own];
  if (value.k === 'either') return value.options.flatMap((one) => routingsIn(one, depth + 1));
  if (value.k === 'unknown') return value.of.flatMap((one) => routingsIn(one, depth + 1));
  if (value.k === 'list') return value.items.flatMap((one) => routingsIn(one, depth + 1));
  if (value.k === 'external')
    return (value.args ?? []).flatMap((one) => routingsIn(one, depth + 1));
  if (value.k !== 'record') return [];
  return [...value.members.values()].flatMap((one) => routingsIn(one, depth + 1));
}
