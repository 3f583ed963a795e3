import type { Tree } from '../../kernel/tree.ts';
import { Modules } from './modules.ts';
import { type PyNode, walk } from './parse.ts';
import { parsedPython } from './ready.ts';

/** How the project names one of its modules. */
export interface ModuleName {
  /** The folder that stands on Python's path: '' for the project root. */
  root: string;
  /** `app.main`; '' for the package of the root folder itself. */
  dotted: string;
  /** The file imports its neighbours with dots. */
  relative: boolean;
}

/**
 * The name under which a file is imported, by what its imports and those of its neighbours resolve to,
 * and by its packages where they tell nothing.
 */
export function moduleName(tree: Tree, file: string): ModuleName {
  const imports = importsOf(tree, file);
  const relative = imports.some((one) => one.startsWith('.'));
  const root =
    rootBy(tree, file, imports) ??
    rootBy(tree, file, neighbourImports(tree, file)) ??
    rootByImporters(tree, file) ??
    rootOfPackage(tree, file);
  const inside = root === '' ? file : file.slice(root.length + 1);
  const dotted = inside.replace(/(?:(?:^|\/)__init__)?\.py$/, '').replaceAll('/', '.');
  return { root, dotted, relative };
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

/** Modules as a file's import statements name them: `app.routers`, `.store`. */
function importsOf(tree: Tree, file: string): string[] {
  const root = parsedPython(tree.read(file) ?? '');
  if (root === undefined) return [];
  return [...walk(root)].flatMap((node): string[] => {
    if (node.type === 'import_from_statement') return [node.field('module_name')?.text ?? ''];
    if (node.type !== 'import_statement') return [];
    return node.all('name').map((one: PyNode) => (one.field('name') ?? one).text);
  });
}

function neighbourImports(tree: Tree, file: string): string[] {
  const top = folderOf(file);
  const inside = tree
    .paths()
    .filter((path) => path.endsWith('.py') && path !== file && path.startsWith(`${top}/`));
  return inside.slice(0, 40).flatMap((path) => importsOf(tree, path));
}

/** The folder from which absolute imports reach modules beside or above the file. */
function rootBy(tree: Tree, file: string, imports: readonly string[]): string | undefined {
  const modules = new Modules(tree);
  const folder = folderOf(file);
  // A package's own folder is on the path only where the file is run as a script.
  const isPackage = (at: string): number => (tree.has(`${at}/__init__.py`) ? 1 : 0);
  const candidates = ancestors(folder).sort((a, b) => isPackage(a) - isPackage(b));
  const count = new Map<string, number>();
  for (const name of imports) {
    if (name.startsWith('.') || name === '') continue;
    const path = name.replaceAll('.', '/');
    const found = candidates.find((root) => {
      const at = modules.at(root === '' ? path : `${root}/${path}`, undefined);
      return at !== undefined && at !== '/';
    });
    if (found !== undefined) count.set(found, (count.get(found) ?? 0) + 1);
  }
  return [...count].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** From the folder itself up to the project root. */
function ancestors(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).concat('');
}

/** How files elsewhere, tests above all, import the module. */
function rootByImporters(tree: Tree, file: string): string | undefined {
  const own = file.replace(/(?:\/__init__)?\.py$/, '');
  const outside = tree.paths().filter((path) => path.endsWith('.py') && path !== file);
  const named = new Set(outside.slice(0, 400).flatMap((path) => importsOf(tree, path)));
  return ancestors(folderOf(file)).findLast((root) => {
    const dotted = (root === '' ? own : own.slice(root.length + 1)).replaceAll('/', '.');
    return named.has(dotted);
  });
}

function rootOfPackage(tree: Tree, file: string): string {
  let folder = folderOf(file);
  while (folder !== '' && tree.has(`${folder}/__init__.py`)) folder = folderOf(folder);
  return folder;
}
