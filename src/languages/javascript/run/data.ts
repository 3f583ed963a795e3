import { record, type Value } from './values.ts';

/** JSON as a value of the interpreter. */
export function dataValue(data: unknown): Value {
  if (Array.isArray(data)) return { k: 'list', items: data.map(dataValue), more: false };
  if (typeof data === 'object' && data !== null) {
    return record(Object.entries(data).map(([key, one]) => [key, dataValue(one)] as const));
  }
  return { k: 'primitive', value: data as string | number | boolean | null };
}
