import { existsSync } from 'node:fs';
import path from 'node:path';
import { applyChanges, settle } from '../changes/apply.ts';
import { undo } from '../changes/undo.ts';
import { KnownError } from '../kernel/errors.ts';
import type { PackageManager, Project } from '../project/project.ts';
import { isDirty } from '../proof/git.ts';
import { run } from '../proof/process.ts';
import { ask } from '../ui/ask.ts';
import { paintDiff, type Ui } from '../ui/print.ts';
import type { Options } from './options.ts';
import type { Planned } from './planning.ts';

/** Lock files that a package manager writes right behind us. */
const locks: Record<PackageManager, readonly string[]> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock'],
  bun: ['bun.lock', 'bun.lockb'],
  pip: [],
  uv: ['uv.lock'],
  poetry: ['poetry.lock'],
  pdm: ['pdm.lock'],
  pipenv: ['Pipfile.lock'],
  go: ['go.sum'],
};

/**
 * Asks, writes, and lets the package manager install. When installing fails, everything is given back.
 * @returns false when the owner said no
 */
export async function carryOut(
  planned: Planned,
  project: Project,
  diff: string,
  options: Options,
  ui: Ui,
): Promise<boolean> {
  if (!(await agreed(project, diff, options, ui))) return false;
  const what = `${planned.changes.length} files`;
  const watched = locks[project.packageManager].map((name) => lockOf(project, name));
  await applyChanges(project.root, planned.changes, { what, watched });
  if (planned.install !== undefined && options.install) {
    await install(planned.install.argv, project.root, ui);
    await settle(project.root);
  } else if (planned.install !== undefined) {
    ui.say(`packages are not installed: ${planned.install.argv.join(' ')}`);
  }
  for (const note of planned.notes) ui.say(note);
  return true;
}

/** In a workspace an install writes the lock file of the whole, which stands above the member. */
function lockOf({ root, lockFolder }: Project, name: string): string {
  if (lockFolder === undefined) return name;
  return [...path.relative(root, lockFolder).split(path.sep), name].join('/');
}

async function agreed(project: Project, diff: string, options: Options, ui: Ui): Promise<boolean> {
  const dirty = (await isDirty(project.root)) === true;
  if (options.yes) {
    if (dirty)
      ui.say('The git tree has uncommitted changes; undo gives back exactly what is here now.');
    return true;
  }
  if (!ui.interactive) {
    throw new KnownError(
      'nothing was applied: there is no terminal to ask on',
      'Add --yes to apply without a question.',
    );
  }
  if (dirty && !options.force) ui.say(ui.paint.yellow('The git tree has uncommitted changes.'));
  for (;;) {
    const answer = await ask('Apply?', [
      { value: 'yes', label: 'yes' },
      { value: 'diff', label: 'show the diff' },
      { value: 'no', label: 'no' },
    ]);
    if (answer !== 'diff') return answer === 'yes';
    ui.out(paintDiff(diff, ui.paint));
  }
}

const loose = '--legacy-peer-deps';

async function install(argv: readonly string[], root: string, ui: Ui): Promise<void> {
  ui.progress(argv.join(' '));
  const ran = await run(argv, { cwd: root, timeout: 600_000 });
  ui.done();
  if (ran.code === 0) return;
  // The packages of the project contradict each other without ours too, as its owner must know who installed them.
  const contradicts = argv[0] === 'npm' && /\bERESOLVE\b/.test(`${ran.stdout}\n${ran.stderr}`);
  if (contradicts && !argv.includes(loose)) return install([...argv, loose], root, ui);
  await undo(root, { force: true });
  const said = ran.missing ? 'it is not installed' : lastLines(`${ran.stdout}\n${ran.stderr}`);
  throw new KnownError(
    `${argv.join(' ')} failed, and everything was given back: ${said}`,
    'Mend that, or apply with --no-install and install the packages yourself.',
  );
}

function lastLines(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => /error|ERR|not found|failed/i.test(line));
  return (lines.length > 0 ? lines : text.trim().split('\n')).slice(0, 3).join(' | ').slice(0, 400);
}

/** Whether the packages of the project are there, so that its tests can run before anything changes. */
export function isInstalled(project: Project): boolean {
  if (project.language !== 'javascript') return true;
  return existsSync(path.join(project.root, 'node_modules'));
}
