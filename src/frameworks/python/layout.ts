import type { Tree } from '../../kernel/tree.ts';
import { type ModuleName, moduleName } from '../../languages/python/names.ts';
import type { Project } from '../../project/project.ts';
import type { Layout } from '../framework.ts';
import { emittedIn } from './bare.ts';

/** Where the emitted package stands, and how the module that makes the application imports it. */
export interface PythonLayout {
  folder: string;
  /** Name of the entry file as the project imports it. */
  entry: ModuleName;
  /** `app.security`, or `.security` where the entry file imports its neighbours with dots. */
  from: (file: string) => string;
}

/** `app/security`, `src/shop/security`, or `security` beside a flat script; another name where that one is taken. */
export function pythonLayout(project: Project, file = project.entry ?? 'main.py'): PythonLayout {
  const { tree } = project;
  const entry = moduleName(tree, file);
  const folder = emittedIn(project)?.folder ?? freeFolder(tree, packageOf(entry, file));
  return { folder, entry, from: (from) => importName(tree, from, folder) };
}

/** The layout in the words of the contract; blueprint files keep their names. */
export function projectLayout(project: Project): Layout {
  return { folder: pythonLayout(project).folder, form: 'py', rename: (name) => name };
}

/** The top package of a file, else the folder in which it stands. */
function packageOf({ root, dotted }: ModuleName, file: string): string {
  const isPackage = file.endsWith('/__init__.py');
  const [top, second] = dotted.split('.');
  if (top === undefined || top === '' || (second === undefined && !isPackage)) return root;
  return root === '' ? top : `${root}/${top}`;
}

const names = ['security', 'api_security', 'app_security', 'request_security'];

/** A name that no module, folder or variable of the package has. */
function freeFolder(tree: Tree, base: string): string {
  const at = (name: string): string => (base === '' ? name : `${base}/${name}`);
  const inside = tree.read(at('__init__.py')) ?? '';
  const taken = (name: string): boolean =>
    tree.has(`${at(name)}.py`) ||
    tree.paths().some((path) => path.startsWith(`${at(name)}/`)) ||
    // A module below a package replaces the package's variable of that name.
    new RegExp(`^${name}\\s*[:=]|^\\s*(?:from|import)\\b.*\\b${name}\\b`, 'm').test(inside);
  return at(names.find((name) => !taken(name)) ?? 'security_of_requests');
}

/** How a file names the folder in an import statement, by its own habit. */
function importName(tree: Tree, file: string, folder: string): string {
  const { root, dotted, relative } = moduleName(tree, file);
  const inside = root === '' ? folder : folder.slice(root.length + 1);
  const absolute = inside.replaceAll('/', '.');
  const base = file.endsWith('__init__.py') ? dotted : dotted.split('.').slice(0, -1).join('.');
  const isPackage = base !== '';
  // The package's own file knows its own name least.
  const dots = relative || (file.endsWith('__init__.py') && !importsAbsolutely(tree, file, base));
  if (!isPackage || !dots) return absolute;
  const from = base.split('.');
  const to = absolute.split('.');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  // Relative imports do not leave the top package.
  if (shared === 0) return absolute;
  return `${'.'.repeat(from.length - shared + 1)}${to.slice(shared).join('.')}`;
}

function importsAbsolutely(tree: Tree, file: string, base: string): boolean {
  const top = base.split('.')[0] ?? base;
  return new RegExp(`^\\s*(?:from|import)\\s+${top}\\b`, 'm').test(tree.read(file) ?? '');
}
