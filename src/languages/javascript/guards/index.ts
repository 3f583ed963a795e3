export { guardByBody } from './body.ts';
export { guardByLibrary } from './library.ts';
export type { Recognised } from './recognised.ts';
