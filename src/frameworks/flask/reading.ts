import type { Run } from '../../languages/python/run.ts';
import type { Class, Func, Obj } from '../../languages/python/values.ts';
import type { Fact } from '../../surface/facts.ts';
import type { ErrorHandler, Route, Unresolved } from '../../surface/surface.ts';

/** What one reading of a project gathers beside its routes. */
export interface Reading {
  run: Run;
  errorHandlers: ErrorHandler[];
  unresolved: Unresolved[];
  facts: Fact[];
}

export type Found = Omit<Route, 'id'>;
export type Target = Func | Class;

export const verbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);

export function isApp(one: Obj): boolean {
  return /(?:^|\.)(?:Flask|APIFlask|OpenAPI)$/.test(one.of) && /flask|openapi/i.test(one.of);
}

export function isBlueprint(one: Obj): boolean {
  return /(?:^|\.)\w*Blueprint$/.test(one.of);
}

export function isApi(one: Obj): boolean {
  return /(?:^|\.)Api$/.test(one.of);
}

export function join(prefix: string, path: string): string {
  if (prefix === '' || path === '') return prefix + path;
  return `${prefix.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}
