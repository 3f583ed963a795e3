import { run } from './process.ts';

/**
 * Whether git knows of changes below this folder that are not committed; `undefined` where there is no git or no
 * repository. Nothing that the repository's own configuration names as a monitor is started.
 */
export async function isDirty(root: string): Promise<boolean | undefined> {
  const ran = await run(
    [
      'git',
      '-c',
      'core.fsmonitor=false',
      'status',
      '--porcelain',
      '--ignore-submodules',
      '--',
      '.',
    ],
    { cwd: root, env: { GIT_OPTIONAL_LOCKS: '0' }, timeout: 30_000 },
  );
  if (ran.code !== 0) return undefined;
  return ran.stdout.trim() !== '';
}
