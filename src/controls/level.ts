/** How much assurance, not which environment: basic is about ASVS L1, standard L2, strict L3. */
export const levels = ['basic', 'standard', 'strict'] as const;
export type Level = (typeof levels)[number];

/** One set of values for each level. */
export type ByLevel<T> = Readonly<Record<Level, T>>;

/** The chosen level and those above it: a deployment may be raised, never lowered. */
export function from(level: Level): readonly Level[] {
  return levels.slice(levels.indexOf(level));
}
