import { type Node, textOf } from '../../../languages/javascript/parse.ts';
import {
  type Either,
  hole,
  optionsOf,
  type Site,
  unknown,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import type { Registry } from './registration.ts';
import { type Handler, type Layer, type PathText, routingOf } from './routing.ts';

/** Whether an argument is a path. */
export function isPath(value: Value, kind: Layer['kind']): boolean {
  const options = optionsOf(value);
  if (options.some((one) => one.k === 'primitive' && typeof one.value === 'string')) return true;
  if (options.some((one) => one.k === 'regexp')) return true;
  if (value.k === 'list')
    return value.items.length > 0 && value.items.every((one) => isPath(one, kind));
  // An unknown first argument of a method is its path; of `use` it may be either.
  return (
    kind !== 'use' && (value.k === 'unknown' || value.k === 'external' || value.k === 'primitive')
  );
}

const pathNames = /(?:path|prefix|base|url|route|endpoint|mount|root|version)\w*(?:\(\))?$/i;

/** An unknown first argument of `use` that its name calls a path. */
export function isNamedPath(value: Value, site: Site): boolean {
  const [node] = site.node.arguments as readonly Node[];
  if (value.k !== 'unknown' || value.of.length > 0 || !node) return false;
  return pathNames.test(textOf(site.scope.module.parsed, node));
}

/** The paths of an argument. */
export function pathsIn(registry: Registry, value: Value | undefined, site: Site): PathText[] {
  if (!value) return [{ text: hole, open: true }];
  if (value.k === 'list') {
    const all = value.items.flatMap((one) => pathsIn(registry, one, site));
    return value.more ? [...all, { text: hole, open: true }] : all;
  }
  if (value.k === 'regexp') return [expressionPath(value.source, value.flags)];
  if (value.k === 'primitive')
    return [{ text: String(value.value), open: String(value.value).includes(hole) }];
  if (value.k === 'either') return [chosen(registry, value, site)];
  return [{ text: hole, open: true }];
}

function chosen(registry: Registry, value: Either, site: Site): PathText {
  const known = value.options.find(
    (one) => one.k === 'regexp' || (one.k === 'primitive' && typeof one.value === 'string'),
  );
  return pathsIn(registry, known, site)[0] ?? { text: hole, open: true };
}

function expressionPath(source: string, flags: string): PathText {
  let expression: RegExp | undefined;
  try {
    expression = new RegExp(source, flags);
  } catch {
    expression = undefined;
  }
  return { text: `/${source}/${flags}`, expression, open: false };
}

/** The functions and routers of an argument list, from one index on. */
export function handlersOf(
  registry: Registry,
  args: readonly Value[],
  from: number,
  site: Site,
): Handler[] {
  const nodes = site.node.arguments as readonly Node[];
  const aligned = !nodes.some((one) => one.type === 'SpreadElement');
  return args.slice(from).flatMap((value, index) => {
    const node = aligned ? nodes[index + from] : undefined;
    const place = registry.machine.placeOf(site.scope, node ?? site.node);
    const text = node && textFor(node, site);
    return flattened(registry, value, text, place, site, node);
  });
}

/** The functions of a value, lists opened; the elements of an array literal keep their texts. */
function flattened(
  registry: Registry,
  value: Value,
  text: string | undefined,
  place: Handler['place'],
  site: Site,
  node: Node | undefined,
): Handler[] {
  if (value.k === 'list') {
    const elements = node?.type === 'ArrayExpression' ? node.elements : [];
    const aligned = elements.length === value.items.length;
    const inner = value.items.flatMap((one, index) => {
      const element = aligned ? (elements[index] ?? undefined) : undefined;
      const own = element && textFor(element, site);
      const at = element ? registry.machine.placeOf(site.scope, element) : place;
      return flattened(registry, one, own, at, site, element);
    });
    return value.more ? [...inner, { value: unknown, text, place }] : inner;
  }
  const options = optionsOf(value).filter(
    (one) =>
      one.k !== 'primitive' ||
      (one.value !== undefined && one.value !== null && one.value !== false),
  );
  const routings = options.filter((one) => routingOf(one));
  if (routings.length > 1) return routings.map((one) => ({ value: one, text, place }));
  const late = value.k === 'unknown' && node ? { late: { node, scope: site.scope } } : {};
  return [{ value: options.length === 1 ? options[0]! : value, text, place, ...late }];
}

function textFor(node: Node, site: Site): string | undefined {
  if (node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression')
    return undefined;
  return short(textOf(site.scope.module.parsed, node));
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
