import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';

/** A folder below `fixtures/` as a project: its files in memory, the rest as given. */
export function fixtureProject(folder: string, over: Partial<Project> = {}): Project {
  const root = path.join(import.meta.dirname, '..', 'fixtures', folder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(root, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'));
  return {
    root,
    tree: memoryTree(
      Object.fromEntries(names.map((name) => [name, readFileSync(path.join(root, name), 'utf8')])),
    ),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'package.json',
    modules: undefined,
    typescript: false,
    packageManager: 'npm',
    entry: undefined,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
    ...over,
  };
}
