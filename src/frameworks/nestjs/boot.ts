import { parse } from 'jsonc-parser';
import type { Project, StartCommand } from '../../project/project.ts';

/**
 * A start that compiles the sources as they stand: `nest start` where the project has Nest's command line,
 * else the owner's own. What runs files of an earlier build would not notice a changed policy.
 */
export function boot(project: Project): StartCommand | undefined {
  const { dependencies, entry } = project;
  if ('@nestjs/cli' in dependencies) {
    const application = applicationOf(project);
    const argv = ['nest', 'start', ...(application === undefined ? [] : [application])];
    return { argv, from: '@nestjs/cli', cwd: '' };
  }
  if (entry !== undefined && 'ts-node' in dependencies) {
    const aliases = 'tsconfig-paths' in dependencies ? ['-r', 'tsconfig-paths/register'] : [];
    return { argv: ['ts-node', ...aliases, entry], from: 'ts-node', cwd: '' };
  }
  return project.start;
}

interface NestCli {
  monorepo?: boolean;
  projects?: Record<string, { type?: string; root?: string; sourceRoot?: string }>;
}

/** The application of a Nest monorepo that the entry file belongs to. */
function applicationOf({ tree, entry }: Project): string | undefined {
  const cli = parse(tree.read('nest-cli.json') ?? '{}') as NestCli;
  return Object.entries(cli.projects ?? {}).find(
    ([, { type, root, sourceRoot }]) =>
      type !== 'library' && entry?.startsWith(`${sourceRoot ?? root ?? '\0'}/`),
  )?.[0];
}
