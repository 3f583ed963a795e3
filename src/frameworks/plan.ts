import type { ControlId } from '../controls/control.ts';
import { controls } from '../controls/index.ts';
import { overlay } from '../kernel/tree.ts';
import type {
  Edit,
  EnvironmentVariable,
  Framework,
  NewFile,
  Package,
  PlanStep,
  RecipeInput,
} from './framework.ts';
import { refusedTests } from './refused-tests.ts';

/** The ordered change set: what each control needs, then the mount. Pure. */
export interface Plan {
  steps: readonly PlanStep[];
  /** Controls that this plan leaves alone, with the reason. */
  left: readonly { control: ControlId; why: string }[];
  /** Generated files, by path. */
  files: readonly NewFile[];
  /** Texts of edited files of the owner, by path. */
  edited: Readonly<Record<string, string>>;
  /** What could not be edited, with the text to paste. */
  cannot: readonly Extract<Edit, { end: 'cannot' }>[];
  packages: readonly Package[];
  scripts: Readonly<Record<string, string>>;
  environment: readonly EnvironmentVariable[];
  notes: readonly string[];
}

/** Runs the recipes in mount order; every edit sees the tree as the former ones left it. */
export function makePlan(framework: Framework, input: RecipeInput): Plan {
  const layout = framework.layout(input.project);
  const edited: Record<string, string> = {};
  const files = new Map<string, NewFile>();
  const steps: PlanStep[] = [];
  const left: { control: ControlId; why: string }[] = [];
  const cannot: Extract<Edit, { end: 'cannot' }>[] = [];
  const now = (): RecipeInput => ({
    ...input,
    project: { ...input.project, tree: overlay(input.project.tree, edited) },
  });
  const take = (edits: readonly Edit[]): void => {
    for (const edit of edits) {
      if (edit.end === 'edited') edited[edit.file] = edit.text;
      if (edit.end === 'cannot') cannot.push(edit);
    }
  };

  const textOf = (name: string): string => {
    const text = input.blueprint.files[name] ?? missing(name);
    return layout.text?.(text) ?? text;
  };

  for (const id of Object.keys(controls) as ControlId[]) {
    const recipe = framework.recipes[id];
    const kept = input.policy.kept[id];
    if ('notApplicable' in recipe) {
      left.push({ control: id, why: `not applicable: ${recipe.notApplicable}` });
      continue;
    }
    if (kept !== undefined) {
      left.push({ control: id, why: kept });
      continue;
    }
    const seen = now();
    const edits = recipe.edits(seen);
    take(edits);
    const own = recipe.files(seen).map(
      (name): NewFile => ({
        file: `${layout.folder}/${layout.rename(name)}`,
        text: textOf(name),
        kind: 'copied',
      }),
    );
    for (const file of own) files.set(file.file, file);
    steps.push({
      control: id,
      title: controls[id].title,
      files: own,
      edits,
      packages: recipe.packages(seen),
      environment: recipe.environment(seen),
      notes: [],
    });
  }
  let shared: readonly Package[] = [];
  let scripts: Readonly<Record<string, string>> = {};
  let notes: readonly string[] = [];
  if (steps.length > 0) {
    const mounted = framework.mount(now());
    shared = mounted.packages ?? [];
    scripts = mounted.scripts ?? {};
    notes = [...(mounted.notes ?? []), ...refusedTests(input.surface, input.policy)];
    take(mounted.edits);
    for (const file of mounted.files) files.set(file.file, file);
  }
  return {
    steps,
    left,
    files: [...files.values()],
    edited,
    cannot,
    packages: distinct([...steps.flatMap((step) => step.packages), ...shared]),
    scripts,
    notes,
    environment: distinct(steps.flatMap((step) => step.environment)),
  };
}

function distinct<T extends { name: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.name, one])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function missing(name: string): never {
  throw new Error(`the blueprint has no file ${name}`);
}
