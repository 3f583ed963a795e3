import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Blueprint, Framework } from '../frameworks/framework.ts';
import type { Project } from '../project/project.ts';

/** A file that the build put into the package: `shipped('explain', 'cors.md')`. */
export function shipped(...parts: readonly string[]): string {
  return path.join(packageRoot(), 'dist', ...parts);
}

function packageRoot(): string {
  for (let at = path.dirname(fileURLToPath(import.meta.url)); ; at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json');
    if (existsSync(manifest) && readFileSync(manifest, 'utf8').includes('"slash-secure"'))
      return at;
    if (at === path.dirname(at)) throw new Error('the package of slash-secure was not found');
  }
}

/** The blueprint in the form that fits the project; no files for a framework that is audited only. */
export function loadBlueprint(framework: Framework, project: Project): Blueprint {
  const folder = shipped('blueprints', framework.id);
  if (!existsSync(folder)) return { files: {}, packages: {} };
  const form = path.join(folder, framework.layout(project).form);
  const owner = path.join(folder, 'owner');
  return {
    files: Object.fromEntries([
      ...filesBelow(form, ''),
      ...(existsSync(owner) ? filesBelow(owner, 'owner/') : []),
    ]),
    packages: JSON.parse(readFileSync(path.join(folder, 'packages.json'), 'utf8')),
  };
}

/** JavaScript forms keep the names of their TypeScript source: `Layout.rename` gives the project's. */
function filesBelow(folder: string, prefix: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(at, `${prefix}${entry.name}/`);
    const name = `${prefix}${entry.name.replace(/\.[cm]?js$/, '.ts')}`;
    return [[name, readFileSync(at, 'utf8')]];
  });
}
