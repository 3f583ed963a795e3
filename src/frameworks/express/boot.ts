import type { Project, StartCommand } from '../../project/project.ts';

/** The owner's own start; without one, node on a JavaScript entry file. */
export function boot(project: Project): StartCommand | undefined {
  if (project.start !== undefined) return project.start;
  if (project.entry === undefined || project.typescript) return undefined;
  return { argv: ['node', project.entry], from: project.entry, cwd: '' };
}
