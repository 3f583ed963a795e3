import { printedObject, withoutFolder } from '../../languages/javascript/bare.ts';
import type { Project } from '../../project/project.ts';
import type { Emitted } from '../framework.ts';

/** Our folder by what stands in it, wherever an earlier run put it. */
const policyFile = /^(.*(?:^|\/)security)\/policy\.[cm]?[jt]s$/;

/** The project as its owner wrote it, and what of ours stands there. */
export function bareProject(project: Project): {
  project: Project;
  emitted: Emitted | undefined;
} {
  for (const path of project.tree.paths()) {
    const folder = policyFile.exec(path)?.[1];
    const emitted = folder === undefined ? undefined : emittedAt(project, path, folder);
    if (emitted === undefined) continue;
    const tree = withoutFolder(project.tree, emitted.folder, isOurs);
    return { project: { ...project, tree }, emitted };
  }
  return { project, emitted: undefined };
}

function isOurs(path: string): boolean {
  return /(?:^|\/)security\.owner\.test\.[cm]?[jt]s$/.test(path);
}

function emittedAt(project: Project, path: string, folder: string): Emitted | undefined {
  const text = project.tree.read(path) ?? '';
  if (!text.includes('printed from secure.yaml')) return undefined;
  const found = printedObject(path, text, 'policy');
  const value = found?.value as { controls?: unknown; level?: unknown; auth?: unknown } | undefined;
  if (found === undefined || typeof value?.controls !== 'object') return undefined;
  return {
    folder,
    controls: value.controls as Emitted['controls'],
    level: String(value.level),
    auth: String(value.auth),
    place: { file: path, line: found.line },
  };
}
