import type { Context, Scheme } from './scheme.js';

/** The application authenticates its callers itself. */
export const make: ((context: Context) => Scheme) | undefined = undefined;
