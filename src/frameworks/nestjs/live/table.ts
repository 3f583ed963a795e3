import { templateOf } from '../../../languages/javascript/describe.ts';
import type { Project, StartCommand } from '../../../project/project.ts';
import type { Guard, GuardKind, Route } from '../../../surface/surface.ts';
import type { LiveTable } from '../../framework.ts';
import { preloadedTable } from '../../javascript/live/command.ts';
import type { Comparison } from '../../reconcile.ts';

/** The controllers' routes as Nest maps them, from modules that are scanned and never made. */
export function liveTable(project: Project, start: StartCommand): LiveTable | { why: string } {
  return preloadedTable(project, start, comparison);
}

export const comparison: Comparison = {
  isRow,
  // Nest 11 writes `*name` where Nest 10 writes `*`.
  spelt: (path) => templateOf(path).replace(/\{\*\w+\}/g, '{*}'),
  guards: ({ guards }) => guards.flatMap((guard) => boundName(guard) ?? []),
};

/** Files, documentation, resolvers and sockets are no rows of Nest's table. */
function isRow({ kind, traits, handler }: Route): boolean {
  const controllers = kind === 'http' || kind === 'sse';
  return controllers && !traits.includes('docs') && handler.name !== undefined;
}

const refusing: readonly GuardKind[] = ['auth', 'authz', 'ratelimit'];

/** The class of a guard that is bound to a controller or a method; middleware of a module is no mark, and is told apart by its name. */
function boundName({ name, kinds, scope, prefix, confidence }: Guard): string | undefined {
  if (scope !== 'router' && scope !== 'route') return undefined;
  if (prefix !== undefined || confidence === 'low') return undefined;
  if (!kinds.some((kind) => refusing.includes(kind))) return undefined;
  return /^([A-Z]\w*(?:Guard|Interceptor))\b/.exec(name)?.[1];
}
