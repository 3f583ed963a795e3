import { addToNode } from './node-packages.ts';
import type { Project } from './project.ts';
import { addToPython } from './python-packages.ts';

export { addScript } from './node-packages.ts';

/** A package that the project shall declare. */
export interface Wanted {
  name: string;
  range: string;
  dev: boolean;
}

/** The three ends of an edit of a manifest; the same shape as `Edit` of the frameworks. */
export type ManifestEdit =
  | { end: 'edited'; file: string; text: string; why: string }
  | { end: 'there'; file: string; why: string }
  | { end: 'cannot'; file: string; why: string; paste: string };

export interface AddedPackages {
  edits: readonly ManifestEdit[];
  /** What the owner's package manager is asked to do; `undefined` when nothing is missing. */
  install: { argv: readonly string[] } | undefined;
  /** What the owner should know: ranges that are older than what our code is tested with, lock files to compile. */
  notes: readonly string[];
}

/** Declares packages in the project's own manifest: lines are added, no range is rewritten or lowered. Pure. */
export function addPackages(project: Project, wanted: readonly Wanted[]): AddedPackages {
  const nothing = { edits: [], install: undefined, notes: [] };
  if (wanted.length === 0 || project.language === 'go') return nothing;
  return project.language === 'python' ? addToPython(project, wanted) : addToNode(project, wanted);
}
