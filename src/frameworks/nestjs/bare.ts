import type { Tree } from '../../kernel/tree.ts';
import type { Project } from '../../project/project.ts';
import { bareProject as withoutFolder } from '../express/bare.ts';
import type { Emitted } from '../framework.ts';

/** The project as its owner wrote it, and what of ours stands there. */
export function bareProject(project: Project): {
  project: Project;
  emitted: Emitted | undefined;
} {
  const found = withoutFolder(project);
  if (found.emitted === undefined) return found;
  return { ...found, project: { ...found.project, tree: withoutEntry(found.project.tree) } };
}

/** Our entry in `imports` of the root module blanked; lines and offsets stay. */
function withoutEntry(tree: Tree): Tree {
  const read = (path: string): string | undefined => {
    const text = tree.read(path);
    if (text === undefined || !/\bSecurityModule\b/.test(text) || !/\.[cm]?ts$/.test(path))
      return text;
    if (!/@Module\s*\(/.test(text) || /\b(?:class|import[^;]*)\s+SecurityModule\b/.test(text))
      return text;
    const entry = /,\s*SecurityModule\b(?!\s*[.(:])|\bSecurityModule\b(?!\s*[.(:])\s*,?/g;
    return text.replace(entry, (all) => all.replace(/[^\r\n]/g, ' '));
  };
  return { ...tree, paths: () => tree.paths(), has: (path) => tree.has(path), read };
}
