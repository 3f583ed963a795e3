import type { ByLevel } from '../level.ts';

/** Bounds of what a request may carry. Validation refuses; it never changes a value (ASVS 1.3.1, 6.2.8). */
export interface ValidationValues {
  /** Largest body in bytes where the route has no cap of its own; uploads are decided per route. */
  bodyBytes: number;
  /** Deepest nesting of a parsed body. */
  depth: number;
  /** Most keys and array items in one parsed body. */
  keys: number;
  /** Keys that a route's schema does not name. */
  unknownKeys: 'allow' | 'refuse';
}

export const validationLevels: ByLevel<ValidationValues> = {
  basic: { bodyBytes: 102_400, depth: 64, keys: 1000, unknownKeys: 'allow' },
  standard: { bodyBytes: 102_400, depth: 32, keys: 1000, unknownKeys: 'allow' },
  strict: { bodyBytes: 65_536, depth: 16, keys: 1000, unknownKeys: 'refuse' },
};
