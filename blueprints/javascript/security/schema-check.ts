import { Problem } from './messages.js';
import type { Route } from './policy-types.js';

/** `POST /notes` to what its body must be. */
export type Schemas = Readonly<Record<string, Schema>>;

/** What every zod schema is to us. */
export interface Schema {
  safeParse: (value: unknown) => {
    success: boolean;
    error?: { issues: readonly { path: readonly PropertyKey[]; code: string }[] } | undefined;
  };
}

/** Refuses a body that does not fit; a value that fits goes on as it came, never as the schema would make it. */
export function checkSchema(schemas: Schemas, row: Route, value: unknown): void {
  const schema = schemas[`${row.method} ${row.path}`];
  if (schema === undefined || value === undefined) return;
  const result = schema.safeParse(value);
  if (result.success) return;
  const errors = (result.error?.issues ?? []).slice(0, 20).map(({ path, code }) => ({
    path: path.map(String).join('.'),
    message: texts[code] ?? 'is not valid',
  }));
  throw new Problem(400, { event: 'validation.refused', reason: 'schema', errors });
}

/** Our own words: a library's message may hold what was submitted. */
const texts: Readonly<Record<string, string>> = {
  invalid_type: 'has the wrong type or is missing',
  too_big: 'is too long or too large',
  too_small: 'is too short or too small',
  invalid_format: 'has the wrong form',
  invalid_value: 'is none of the allowed values',
  unrecognized_keys: 'holds a field that is not known',
};
