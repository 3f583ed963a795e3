import type { Class } from './values.ts';

/** The first foreign class that a class descends from. */
export function foreignBase(cls: Class, depth = 0): string | undefined {
  for (const base of cls.bases) {
    if (base.t === 'ext' && base.name !== 'builtins.object') return base.name;
    if (base.t === 'generic' && base.of.t === 'ext') return base.of.name;
    const deeper = base.t === 'class' && depth < 10 ? foreignBase(base, depth + 1) : undefined;
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}
