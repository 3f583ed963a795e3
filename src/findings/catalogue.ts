import { authEntries } from './catalogue/auth.ts';
import { corsEntries } from './catalogue/cors.ts';
import type { Entry } from './catalogue/entry.ts';
import { headersEntries } from './catalogue/headers.ts';
import { authzEntries, csrfEntries, errorsEntries, loggingEntries } from './catalogue/others.ts';
import { ratelimitEntries } from './catalogue/ratelimit.ts';
import { tokenEntries } from './catalogue/tokens.ts';
import { validationEntries } from './catalogue/validation.ts';

export type { Entry } from './catalogue/entry.ts';

const all = {
  ...headersEntries,
  ...corsEntries,
  ...ratelimitEntries,
  ...validationEntries,
  ...authEntries,
  ...tokenEntries,
  ...authzEntries,
  ...csrfEntries,
  ...errorsEntries,
  ...loggingEntries,
} as const;

export type FindingId = keyof typeof all;

/** Every finding that there is: id to its meaning. Append-only. */
export const catalogue: Readonly<Record<FindingId, Entry>> = all;

export const findingIds = Object.keys(all) as readonly FindingId[];

/** The entry of an id, `undefined` for one that does not exist. */
export function entryOf(id: string): Entry | undefined {
  return Object.hasOwn(catalogue, id) ? catalogue[id as FindingId] : undefined;
}
