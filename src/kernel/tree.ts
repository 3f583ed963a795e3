/**
 * The project's files as the pure stages see them: an in-memory, read-only view.
 * Paths are relative to the project root, with `/` between the parts.
 */
export interface Tree {
  /** Every readable text file that is not ignored, sorted. */
  paths(): readonly string[];
  has(path: string): boolean;
  /** The text as UTF-8 with its BOM and line endings kept; `undefined` when there is no such text file. */
  read(path: string): string | undefined;
}

/** A tree over literal texts: tests, and the state of a project after a plan. */
export function memoryTree(files: Readonly<Record<string, string>>): Tree {
  const paths = Object.keys(files).sort();
  return {
    paths: () => paths,
    has: (path) => Object.hasOwn(files, path),
    read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
  };
}

/** The same tree with some texts replaced or added. */
export function overlay(base: Tree, files: Readonly<Record<string, string>>): Tree {
  const paths = [...new Set([...base.paths(), ...Object.keys(files)])].sort();
  return {
    paths: () => paths,
    has: (path) => Object.hasOwn(files, path) || base.has(path),
    read: (path) => (Object.hasOwn(files, path) ? files[path] : base.read(path)),
  };
}
