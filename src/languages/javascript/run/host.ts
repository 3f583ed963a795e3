import type { External, Site, Value } from './values.ts';

/** What the reader of a framework tells the interpreter about packages. */
export interface Host {
  /** The value of a package, when the reader knows what it does. */
  packageValue(name: string): Value | undefined;
  /** The result of a call into a package that the reader knows; `undefined` leaves it symbolic. */
  externalCall(
    callee: External,
    args: readonly Value[],
    site: Site,
    made: 'call' | 'new',
  ): Value | undefined;
  /** Called for code that hands a value of interest to something that cannot be seen. */
  escaped(callee: Value, args: readonly Value[], site: Site): void;
  /** A file whose run had to be cut short. */
  exhausted(path: string): void;
  /** The value of an environment variable that the project's example files state. */
  environment?(name: string): Value | undefined;
}
