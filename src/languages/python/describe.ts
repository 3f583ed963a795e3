import type { Guard, GuardKind, Param } from '../../surface/surface.ts';
import { nameOf, type Value } from './values.ts';

/** The path with every parameter as `{name}`: from `{id:path}`, `<int:id>`. */
export function templateOf(path: string): string {
  return path
    .replace(/\{([^}:]+):path\}/g, '{*$1}')
    .replace(/\{([^}:*]+):[^}]+\}/g, '{$1}')
    .replace(/<path:([^>]+)>/g, '{*$1}')
    .replace(/<(?:[^:>]+:)?([^>]+)>/g, '{$1}');
}

const typed: Readonly<Record<string, Param['type']>> = {
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  list: 'array',
  dict: 'object',
  List: 'array',
  Dict: 'object',
  EmailStr: 'string',
  UUID: 'string',
  datetime: 'string',
  Decimal: 'number',
};

/** The JSON type that an annotation stands for, and whether None is allowed. */
export function typeOf(value: Value | undefined): { type: Param['type']; optional: boolean } {
  const last = nameOf(value).split('.').at(-1) ?? '';
  if (value?.t === 'generic') {
    const optional = last === 'Optional' || value.args.some((one) => one.t === 'none');
    if (last !== 'Optional' && last !== 'Union' && last !== 'Annotated') {
      return { type: typed[last] ?? 'unknown', optional: false };
    }
    const inner = typeOf(value.args.find((one) => one.t !== 'none'));
    return { type: inner.type, optional: optional || inner.optional };
  }
  if (value?.t === 'class') return { type: 'object', optional: false };
  return { type: typed[last] ?? 'unknown', optional: false };
}

export const guard = (
  name: string,
  kinds: readonly GuardKind[],
  scope: Guard['scope'],
  place: Guard['place'],
  more: Partial<Guard> = {},
): Guard => ({ name, kinds, scope, place, detail: {}, confidence: 'high', ...more });
