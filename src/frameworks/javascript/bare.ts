import { printedObject, withoutFolder } from '../../languages/javascript/bare.ts';
import type { Project } from '../../project/project.ts';
import { emittedAt } from '../emitted.ts';
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
    if (folder === undefined) continue;
    const emitted = emittedAt({ folder, file: path, text: project.tree.read(path) }, (text) =>
      printedObject(path, text, 'policy'),
    );
    if (emitted === undefined) continue;
    const tree = withoutFolder(project.tree, emitted.folder, isOurs);
    return { project: { ...project, tree }, emitted };
  }
  return { project, emitted: undefined };
}

function isOurs(path: string): boolean {
  return /(?:^|\/)security\.owner\.test\.[cm]?[jt]s$/.test(path);
}
