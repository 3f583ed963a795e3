import { memoryTree } from '../src/kernel/tree.ts';
import type { FrameworkId, Project } from '../src/project/project.ts';

/** A Python project with nothing in it; tests put their files into its tree. */
export function pythonProject(framework: FrameworkId): Project {
  return {
    root: '/project',
    tree: memoryTree({}),
    language: 'python',
    framework,
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'requirements.txt',
    modules: undefined,
    typescript: false,
    packageManager: 'pip',
    entry: 'app.py',
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  };
}
