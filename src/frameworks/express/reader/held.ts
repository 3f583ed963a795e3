import type { Scope } from '../../../languages/javascript/run/scope.ts';
import type { Closure, Value } from '../../../languages/javascript/run/values.ts';

/** What the functions around a middleware hold: the arguments of the call that made it. */
export function heldBy(fn: Closure): Value[] {
  const values: Value[] = [];
  for (let scope: Scope | undefined = fn.scope; scope?.parent; scope = scope.parent) {
    values.push(...scope.own());
  }
  return values;
}
