import type { Project, StartCommand } from '../../project/project.ts';
import { targetOf } from '../fastapi/boot.ts';

/** The owner's own start; without one, `flask run` of the project's environment, without its debugger. */
export function boot(project: Project): StartCommand | undefined {
  if (project.start !== undefined) return project.start;
  const target = targetOf(project, /(?:^|\.)(?:Flask|APIFlask|OpenAPI)$/);
  if (target === undefined) return undefined;
  const at = `${target.module}:${target.attribute}${target.factory ? '()' : ''}`;
  const options = ['--port', '{port}', '--no-debugger', '--no-reload'];
  const argv = ['python3', '-m', 'flask', '--app', at, 'run', ...options];
  return { argv, from: project.entry ?? '', cwd: target.cwd };
}
