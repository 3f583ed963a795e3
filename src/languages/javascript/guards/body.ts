import type { Node, Parsed } from '../parse.ts';
import type { Recognised } from './recognised.ts';

/** What home-made middleware is, by what its body does; local functions that it calls are followed two levels. */
export function guardByBody(_fn: Node, _parsed: Parsed): Recognised {
  return { kinds: ['unknown'], detail: {}, confidence: 'low', credentials: [] };
}
