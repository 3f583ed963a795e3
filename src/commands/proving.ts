import { existsSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import type { StartCommand } from '../project/project.ts';
import { askLiveTable } from '../proof/live.ts';
import { ownerTests, type TestRun } from '../proof/owner-tests.ts';
import { run } from '../proof/process.ts';
import { type Proof, prove, type Reconciliation } from '../proof/prove.ts';
import { scanners } from '../scanners/index.ts';
import type { Scan } from '../scanners/scanner.ts';
import type { Ui } from '../ui/print.ts';
import { shipped } from './blueprint.ts';
import type { Options } from './options.ts';
import type { Survey } from './survey.ts';

/** Phase 3: boots the application and asks it every probe. */
export async function proofOf(survey: Survey, options: Options, ui: Ui): Promise<Proof> {
  const { project, framework, surface, policy, file, emitted } = survey;
  const seen = { verdicts: 0, mutations: 0 };
  return prove({
    project,
    surface,
    policy,
    start: startOf(options) ?? framework.boot(project),
    url: options.url,
    identities: file?.identities,
    policyFile: emitted?.place.file,
    mutate: options.mutate,
    live: options.url === undefined ? () => liveOf(survey) : undefined,
    onVerdict: () => {
      seen.verdicts += 1;
      if (seen.verdicts % 25 === 0) ui.progress(`${seen.verdicts} probes answered`);
    },
    onMutation: ({ control, outcome }) => ui.progress(`without ${control}: ${outcome}`),
  });
}

/** What the running framework holds, against what was read from the sources. */
async function liveOf({
  framework,
  bare,
  project,
  surface,
}: Survey): Promise<Reconciliation | undefined> {
  const table = framework.live?.(bare, surface);
  if (table === undefined) return undefined;
  const script = shipped('live', framework.id, table.script);
  return askLiveTable({
    root: project.root,
    command: table.command,
    preload: table.preload ? script : undefined,
    reconcile: table.reconcile,
  });
}

function startOf({ start }: Options): StartCommand | undefined {
  if (start === undefined) return undefined;
  const argv = wordsOf(start);
  return { argv, from: '--start', cwd: '' };
}

/**
 * The words of a command as a shell would see them, quotes taken off; no shell runs it.
 * @throws KnownError for operators that only a shell understands.
 */
export function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|([^\s"']+)/g)];
  const operator = words.find(
    (word) => word[3] !== undefined && /^(?:[|&;<>]+|\d?>.*)$/.test(word[3]),
  );
  if (operator !== undefined || words.length === 0) {
    throw new KnownError(
      `--start takes one command, not ${operator === undefined ? 'nothing' : `a shell line with ${operator[0]}`}`,
      'Put the line into a script and give that: --start "sh start.sh".',
    );
  }
  return words.map((word) => word[1]?.replace(/\\(.)/g, '$1') ?? word[2] ?? word[3] ?? '');
}

/** The project's own tests, and the security tests that we left there. */
export async function testsOf(survey: Survey): Promise<TestRun | undefined> {
  const { test, root } = survey.project;
  return test === undefined ? undefined : ownerTests(root, test);
}

export async function scansOf(survey: Survey, ui: Ui): Promise<readonly Scan[]> {
  const { project } = survey;
  const has = (file: string): boolean => existsSync(path.join(project.root, file));
  const scans: Scan[] = [];
  for (const scanner of scanners.filter((one) => one.languages.includes(project.language))) {
    const argv = scanner.argv(has);
    if (argv === undefined) continue;
    ui.progress(scanner.id);
    const output = await run(argv, { cwd: project.root, timeout: 120_000 });
    scans.push(scanner.parse(output));
  }
  ui.done();
  return scans;
}
