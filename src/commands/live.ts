import path from 'node:path';
import type { LiveTable } from '../frameworks/framework.ts';
import { notCompared, type Reconciliation, reconcile } from '../frameworks/reconcile.ts';
import { askLiveTable } from '../proof/live.ts';
import { shipped } from './blueprint.ts';
import type { Ready } from './compiling.ts';
import type { Survey } from './survey.ts';

/** What the running framework holds, against what was read from the sources. */
export async function liveOf(
  { framework, bare, project, surface, emitted }: Survey,
  { start, policyFile }: Ready,
  environment: Readonly<Record<string, string>>,
): Promise<Reconciliation | undefined> {
  if (framework.live === undefined || start === undefined) return undefined;
  const table = framework.live(bare, start);
  if ('why' in table) return notCompared(table.why);
  const rows = await askLiveTable({
    root: project.root,
    framework: framework.id,
    table,
    script: scriptOf(framework.id, table),
    environment,
  });
  if ('why' in rows) return notCompared(rows.why);
  // What runs may be what a build has made of our folder.
  const own = [emitted?.folder, policyFile && path.posix.dirname(policyFile)];
  return reconcile(
    surface.routes,
    rows,
    table.how,
    own.filter((folder) => folder !== undefined),
  );
}

/** The build keeps the folders of the scripts, so that one finds what it shares with others. */
function scriptOf(framework: string, { script }: LiveTable): string {
  return shipped('frameworks', framework, 'live', script);
}
