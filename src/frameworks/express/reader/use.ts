import type { External } from '../../../languages/javascript/run/values.ts';
import type { Param, Place } from '../../../surface/surface.ts';
import type { Evidence } from './evidence.ts';

/** A part of the request. */
export type In = Param['in'];

/** What a name or an expression stands for. */
export type Ref =
  | { of: 'request' }
  | { of: 'response' }
  | { of: 'bag'; in: In }
  | { of: 'key'; in: In; name: string };

/** One key of the request that a handler reads. */
export interface Use extends Evidence {
  in: In;
  name: string;
  place: Place;
}

/** What a handler and the functions that it calls do with a request. */
export interface Uses {
  found: Use[];
  /** Parts of the request that go where their keys cannot be seen. */
  open: Set<In>;
  /** Texts of the bodies that were read. */
  texts: string[];
  /** Calls of packages with a part of the request: `schema.parse(req.body)`. */
  schemas: { in: In; value: External }[];
  /** Types that a part of the request is said to have. */
  types: { in: In; members: Map<string, Evidence> }[];
}

/** Members of a request that hold keys. */
export const bags: Readonly<Record<string, In>> = {
  params: 'path',
  query: 'query',
  body: 'body',
  headers: 'header',
  cookies: 'cookie',
  signedCookies: 'cookie',
  file: 'file',
  files: 'file',
};

/** Whether a call checks its argument: `schema.parse(req.body)`. */
export function isSchema(value: External): boolean {
  return /^(?:safe)?parse(?:Async)?$|^validate(?:Async|Sync)?$|^attempt$/i.test(
    value.path.at(-1) ?? '',
  );
}
