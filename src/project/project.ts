import type { Tree } from '../kernel/tree.ts';

export type Language = 'javascript' | 'python' | 'go';
export type FrameworkId = 'express' | 'nestjs' | 'fastapi' | 'flask' | 'gin';
export type PackageManager =
  | 'npm'
  | 'pnpm'
  | 'yarn'
  | 'bun'
  | 'pip'
  | 'uv'
  | 'poetry'
  | 'pdm'
  | 'pipenv'
  | 'go';

/** How the owner starts the application: an argument vector, never a shell line. */
export interface StartCommand {
  argv: readonly string[];
  /** Where the command was found: `package.json scripts.start`, `Procfile`, … */
  from: string;
  /** Directory of the start, relative to the project root. */
  cwd: string;
}

/** What `detect` says of a code base. Nothing here comes from running it. */
export interface Project {
  /** Absolute path of the directory that holds the manifest. */
  root: string;
  tree: Tree;
  language: Language;
  framework: FrameworkId;
  /** The framework's version: exact when a lock file or an installed package says so, else the lowest that the manifest admits. */
  frameworkVersion: string | undefined;
  /** Major of `frameworkVersion`. */
  frameworkMajor: number | undefined;
  /** The manifest that declares the framework: `package.json`, `pyproject.toml`, … */
  manifest: string;
  /** JavaScript module system of the entry file. */
  modules: 'esm' | 'cjs' | undefined;
  typescript: boolean;
  packageManager: PackageManager;
  /** Major of yarn: 1 and the later ones take different options. */
  packageManagerMajor?: number | undefined;
  /** Absolute folder of the lock file when it lies above the root, as in a workspace: an install writes there. */
  lockFolder?: string | undefined;
  /** File in which the application object is made. */
  entry: string | undefined;
  start: StartCommand | undefined;
  /** The project's own test command, when it has one. */
  test: StartCommand | undefined;
  /** Folder, relative to the repository, when this is a member of a monorepo; else ''. */
  member: string;
  /** Declared dependencies: name to the range or version as written. */
  dependencies: Readonly<Record<string, string>>;
  /** Things that the user should know of the detection. */
  notes: readonly string[];
}
