import { isBuiltin } from 'node:module';
import { parse } from 'jsonc-parser';
import type { Tree } from '../../kernel/tree.ts';
import {
  declaredPackages,
  directoryOf,
  manifestAt,
  packageOf,
  workspaceMembers,
} from './manifests.ts';

/** Where an import leads: a file of the tree, a package, or out of sight. */
export type Target =
  | { kind: 'file'; path: string }
  | { kind: 'package'; name: string }
  | { kind: 'missing' };

export interface Resolver {
  resolve(from: string, specifier: string): Target;
}

const endings = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.json'];

/** Resolves imports inside the in-memory tree, as Node and TypeScript do; it never looks at the disk. */
export function resolver(tree: Tree): Resolver {
  const paths = aliases(tree);
  const members = workspaceMembers(tree);
  const declared = declaredPackages(tree);
  const cache = new Map<string, Target>();
  return {
    resolve: (from, specifier) => {
      const key = `${directoryOf(from)}\0${specifier}`;
      const known = cache.get(key);
      if (known) return known;
      const target = find(tree, { paths, members, declared }, from, specifier);
      cache.set(key, target);
      return target;
    },
  };
}

interface Names {
  paths: readonly Alias[];
  members: ReadonlyMap<string, string>;
  declared: ReadonlySet<string>;
}

function find(
  tree: Tree,
  { paths, members, declared }: Names,
  from: string,
  specifier: string,
): Target {
  if (/^(?:\.{1,2}(?:\/|$)|\/)/.test(specifier)) {
    const start = specifier.startsWith('/') ? '' : directoryOf(from);
    const joined = join(start, specifier);
    const path = joined === undefined ? undefined : fileAt(tree, joined);
    return path === undefined ? { kind: 'missing' } : { kind: 'file', path };
  }
  if (specifier.startsWith('node:')) return { kind: 'package', name: specifier.slice(5) };
  const aliased = throughAlias(tree, paths, from, specifier);
  if (aliased !== undefined) return { kind: 'file', path: aliased };
  const member = throughMember(tree, members, specifier);
  if (member !== undefined) return { kind: 'file', path: member };
  const local = declared.has(packageOf(specifier)) ? undefined : fromRoot(tree, specifier);
  return local ? { kind: 'file', path: local } : { kind: 'package', name: specifier };
}

/** NODE_PATH, rootpath and app-module-path let files name each other from the root: no package has that name. */
function fromRoot(tree: Tree, specifier: string): string | undefined {
  // A bare name alone is a package that the manifest forgot.
  if (!/^[\w-]+\//.test(specifier) || isBuiltin(specifier)) return undefined;
  return fileAt(tree, specifier) ?? fileAt(tree, `src/${specifier}`);
}

/** Joins and normalises; `undefined` when it leads out of the tree. */
export function join(directory: string, rest: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${directory}/${rest}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function fileAt(tree: Tree, path: string): string | undefined {
  if (path !== '' && tree.has(path)) return path;
  // TypeScript under NodeNext imports `x.ts` as `x.js`.
  const swapped = /^(.*)\.([cm]?)js(x?)$/.exec(path);
  if (swapped) {
    const [, stem, kind, x] = swapped;
    for (const ending of [`.${kind}ts${x}`, `.${kind}ts`, '.tsx']) {
      if (tree.has(`${stem}${ending}`)) return `${stem}${ending}`;
    }
  }
  for (const ending of endings) if (tree.has(path + ending)) return path + ending;
  return directoryFile(tree, path);
}

function directoryFile(tree: Tree, path: string): string | undefined {
  const base = path === '' ? '' : `${path}/`;
  const main = manifestAt(tree, path)?.main;
  if (typeof main === 'string') {
    const target = join(path, main);
    if (target !== undefined && target !== path) {
      if (tree.has(target)) return target;
      const found = endings.find((ending) => tree.has(target + ending));
      if (found) return target + found;
    }
  }
  const index = endings.find((ending) => tree.has(`${base}index${ending}`));
  return index ? `${base}index${index}` : undefined;
}

/** One name pattern of `tsconfig.json`, `package.json` `imports` or `_moduleAliases`. */
interface Alias {
  /** Files below this directory see it. */
  scope: string;
  prefix: string;
  suffix: string;
  star: boolean;
  targets: readonly string[];
}

function aliases(tree: Tree): Alias[] {
  const found: Alias[] = [];
  for (const path of tree.paths()) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    const scope = directoryOf(path);
    if (file === 'package.json') found.push(...packageAliases(tree, scope));
    if (/^[tj]sconfig(?:\.[\w-]+)?\.json$/.test(file))
      found.push(...compilerAliases(tree, path, scope));
  }
  return found.sort(
    (one, other) =>
      other.scope.length - one.scope.length || other.prefix.length - one.prefix.length,
  );
}

function alias(scope: string, pattern: string, targets: readonly string[]): Alias {
  const [prefix = '', suffix = ''] = pattern.split('*');
  return { scope, prefix, suffix, star: pattern.includes('*'), targets };
}

function packageAliases(tree: Tree, scope: string): Alias[] {
  const manifest = manifestAt(tree, scope);
  const found: Alias[] = [];
  for (const [pattern, target] of Object.entries(manifest?.imports ?? {})) {
    found.push(
      alias(
        scope,
        pattern,
        strings(target).map((one) => `${scope}/${one}`),
      ),
    );
  }
  for (const [name, target] of Object.entries(manifest?._moduleAliases ?? {})) {
    if (typeof target !== 'string') continue;
    found.push(alias(scope, name, [`${scope}/${target}`]));
    found.push(alias(scope, `${name}/*`, [`${scope}/${target}/*`]));
  }
  return found;
}

// Conditions of `imports` differ in the build, not in the routes: every target is a candidate.
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

function compilerAliases(tree: Tree, path: string, scope: string): Alias[] {
  const config: unknown = parse(tree.read(path) ?? '');
  const options = (
    config as { compilerOptions?: { baseUrl?: unknown; paths?: unknown } } | undefined
  )?.compilerOptions;
  if (typeof options !== 'object' || options === null) return [];
  const base = typeof options.baseUrl === 'string' ? `${scope}/${options.baseUrl}` : scope;
  const found = Object.entries(options.paths ?? {}).map(([pattern, targets]) =>
    alias(
      scope,
      pattern,
      strings(targets).map((one) => `${base}/${one}`),
    ),
  );
  if (typeof options.baseUrl === 'string') found.push(alias(scope, '*', [`${base}/*`]));
  return found;
}

function throughAlias(
  tree: Tree,
  paths: readonly Alias[],
  from: string,
  specifier: string,
): string | undefined {
  for (const one of paths) {
    if (one.scope !== '' && !from.startsWith(`${one.scope}/`)) continue;
    const fits = one.star
      ? specifier.startsWith(one.prefix) && specifier.endsWith(one.suffix)
      : specifier === one.prefix;
    if (!fits) continue;
    const middle = specifier.slice(one.prefix.length, specifier.length - one.suffix.length);
    for (const target of one.targets) {
      const joined = join(
        '',
        target.replaceAll('*', () => middle),
      );
      const path = joined === undefined ? undefined : fileAt(tree, joined);
      if (path !== undefined) return path;
    }
  }
  return undefined;
}

function throughMember(
  tree: Tree,
  members: ReadonlyMap<string, string>,
  specifier: string,
): string | undefined {
  const name = packageOf(specifier);
  const directory = members.get(name);
  // A package that imports its own name from the registry is not a member of itself.
  if (directory === undefined || directory === '') return undefined;
  const rest = specifier.slice(name.length + 1);
  if (rest !== '') {
    return fileAt(tree, `${directory}/${rest}`) ?? fileAt(tree, `${directory}/src/${rest}`);
  }
  // The built file is seldom in the repository; its source is.
  return (
    fileAt(tree, `${directory}/src`) ??
    fileAt(tree, `${directory}/src/main`) ??
    fileAt(tree, directory)
  );
}
