import { templateOf } from '../../../languages/python/describe.ts';
import type { Project, StartCommand } from '../../../project/project.ts';
import type { LiveTable } from '../../framework.ts';
import { pythonTable } from '../../python/live/command.ts';

/** The application's `url_map`. */
export function liveTable(project: Project, start: StartCommand): LiveTable | { why: string } {
  return pythonTable(project, start, /(?:^|\.)(?:Flask|APIFlask|OpenAPI)$/, {
    isRow: ({ kind, traits }) =>
      kind === 'http' || kind === 'sse' ? !traits.includes('docs') : false,
    spelt: templateOf,
  });
}
