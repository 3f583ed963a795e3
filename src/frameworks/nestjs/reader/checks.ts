import type { Guard, Place } from '../../../surface/surface.ts';
import { type Enhancer, nameOfEnhancer } from './enhancers.ts';
import type { Fields } from './fields.ts';
import type { Piped } from './pipes.ts';
import { schemaFields, schemaLibrary } from './schemas.ts';
import { member, type Value } from './values.ts';

/** A pipe before an argument, with what it does. */
export interface BoundPipe {
  piped: Piped;
  enhancer: Enhancer;
}

export function schemaOf(pipes: readonly BoundPipe[]): Fields | undefined {
  for (const { piped } of pipes) if (piped.does === 'schema') return piped.fields;
  return undefined;
}

// Nest 12: `@Body({ schema })`, checked by the StandardSchemaValidationPipe.
export function standardSchema(args: readonly Value[]): Fields | undefined {
  for (const one of args) {
    const schema = member(one, 'schema');
    if (!schema) continue;
    const library = schemaLibrary(schema);
    return schemaFields(schema) ?? { name: 'schema', fields: [], library };
  }
  return undefined;
}

export function checker(
  pipes: readonly BoundPipe[],
  stated: Fields | undefined,
  typed: Fields | undefined,
  standard: boolean,
): { enhancer: Enhancer; by: Fields; detail: Guard['detail'] } | undefined {
  for (const { piped, enhancer } of pipes) {
    if (piped.does === 'schema') return { enhancer, by: piped.fields, detail: {} };
    if (piped.does !== 'dto') continue;
    if (piped.library === 'standard') {
      if (standard && stated) return { enhancer, by: stated, detail: piped.detail };
      continue;
    }
    if (typed?.library === piped.library) return { enhancer, by: typed, detail: piped.detail };
  }
  return undefined;
}

export function validation(
  enhancer: Enhancer,
  by: Fields,
  detail: Guard['detail'],
  place: Place,
): Guard {
  return {
    name: nameOfEnhancer(enhancer.value),
    kinds: ['validation'],
    library: by.library,
    scope: 'parameter',
    place,
    detail: { ...detail, dto: by.name },
    confidence: 'high',
  };
}
