import type { Project, StartCommand } from '../../project/project.ts';
import { loadedFirst, targetOf } from '../python/target.ts';

/**
 * The owner's own start; without one, the server that the project declares, else `flask run` without its
 * debugger.
 */
export function boot(project: Project): StartCommand | undefined {
  if (project.start !== undefined) return loadedFirst(project.start);
  const target = targetOf(project, /(?:^|\.)(?:Flask|APIFlask|OpenAPI)$/);
  if (target === undefined) return undefined;
  const { module, attribute, factory, cwd } = target;
  const at = `${module}:${attribute}${factory ? '()' : ''}`;
  const address = '127.0.0.1:{port}';
  if ('gunicorn' in project.dependencies) {
    // Without --preload it listens before it knows that the application cannot be made.
    const options = ['--preload', '--bind', address, '--threads', '4'];
    const argv = ['python3', '-m', 'gunicorn', ...options, at];
    return { argv, from: 'gunicorn', cwd };
  }
  if ('waitress' in project.dependencies) {
    const call = factory ? ['--call', `${module}:${attribute}`] : [at];
    return {
      argv: ['python3', '-m', 'waitress', `--listen=${address}`, ...call],
      from: 'waitress',
      cwd,
    };
  }
  const options = ['--port', '{port}', '--no-debugger', '--no-reload'];
  return {
    argv: ['python3', '-m', 'flask', '--app', at, 'run', ...options],
    from: project.entry ?? '',
    cwd,
  };
}
