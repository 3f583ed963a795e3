import type { RequestSpec } from '../probe.ts';

export const json = [['Content-Type', 'application/json']] as const;

/** A body that the handler would take, with one more member: what is refused is that member alone. */
export function around(sample: object, member: string): Partial<RequestSpec> {
  const inner = JSON.stringify(sample).slice(1, -1);
  return { body: `{${inner}${inner === '' ? '' : ','}${member}}`, headers: json };
}

/** The same with a member of this depth. */
export function nested(sample: object, depth: number): Partial<RequestSpec> {
  return around(sample, `"a":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}
