import type { Project, StartCommand } from '../../../project/project.ts';
import type { Route } from '../../../surface/surface.ts';
import type { LiveTable } from '../../framework.ts';
import { preloadedTable } from '../../javascript/live/command.ts';
import type { Comparison } from '../../reconcile.ts';

/** What the application registers while it starts. */
export function liveTable(project: Project, start: StartCommand): LiveTable | { why: string } {
  return preloadedTable(project, start, comparison);
}

/** Express serves a path with and without a slash at its end. */
export const comparison: Comparison = {
  isRow,
  spelt: (path) => path.replace(/\/+$/, '') || '/',
};

/** Files and middleware that answers below a prefix are no rows of the framework's table. */
function isRow(route: Route): boolean {
  if (route.kind === 'static' || route.kind === 'graphql') return false;
  return !(route.method === 'ALL' && /(?:\{\/\*rest\}|\(\/\*\)\?)$/.test(route.path));
}
