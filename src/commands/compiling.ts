import { existsSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { manifestScripts } from '../project/javascript.ts';
import type { Project, StartCommand } from '../project/project.ts';
import { run } from '../proof/process.ts';
import type { Ui } from '../ui/print.ts';

/** How the application is started for the proof, and where the policy that it reads stands. */
export interface Ready {
  start: StartCommand | undefined;
  /** Relative to the root; `undefined` where no control can be taken out. */
  policyFile: string | undefined;
}

const folders = ['dist', 'build', 'out', 'lib'] as const;

/**
 * Compiles once what would otherwise be compiled at every start, or be stale: `nest start`, and starts of what
 * a build script makes. The compiled policy is then the one that counts.
 * @throws KnownError when the project does not compile
 */
export async function compiled(
  project: Project,
  start: StartCommand | undefined,
  policyFile: string | undefined,
  ui: Ui,
): Promise<Ready> {
  const plan = start && buildOf(project, start);
  if (start === undefined || plan === undefined) return { start, policyFile };
  ui.progress(plan.build.join(' '));
  const ran = await run(plan.build, { cwd: path.join(project.root, start.cwd), timeout: 300_000 });
  ui.done();
  if (ran.code !== 0) {
    const said = `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-6).join('\n  ');
    throw new KnownError(
      `${plan.build.join(' ')} failed:\n  ${said}`,
      'Make it compile first, or give a start that needs no build with --start.',
    );
  }
  const policy = policyFile === undefined ? undefined : builtFrom(project, policyFile);
  if (!plan.direct) return { start, policyFile: policy };
  const entry = project.entry === undefined ? undefined : builtFrom(project, project.entry);
  if (entry === undefined || (policyFile !== undefined && policy === undefined))
    return { start, policyFile };
  return { start: { ...start, argv: ['node', entry] }, policyFile: policy };
}

interface Build {
  build: readonly string[];
  /** The built entry file can be started on its own. */
  direct: boolean;
}

function buildOf(project: Project, { argv }: StartCommand): Build | undefined {
  if (argv[0] === 'nest' && argv[1] === 'start') {
    return { build: ['nest', 'build', ...argv.slice(2)], direct: true };
  }
  const scripts = manifestScripts(project.tree);
  const line = argv[0] === 'node' ? argv.join(' ') : (scripts[argv.at(-1) ?? ''] ?? '');
  const startsBuilt = folders.some((folder) => new RegExp(`(?:^|[\\s/])${folder}/`).test(line));
  if (!startsBuilt || scripts.build === undefined) return undefined;
  return { build: [project.packageManager, 'run', 'build'], direct: false };
}

/** `src/security/policy.ts` is `dist/security/policy.js` or `dist/src/security/policy.js`. */
function builtFrom(project: Project, source: string): string | undefined {
  const name = source.replace(/\.([cm]?)tsx?$/, '.$1js');
  const inside = [name.replace(/^(?:.*\/)?src\//, ''), name];
  const all = folders.flatMap((folder) => inside.map((each) => `${folder}/${each}`));
  return all.find((each) => existsSync(path.join(project.root, each)));
}
