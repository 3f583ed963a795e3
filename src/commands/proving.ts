import { existsSync } from 'node:fs';
import path from 'node:path';
import { isOurTest } from '../frameworks/python/bare.ts';
import { KnownError } from '../kernel/errors.ts';
import type { StartCommand } from '../project/project.ts';
import { originOf } from '../proof/http.ts';
import { ownEnvironment } from '../proof/own-environment.ts';
import { ownerTests, type TestRun } from '../proof/owner-tests.ts';
import { accepts } from '../proof/ports.ts';
import { run } from '../proof/process.ts';
import { type Proof, prove } from '../proof/prove.ts';
import { scanners } from '../scanners/index.ts';
import type { Scan } from '../scanners/scanner.ts';
import type { Ui } from '../ui/print.ts';
import { shipped } from './blueprint.ts';
import { compiled } from './compiling.ts';
import { liveOf } from './live.ts';
import type { Options } from './options.ts';
import type { Survey } from './survey.ts';
import { wordsOf } from './words.ts';

/** Phase 3: boots the application and asks it every probe. */
export async function proofOf(survey: Survey, options: Options, ui: Ui): Promise<Proof> {
  const { project, framework, surface, policy, file, emitted } = survey;
  if (options.url !== undefined) await refuseSilent(options.url);
  const asked = startOf(options) ?? framework.boot(project);
  const ready =
    options.url === undefined
      ? await compiled(project, asked, emitted?.place.file, ui)
      : { start: asked, policyFile: emitted?.place.file };
  const environment = ownEnvironment(survey.bare.tree);
  const seen = { verdicts: 0, mutations: 0 };
  return prove({
    project,
    surface,
    policy,
    start: ready.start,
    url: options.url,
    identities: file?.identities,
    environment,
    fault: framework.fault && shipped('frameworks', framework.id, 'live', framework.fault),
    policyFile: ready.policyFile,
    mutate: options.mutate,
    live: options.url === undefined ? () => liveOf(survey, ready, environment) : undefined,
    onVerdict: () => {
      seen.verdicts += 1;
      if (seen.verdicts % 25 === 0) ui.progress(`${seen.verdicts} probes answered`);
    },
    onMutation: ({ control, outcome }) => ui.progress(`without ${control}: ${outcome}`),
  });
}

/** An address that nobody listens on would fail every probe, which says nothing of the application. */
async function refuseSilent(url: string): Promise<void> {
  const { host, port } = originOf(url);
  if (await accepts(host, port)) return;
  throw new KnownError(
    `nothing listens at ${url}`,
    'Start the application first, or leave --url out: then it is started for you.',
  );
}

function startOf({ start }: Options): StartCommand | undefined {
  if (start === undefined) return undefined;
  const argv = wordsOf(start);
  return { argv, from: '--start', cwd: '' };
}

/** The project's own tests, and the security tests that we left there. */
export async function testsOf(survey: Survey): Promise<TestRun | undefined> {
  const { test, root } = survey.project;
  return test === undefined ? undefined : ownerTests(root, test);
}

/** The tests that we left in the project; `undefined` when there are none. */
export async function securityTestsOf({ project }: Survey): Promise<TestRun | undefined> {
  const manifest = project.tree.read('package.json') ?? '';
  const { tree } = project;
  const own = tree.paths().find((file) => isOurTest(file, tree.read(file)));
  const argv = /"test:security"\s*:/.test(manifest)
    ? [project.packageManager, 'run', 'test:security']
    : own !== undefined
      ? // The owner's options may name other folders, or ask for a coverage that these tests alone do not have.
        ['python3', '-m', 'pytest', '-o', 'addopts=', own, '-q']
      : undefined;
  return argv && ownerTests(project.root, { argv, from: 'secure', cwd: '' });
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
