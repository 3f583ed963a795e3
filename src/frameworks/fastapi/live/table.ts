import { templateOf } from '../../../languages/python/describe.ts';
import type { Project, StartCommand } from '../../../project/project.ts';
import type { Guard, GuardKind, Route } from '../../../surface/surface.ts';
import type { LiveTable } from '../../framework.ts';
import { pythonTable } from '../../python/live/command.ts';

/** The application's routes with their dependencies, as FastAPI has resolved them. */
export function liveTable(project: Project, start: StartCommand): LiveTable | { why: string } {
  return pythonTable(project, start, /(?:^|\.)FastAPI$/, {
    isRow: ({ kind }) => kind !== 'static' && kind !== 'graphql',
    spelt: templateOf,
    guards: ({ guards }: Route) => guards.flatMap((guard) => dependencyName(guard) ?? []),
  });
}

const refusing: readonly GuardKind[] = ['auth', 'authz', 'csrf', 'session', 'ratelimit'];

/**
 * `require_user` of `Depends(require_user)`. Of a class the table has the name and the reader its method;
 * `Security(scopes)` stands for what is asked of a dependency, and names none.
 */
function dependencyName({ name, kinds, confidence }: Guard): string | undefined {
  if (confidence === 'low' || !kinds.some((kind) => refusing.includes(kind))) return undefined;
  const inner = /^Depends\((.+)\)$/.exec(name)?.[1] ?? /^fastapi\.security\..+$/.exec(name)?.[0];
  const last = inner?.split('.').at(-1);
  return last !== undefined && /^(?!__)[A-Za-z_]\w*$/.test(last) ? last : undefined;
}
