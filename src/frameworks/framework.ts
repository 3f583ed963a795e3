import type { ControlId } from '../controls/control.ts';
import type { AuthType, Policy } from '../controls/policy.ts';
import type { FrameworkId, Project, StartCommand } from '../project/project.ts';
import type { Place, Surface } from '../surface/surface.ts';
import type { Comparison } from './reconcile.ts';

/** The three ends of an edit. Pure: texts in, result out. */
export type Edit =
  | { end: 'edited'; file: string; text: string; why: string }
  | { end: 'there'; file: string; why: string }
  | { end: 'cannot'; file: string; why: string; paste: string };

/** A whole file that we own: copied from a blueprint, or printed from data. */
export interface NewFile {
  file: string;
  text: string;
  /** `copied` keeps its bytes over levels; `printed` follows the policy. */
  kind: 'copied' | 'printed';
}

export interface Package {
  name: string;
  /** Range as written into the manifest. */
  range: string;
  dev: boolean;
}

export interface EnvironmentVariable {
  name: string;
  why: string;
  required: boolean;
  /** An example that is safe to commit; never a secret. */
  example: string;
}

/** One step of the plan: what one control needs. */
export interface PlanStep {
  control: ControlId;
  title: string;
  files: readonly NewFile[];
  edits: readonly Edit[];
  packages: readonly Package[];
  environment: readonly EnvironmentVariable[];
  notes: readonly string[];
}

/** What a recipe sees. `edit` goes through the tree as the former steps left it. */
export interface RecipeInput {
  project: Project;
  surface: Surface;
  policy: Policy;
  /** Blueprint files by name, in the project's dialect. */
  blueprint: Blueprint;
}

/** The files that we leave behind, already in the project's dialect. */
export interface Blueprint {
  /** Name inside the blueprint to text. */
  files: Readonly<Record<string, string>>;
  /** Versions of the blueprint's own manifest: the one source of emitted ranges. */
  packages: Readonly<Record<string, string>>;
}

export interface Recipe {
  /** Names of the blueprint files that this control needs. */
  files: (input: RecipeInput) => readonly string[];
  packages: (input: RecipeInput) => readonly Package[];
  environment: (input: RecipeInput) => readonly EnvironmentVariable[];
  /** Edits beyond the mount: marks on routes, replaced literals. */
  edits: (input: RecipeInput) => readonly Edit[];
}

export interface NotApplicable {
  notApplicable: string;
}

export function notApplicable(reason: string): NotApplicable {
  return { notApplicable: reason };
}

export function defineRecipe(recipe: Partial<Recipe>): Recipe {
  return { files: () => [], packages: () => [], environment: () => [], edits: () => [], ...recipe };
}

export type Recipes = Record<ControlId, Recipe | NotApplicable>;

/** How one framework does what the controls ask for. It never reads the disk. */
export interface Framework {
  id: FrameworkId;
  title: string;
  /** Majors that are tested. */
  majors: readonly number[];
  authTypes: readonly AuthType[];
  /** Reads the whole API surface from the project's tree. */
  read: (project: Project) => Promise<Surface>;
  recipes: Recipes;
  /**
   * The project as its owner wrote it: our folder hidden, our import and calls blanked with the lines kept,
   * so that a second run reads what the first run read; and what stands there of ours.
   */
  bare: (project: Project) => { project: Project; emitted: Emitted | undefined };
  /** Folder and dialect of the emitted files. */
  layout: (project: Project) => Layout;
  /** Import, call and their place in the entry file; also printed files (`policy`, `schemas`). */
  mount: (input: RecipeInput) => {
    files: readonly NewFile[];
    edits: readonly Edit[];
    /** What the files that every project gets need, whichever controls are on. */
    packages?: readonly Package[] | undefined;
    /** Scripts of the owner's manifest, by name. */
    scripts?: Readonly<Record<string, string>> | undefined;
    /** What the owner should know of the choice that was made; shown with the plan. */
    notes?: readonly string[] | undefined;
  };
  /** How the framework is asked for its own route table, or why it cannot be; absent where that is not done. */
  live?: ((project: Project, start: StartCommand) => LiveTable | { why: string }) | undefined;
  /**
   * Script of `live/<framework>` that node loads before the application while it is proven: it throws inside
   * where a request of the proof asks for it, so that what the application does with errors is seen.
   */
  fault?: string | undefined;
  /** How to start it for the proof when the project says nothing. */
  boot: (project: Project) => StartCommand | undefined;
}

/** The framework's own route table, against what was read. */
export interface LiveTable {
  /** File in the framework's `live` folder. */
  script: string;
  /** The word `{script}` stands for that file. */
  command: StartCommand;
  /** Whether node loads the script before the application; else the command runs it. */
  preload: boolean;
  how: Comparison;
}

/** Where the emitted files go, and in which form of the blueprint. */
export interface Layout {
  folder: string;
  /** Name of the blueprint's form: `ts`, `esm`, `cjs`, `py`. */
  form: string;
  /** File name inside the blueprint to file name in the project. */
  rename: (name: string) => string;
  /** A blueprint's text with the project's own import endings; unchanged when absent. */
  text?: ((text: string) => string) | undefined;
}

/** What an earlier run left in the project, read from the printed policy. */
export interface Emitted {
  folder: string;
  controls: Readonly<Record<string, boolean>>;
  level: string;
  auth: string;
  place: Place;
}

export function defineFramework(framework: Framework): Framework {
  return framework;
}
