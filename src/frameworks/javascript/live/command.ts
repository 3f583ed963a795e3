import { manifestScripts } from '../../../project/javascript.ts';
import type { Project, StartCommand } from '../../../project/project.ts';
import type { LiveTable } from '../../framework.ts';
import type { Comparison } from '../../reconcile.ts';

/** The owner's start with a preload. */
export function preloadedTable(
  project: Project,
  start: StartCommand,
  how: Comparison,
): LiveTable | { why: string } {
  const argv = directly(start.argv, project);
  if (argv === undefined) return { why: `${start.argv.join(' ')} does not start node itself` };
  return { script: 'table.cjs', command: { ...start, argv }, preload: true, how };
}

/** Node's own command line: whatever starts node in front of it would take the preload for itself. */
function directly(
  argv: readonly string[],
  project: Project,
  depth = 0,
): readonly string[] | undefined {
  const words = inner(argv);
  if (words !== undefined) {
    return words.every((word) => /^[\w./@=:*,{}-]+$/.test(word)) ? words : undefined;
  }
  const script = manifestScripts(project.tree)[argv.at(-1) ?? ''];
  if (script === undefined || depth > 3) return undefined;
  return directly(lastOf(script), project, depth + 1);
}

/** The words of what a script runs last: the proof has run the build in front of it already. */
function lastOf(script: string): readonly string[] {
  const last = script.split(/&&|;/).at(-1) ?? '';
  return last
    .replace(/\s\d?>>?\s*(?:&\d|\S+)/g, '')
    .trim()
    .split(/\s+/);
}

function inner(argv: readonly string[]): readonly string[] | undefined {
  const from = argv.findIndex((word) => !/^(?:env|cross-env|\w+=.*)$/.test(word));
  const variables = argv.slice(0, Math.max(from, 0)).filter((word) => word.includes('='));
  const [program = '', ...rest] = argv.slice(Math.max(from, 0));
  const before = variables.length === 0 ? [] : ['env', ...variables];
  if (program === 'node') return [...before, 'node', ...rest];
  if (program === 'tsx' && rest[0] !== 'watch')
    return [...before, 'node', '--import', 'tsx', ...rest];
  const plain = rest.every(
    (word, at) => !word.startsWith('-') || (word === '-r' && at < rest.length - 2),
  );
  if (program !== 'ts-node' || !plain) return undefined;
  return [...before, 'node', '-r', 'ts-node/register', ...rest];
}
