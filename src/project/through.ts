import { importsOf as nodeImports } from './javascript-entry.ts';
import type { Project } from './project.ts';
import { importsOf as pythonImports } from './python-entry.ts';

const mounting =
  /\.(?:use|register_blueprint|include_router|register|add_resource|mount)\s*\(|@Module\s*\(/;

/** Files whose routers a router file mounts, over further router files; empty where that leads back to the entry. */
export function mountedBy(project: Project, file: string): readonly string[] {
  const { tree, language, entry } = project;
  if (language === 'go') return [];
  const importsOf = language === 'javascript' ? nodeImports : pythonImports;
  const seen = new Set([file]);
  for (const each of seen) {
    if (!mounting.test(tree.read(each) ?? '')) continue;
    for (const next of importsOf(each, tree)) seen.add(next);
  }
  seen.delete(file);
  return entry !== undefined && seen.has(entry) ? [] : [...seen];
}
