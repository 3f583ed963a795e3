import type { Node, Parsed } from '../parse.ts';
import type { Recognised } from './recognised.ts';

/**
 * What a guard of a known package is. `exportName` is `default` for the package itself, or the member
 * that is called (`json` of express, `authenticate` of passport); `undefined` for a package that is not known.
 */
export function guardByLibrary(
  _packageName: string,
  _exportName: string,
  _args: readonly Node[],
  _parsed: Parsed,
): Recognised | undefined {
  return undefined;
}
