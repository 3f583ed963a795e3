import { z } from 'zod';
import type { Schemas } from './schema-check.js';

/** What each body must be, written from what its handler reads. */
export const schemas: Schemas = {
  'POST /items': z.object({ name: z.string().max(10_000), price: z.number().optional() }),
};
