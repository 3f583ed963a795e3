import type { Tree } from '../../kernel/tree.ts';
import type { Project } from '../../project/project.ts';
import type { Emitted } from '../framework.ts';
import { bareProject as withoutFolder } from '../javascript/bare.ts';

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
    if (text === undefined || !/\.[cm]?ts$/.test(path)) return text;
    if (!/\bSecurityModule\b/.test(text) || !/@Module\s*\(/.test(text)) return text;
    if (own.test(text)) return text;
    return text.replace(entry, (all) => all.replace(/[^\r\n]/g, ' '));
  };
  return { ...tree, paths: () => tree.paths(), has: (path) => tree.has(path), read };
}

/** A module of the owner's own by this name: the import of ours is blanked already. */
const own = /\bclass\s+SecurityModule\b|\bimport\s*\{[^}]*\bSecurityModule\b[^}]*\}/;
/** The bare name in a list, with one comma. */
const entry = /,\s*SecurityModule\b(?!\s*[.(:])|\bSecurityModule\b(?!\s*[.(:])\s*,?/g;
