import { printedData, withoutFolder } from '../../languages/python/bare.ts';
import type { Project } from '../../project/project.ts';
import { emittedAt } from '../emitted.ts';
import type { Emitted } from '../framework.ts';

/** First line of every printed file; by it an earlier run is known. */
export const told =
  '"""What holds for this project, printed from secure.yaml; `secure` writes it anew."""';

/** What an earlier run left, wherever it put it. */
export function emittedIn({ tree }: Project): Emitted | undefined {
  for (const path of tree.paths()) {
    const folder = /^(.+)\/policy\.py$/.exec(path)?.[1];
    if (folder === undefined) continue;
    const emitted = emittedAt({ folder, file: path, text: tree.read(path) }, (text) =>
      printedData(text, 'POLICY'),
    );
    if (emitted !== undefined) return emitted;
  }
  return undefined;
}

/** The project as its owner wrote it, and what of ours stands there. */
export function bareProject(project: Project): { project: Project; emitted: Emitted | undefined } {
  const emitted = emittedIn(project);
  if (emitted === undefined) return { project, emitted };
  const tree = withoutFolder(project.tree, emitted.folder, (path) =>
    isOurTest(path, project.tree.read(path)),
  );
  return { project: { ...project, tree }, emitted };
}

export const testTold = '"""What policy.py promises for each route of this application';

/** By its file and its first words: settings that are strict take its mark away. */
export function isOurTest(path: string, text: string | undefined): boolean {
  return /(?:^|\/)test_\w*security\.py$/.test(path) && text?.includes(testTold) === true;
}
