import { compilerOptions, needsRequire } from '../../languages/javascript/tsconfig.ts';
import type { Project } from '../../project/project.ts';
import type { Layout as FrameworkLayout } from '../framework.ts';
import {
  inDialect,
  type Layout,
  specifier as pathTo,
  layoutOf as usual,
} from '../javascript/layout.ts';

export type { Layout } from '../javascript/layout.ts';

/** How `from` imports the folder; its index has no name where imports have no endings. */
export function specifier(layout: Layout, from: string): string {
  const path = pathTo(layout, from, 'index');
  return layout.suffix === '' ? path.replace(/\/index$/, '') : path;
}

/** Beside the bootstrap: `src/security`, `apps/api/src/security`; Nest is written in TypeScript. */
export function layoutOf(project: Project): Layout {
  const { suffix } = usual({ ...project, typescript: true });
  return { folder: folderOf(project), extension: '.ts', suffix, form: 'ts' };
}

/** The layout in the words of the contract: names, import endings and import forms of the project. */
export function projectLayout(project: Project): FrameworkLayout {
  return inDialect(layoutOf(project), needsRequire(compilerOptions(project.tree)), project);
}

function folderOf({ entry, tree }: Project): string {
  const cut = entry?.lastIndexOf('/') ?? -1;
  const base = entry === undefined ? 'src/' : entry.slice(0, cut + 1);
  const folder = `${base}security`;
  // A folder of the owner's own by this name is not ours to fill.
  const taken = tree.paths().some((path) => path.startsWith(`${folder}/`));
  const ours = tree.read(`${folder}/policy.ts`)?.includes('printed from secure.yaml') === true;
  return taken && !ours ? `${base}api/security` : folder;
}
