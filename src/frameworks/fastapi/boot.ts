import type { Project, StartCommand } from '../../project/project.ts';
import { loadedFirst, targetOf } from '../python/target.ts';

/** The owner's own start; without one, uvicorn of the project's environment. */
export function boot(project: Project): StartCommand | undefined {
  if (project.start !== undefined) return loadedFirst(project.start);
  const target = targetOf(project, /(?:^|\.)FastAPI$/);
  if (target === undefined) return undefined;
  const at = `${target.module}:${target.attribute}`;
  const factory = target.factory ? ['--factory'] : [];
  const argv = ['python3', '-m', 'uvicorn', at, ...factory, '--port', '{port}'];
  return { argv, from: project.entry ?? '', cwd: target.cwd };
}
