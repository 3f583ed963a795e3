import { findNodeAtLocation, getNodeValue, parse, parseTree } from 'jsonc-parser';
import type { Project } from '../../../project/project.ts';
import type { Fact } from '../../../surface/facts.ts';

/** Declared dependencies with the line that declares them, and the version that the lock file installs. */
export function dependencyFacts(project: Project): Fact[] {
  const text = project.tree.read(project.manifest);
  const locked = lockedVersions(project);
  if (text === undefined || !project.manifest.endsWith('.json')) {
    return Object.entries(project.dependencies).map(([name, version]) =>
      fact(project.manifest, 1, name, version, locked(name)),
    );
  }
  const root = parseTree(text);
  return ['dependencies', 'optionalDependencies'].flatMap((section) => {
    const node = root && findNodeAtLocation(root, [section]);
    return (node?.children ?? []).flatMap((property) => {
      const [key, value] = property.children ?? [];
      if (!key || typeof value?.value !== 'string') return [];
      const line = text.slice(0, property.offset).split('\n').length;
      const name = String(getNodeValue(key));
      return [fact(project.manifest, line, name, value.value, locked(name))];
    });
  });
}

function fact(
  file: string,
  line: number,
  name: string,
  version: string,
  exact: string | undefined,
): Fact {
  return {
    kind: 'dependency',
    detail: { name, version, exact, ecosystem: 'npm' },
    place: { file, line },
    confidence: 'high',
  };
}

/** The version of a package in npm's, pnpm's or yarn's lock file; `undefined` when none says so. */
function lockedVersions(project: Project): (name: string) => string | undefined {
  const folder = project.manifest.includes('/') ? project.manifest.replace(/[^/]*$/, '') : '';
  const read = (file: string): string | undefined =>
    project.tree.read(folder + file) ?? project.tree.read(file);
  const npm = read('package-lock.json') ?? read('npm-shrinkwrap.json');
  if (npm !== undefined) {
    const lock: unknown = parse(npm);
    return (name) =>
      versionIn(lock, ['packages', `node_modules/${name}`]) ??
      versionIn(lock, ['dependencies', name]);
  }
  const pnpm = read('pnpm-lock.yaml');
  if (pnpm !== undefined) {
    return (name) => {
      const at = new RegExp(
        `^ {2,6}'?${escaped(name)}'?:\\n(?: +specifier:.*\\n)? +version: '?([\\d.]+[^\\s('"]*)`,
        'm',
      );
      return (
        at.exec(pnpm)?.[1] ??
        new RegExp(`^ {2,6}'?${escaped(name)}'?: '?(\\d[^\\s('"]*)`, 'm').exec(pnpm)?.[1]
      );
    };
  }
  const yarn = read('yarn.lock');
  if (yarn === undefined) return () => undefined;
  return (name) => {
    const range = project.dependencies[name];
    const key = range === undefined ? '' : `@(?:npm:)?${escaped(range)}`;
    return new RegExp(
      `^"?(?:[^\\n]*, "?)?${escaped(name)}${key}[^\\n]*:\\n +version:? "?([^\\s"]+)`,
      'm',
    ).exec(yarn)?.[1];
  };
}

function versionIn(lock: unknown, path: readonly string[]): string | undefined {
  let at: unknown = lock;
  for (const name of [...path, 'version']) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return typeof at === 'string' ? at : undefined;
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
