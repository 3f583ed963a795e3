import type { Param } from '../../../surface/surface.ts';

/** What one input is known to be; `Param` without its place. */
export interface Shape {
  type: Param['type'];
  optional: boolean;
  enum?: readonly (string | number)[] | undefined;
}

export interface Field extends Shape {
  name: string;
  file: string;
  line: number;
  /** A validator of the class or of the schema states it, not only its type. */
  checked: boolean;
}

/** The members of an object that a request carries. */
export interface Fields {
  name: string;
  fields: readonly Field[];
  /** Which library checks them when a pipe asks it to. */
  library: 'class-validator' | 'zod' | 'joi' | 'valibot' | undefined;
}

export const shapeless: Shape = { type: 'unknown', optional: false };
