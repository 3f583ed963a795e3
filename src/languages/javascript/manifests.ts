import { parse } from 'jsonc-parser';
import type { Tree } from '../../kernel/tree.ts';

/** What of a package.json decides where imports lead. */
export interface Manifest {
  name?: unknown;
  main?: unknown;
  imports?: Record<string, unknown>;
  _moduleAliases?: Record<string, unknown>;
  exports?: unknown;
  dependencies?: Record<string, unknown>;
  devDependencies?: Record<string, unknown>;
  peerDependencies?: Record<string, unknown>;
}

export function manifestAt(tree: Tree, directory: string): Manifest | undefined {
  const text = tree.read(directory === '' ? 'package.json' : `${directory}/package.json`);
  const value: unknown = text === undefined ? undefined : parse(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

export function directoryOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut === -1 ? '' : path.slice(0, cut);
}

/** `express` of `express/lib/router`, `@scope/name` of `@scope/name/x`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Packages that some manifest of the tree asks for. */
export function declaredPackages(tree: Tree): Set<string> {
  const names = new Set<string>();
  for (const path of tree.paths()) {
    if (path !== 'package.json' && !path.endsWith('/package.json')) continue;
    const manifest = manifestAt(tree, directoryOf(path));
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies'] as const) {
      for (const name of Object.keys(manifest?.[kind] ?? {})) names.add(name);
    }
  }
  return names;
}

/** Packages of the same repository, by name. */
export function workspaceMembers(tree: Tree): Map<string, string> {
  const members = new Map<string, string>();
  for (const path of tree.paths()) {
    if (path !== 'package.json' && !path.endsWith('/package.json')) continue;
    const name = manifestAt(tree, directoryOf(path))?.name;
    if (typeof name === 'string' && name !== '') members.set(name, directoryOf(path));
  }
  return members;
}
