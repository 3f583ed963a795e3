import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Value } from '../../../languages/javascript/run/values.ts';
import { routersCalledBy } from './calls.ts';
import { isErrorHandler, passesOn } from './handlers.ts';
import { isDocs, isGraphql, isStatic } from './packages.ts';
import { type Handler, type Routing, routingOf, routingsIn } from './routing.ts';
import type { Standing } from './walk.ts';

/** The routers that a handler is, or hands its requests to. */
export function routersBehind(machine: Machine, value: Value): readonly Routing[] {
  const own = routingOf(value);
  if (own) return [own];
  if (value.k === 'external') return routingsIn(value);
  return value.k === 'closure' && !isErrorHandler(value) ? routersCalledBy(machine, value) : [];
}

/** Nothing is known of it, or it comes of a file of the project that is not there: built, or left out. */
export function isOutOfSight(value: Value): boolean {
  if (value.k === 'external') return /^[.#/]/.test(value.module);
  return value.k === 'unknown' || value.k === 'primitive';
}

/** What answers below a prefix. */
export type Answer = 'files' | 'docs' | 'graphql' | 'code';

/** What a middleware that ends requests below a prefix answers with. */
export function answers(handler: Handler, under: string, standing: Standing): Answer | undefined {
  const { value } = handler;
  if (isStatic(value)) return 'files';
  if (isDocs(value) || (standing.guard.kinds.includes('docs') && under !== '')) return 'docs';
  if (isGraphql(value)) return 'graphql';
  const ends = value.k === 'closure' && value.node.params.length >= 2 && !passesOn(value);
  return ends && under !== '' ? 'code' : undefined;
}
