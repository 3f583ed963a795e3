import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { isKnown, type KnownError } from '../src/kernel/errors.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { detect } from '../src/project/detect.ts';
import type { FrameworkId, Project } from '../src/project/project.ts';

/** A fixture as a repository of its own: what lies above it here would be found otherwise. */
export function repository(fixture: string): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'secure-project-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  cpSync(path.join(import.meta.dirname, '..', 'fixtures', 'project', fixture), root, {
    recursive: true,
  });
  mkdirSync(path.join(root, '.git'));
  return root;
}

export async function detected(fixture: string, target = '.', framework?: FrameworkId) {
  return detect(target, { cwd: repository(fixture), framework });
}

/** The one clear line and the way out of a refused target. */
export async function refusal(found: Promise<unknown>): Promise<KnownError> {
  const error = await found.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isKnown(error)) throw error ?? new Error('it was accepted');
  return error;
}

/** A project with these files, for the pure edits of manifests. */
export function projectWith(
  files: Readonly<Record<string, string>>,
  over: Partial<Project> = {},
): Project {
  return {
    root: '/project',
    tree: memoryTree(files),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'package.json',
    modules: 'esm',
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
