import type { Change } from '../changes/change.ts';
import { plannedChanges } from '../changes/generated.ts';
import type { Edit } from '../frameworks/framework.ts';
import { makePlan, type Plan } from '../frameworks/plan.ts';
import { overlay } from '../kernel/tree.ts';
import { decisionsPath } from '../policy/read.ts';
import { writeDecisions } from '../policy/write.ts';
import { addPackages, addScript } from '../project/packages.ts';
import { loadBlueprint } from './blueprint.ts';
import { permitted } from './installing.ts';
import type { Survey } from './survey.ts';

/** Phase 2 before anything is written: every byte that would change. */
export interface Planned {
  plan: Plan;
  changes: readonly Change[];
  /** Generated files that the owner edited and that stay. */
  kept: readonly { file: string; why: string }[];
  /** What the owner has to paste. */
  cannot: readonly Extract<Edit, { end: 'cannot' }>[];
  /** The package manager's command, when packages are missing. */
  install: { argv: readonly string[] } | undefined;
  notes: readonly string[];
}

/** The change set of a survey. Pure over what was read. */
export function planned(survey: Survey): Planned {
  const { project, framework, surface, policy } = survey;
  const blueprint = loadBlueprint(framework, project);
  const plan = makePlan(framework, { project, surface, policy, blueprint });
  if (plan.steps.length === 0) {
    return { plan, changes: [], kept: [], cannot: plan.cannot, install: undefined, notes: [] };
  }
  const edited: Record<string, string> = { ...plan.edited };
  const seen = { ...project, tree: overlay(project.tree, edited) };
  const packages = addPackages(seen, plan.packages);
  for (const edit of packages.edits) if (edit.end === 'edited') edited[edit.file] = edit.text;
  const manifest = edited['package.json'] ?? project.tree.read('package.json');
  if (project.language === 'javascript' && manifest !== undefined) {
    edited['package.json'] = Object.entries(plan.scripts).reduce(
      (text, [name, command]) => addScript(text, name, command),
      manifest,
    );
  }
  edited[decisionsPath] = writeDecisions(policy, surface, project.framework, survey.fileText);
  const { folder } = framework.layout(project);
  const all = plannedChanges({ files: plan.files, edited, folder, tree: project.tree });
  const { install, notes } = permitted(project, packages.install, process.env);
  const refused = packages.edits.filter((edit) => edit.end === 'cannot');
  return {
    plan,
    changes: all.changes,
    kept: all.kept,
    cannot: [...plan.cannot, ...all.cannot, ...refused],
    install,
    notes: [...packages.notes, ...notes],
  };
}
