import type { PyNode } from '../parse.ts';
import type { Say } from './say.ts';
import type { Source } from './source.ts';

const writes =
  /(?:^|\.)(?:logger|logging|log|_logger|_log|LOG|LOGGER|logbook|structlog|loguru)(?:\.\w+)*\.(?:debug|info|warn|warning|error|exception|critical|log|bind)$/;

/** Whether a call writes a log, or sets one up. */
export function logs(node: PyNode, say: Say, source: Source): boolean {
  const name = source.called(node);
  const sets = /^logging\.(?:basicConfig|config\.\w+)$|addHandler$/.test(name);
  if (!sets && !writes.test(name) && !writes.test(node.field('function')?.text ?? '')) return false;
  const library = /^(loguru|structlog|logbook)\b/.exec(name)?.[1] ?? 'logging';
  say('log', { library }, node);
  return true;
}
