import { manifestScripts } from '../../../project/javascript.ts';
import type { Project } from '../../../project/project.ts';
import type { Surface } from '../../../surface/surface.ts';
import type { LiveTable } from '../../framework.ts';
import { boot } from '../boot.ts';
import { liveRows, reconcile } from './reconcile.ts';

/** The owner's start with a preload; a package manager in front would take the preload for itself. */
export function liveTable(project: Project, surface: Surface): LiveTable | undefined {
  const start = boot(project);
  const argv = start && directly(start.argv, project);
  if (start === undefined || argv === undefined) return undefined;
  return {
    script: 'table.cjs',
    command: { ...start, argv },
    preload: true,
    reconcile: (output) => {
      const rows = liveRows(output);
      return rows && reconcile(surface.routes, rows);
    },
  };
}

function directly(argv: readonly string[], project: Project): readonly string[] | undefined {
  if (argv[0] === 'node') return argv;
  const words = (manifestScripts(project.tree)[argv.at(-1) ?? ''] ?? '').split(/\s+/);
  const plain = words.every((word) => /^[\w./@=:-]+$/.test(word));
  return words[0] === 'node' && plain ? words : undefined;
}
