import type { Run } from '../../languages/python/run.ts';
import type { Obj } from '../../languages/python/values.ts';
import type { Fact } from '../../surface/facts.ts';
import type { ErrorHandler, Route, Unresolved } from '../../surface/surface.ts';

/** What one reading of a project gathers beside its routes. */
export interface Reading {
  run: Run;
  /** Whether `include_router` copies the routes that stand there at that moment. */
  copies: boolean;
  errorHandlers: ErrorHandler[];
  unresolved: Unresolved[];
  facts: Fact[];
}

export type Found = Omit<Route, 'id'>;

export function isApp(one: Obj): boolean {
  return /(?:^|\.)FastAPI$/.test(one.of) && !one.of.includes('(');
}

/** Of FastAPI, Starlette or a library that only adds to them; routers of others make routes of their own. */
export function isRouter(one: Obj): boolean {
  return /^(?:fastapi|starlette|fastapi_utils|fastapi_restful|builtins)\b.*Router$|^\w*Router$|\.router$/.test(
    one.of,
  );
}
