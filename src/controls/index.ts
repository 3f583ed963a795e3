import { auth } from './auth/index.ts';
import { authz } from './authz/index.ts';
import type { Control, ControlId } from './control.ts';
import { cors } from './cors/index.ts';
import { csrf } from './csrf/index.ts';
import { errors } from './errors/index.ts';
import { headers } from './headers/index.ts';
import { logging } from './logging/index.ts';
import { ratelimit } from './ratelimit/index.ts';
import { validation } from './validation/index.ts';

/** The controls in mount order. */
export const controls = {
  headers,
  cors,
  ratelimit,
  validation,
  auth,
  authz,
  csrf,
  errors,
  logging,
} satisfies Record<ControlId, Control>;
