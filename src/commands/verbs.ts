import { undo as giveBack } from '../changes/undo.ts';
import { KnownError } from '../kernel/errors.ts';
import { detect } from '../project/detect.ts';
import { notHardened } from '../project/supported.ts';
import type { Report } from '../reports/report.ts';
import { auditText, type terminalReport } from '../reports/terminal.ts';
import { planText } from '../reports/terminal-plan.ts';
import { proofText } from '../reports/terminal-proof.ts';
import { paintDiff, type Ui } from '../ui/print.ts';
import { carryOut, isInstalled } from './applying.ts';
import { refuseMistakes } from './mistakes.ts';
import type { Options } from './options.ts';
import { type Planned, planned } from './planning.ts';
import { proofOf, scansOf, securityTestsOf, testsOf } from './proving.ts';
import { deliver, findingsCode, planReport, proofCode, reportOf } from './reporting.ts';
import { type Survey, survey } from './survey.ts';

/** A command: target, options, printer; its exit code. */
export type Verb = (target: string, options: Options, ui: Ui) => Promise<number>;

/** Phase 1. */
export const audit: Verb = async (target, options, ui) => {
  refuseMistakes(options);
  const seen = await survey(target, options, process.cwd());
  const report = reportOf(seen, target, options);
  if (!options.json) ui.out(auditText(report, look(ui)));
  deliver(report, options, ui);
  refuseUnread(seen);
  return findingsCode(report, options);
};

/** Phase 2 without writing. */
export const plan: Verb = async (target, options, ui) => {
  refuseMistakes(options);
  const { seen, todo, report } = await prepared(target, options);
  if (todo.changes.length > 0) refuseUnmounted(seen, 'planned');
  if (!options.json) {
    ui.out(planText(report, look(ui)));
    ui.out(`\n${paintDiff(report.plan?.diff ?? '', ui.paint)}`);
  }
  deliver(report, options, ui);
  return 0;
};

/** Phase 2. */
export const apply: Verb = async (target, options, ui) => {
  refuseMistakes(options);
  const { seen, todo, report } = await prepared(target, options);
  if (!options.json) ui.out(planText(report, look(ui)));
  const done = await applied(seen, todo, report, options, ui);
  deliver(done, options, ui);
  if (todo.cannot.length === 0) return 0;
  ui.say('The controls are not complete before the lines that are left "by hand" are pasted.');
  return 1;
};

/** Phase 3. */
export const verify: Verb = async (target, options, ui) => {
  refuseMistakes(options);
  const seen = await survey(target, options, process.cwd());
  const report = await proven(seen, reportOf(seen, target, options), options, ui);
  if (!options.json) ui.out(proofText(report, look(ui)));
  deliver(report, options, ui);
  return proofCode(report);
};

/** All three phases. */
export const secure: Verb = async (target, options, ui) => {
  refuseMistakes(options);
  const { seen, todo, report } = await prepared(target, options);
  if (!options.json) ui.out(`${auditText(report, look(ui))}\n\n${planText(report, look(ui))}\n`);
  if (todo.plan.steps.length === 0) {
    deliver(report, options, ui);
    return findingsCode(report, options);
  }
  if (!options.yes && !ui.interactive) {
    ui.say('Nothing was applied: there is no terminal to ask on. Add --yes to apply and prove.');
    deliver(report, options, ui);
    return findingsCode(report, options);
  }
  const before = options.test && isInstalled(seen.project) ? await testsOf(seen) : undefined;
  const done = await applied(seen, todo, report, options, ui);
  if (todo.changes.length > 0 && done.plan?.applied !== true) return findingsCode(report, options);
  const now = await survey(target, options, process.cwd());
  const fresh = { ...reportOf(now, target, options), plan: done.plan, tests: { before } };
  const last = await proven(now, fresh, options, ui);
  if (!options.json) {
    ui.out(proofText(last, look(ui)));
    ui.out('\n  undo: npx slash-secure undo');
  }
  deliver(last, options, ui);
  return proofCode(last);
};

/** The tree as it was before the last apply. */
export const undo: Verb = async (target, options, ui) => {
  const { project } = await detect(target, { cwd: process.cwd(), framework: options.framework });
  const done = await giveBack(project.root, { force: options.force });
  const left = done.left > 0 ? `; ${done.left} more can be undone` : '';
  if (options.json) ui.out(JSON.stringify(done, null, 2));
  else ui.out(`${done.files.length} files are as they were before the apply of ${done.at}${left}`);
  return 0;
};

interface Prepared {
  seen: Survey;
  todo: Planned;
  report: Report;
}

async function prepared(target: string, options: Options): Promise<Prepared> {
  if (options.auth === 'oauth') {
    throw new KnownError(
      '--auth oauth comes in a later version: nothing was changed',
      'Use jwt, session or apikey; secure audit works with every application.',
    );
  }
  const seen = await survey(target, options, process.cwd());
  const why = seen.project.framework === 'gin' ? undefined : notHardened(seen.project);
  if (why !== undefined) {
    throw new KnownError(why, 'Upgrade it first; secure audit works with what is there.');
  }
  const todo = planned(seen);
  return { seen, todo, report: { ...reportOf(seen, target, options), plan: planReport(todo) } };
}

async function applied(
  seen: Survey,
  todo: Planned,
  report: Report,
  options: Options,
  ui: Ui,
): Promise<Report> {
  if (todo.changes.length === 0 || report.plan === undefined) return report;
  refuseUnmounted(seen, 'applied');
  const done = await carryOut(todo, seen.project, report.plan.diff ?? '', options, ui);
  if (!options.json) ui.out(done ? `  ${ui.paint.green('✔')} applied` : '  nothing was written');
  return { ...report, plan: { ...report.plan, applied: done } };
}

/**
 * Our folder without its calls protects nothing, and nobody shall believe that it does.
 * @throws KnownError when no file was read that makes the application
 */
function refuseUnmounted(seen: Survey, done: 'planned' | 'applied'): void {
  const { surface, project } = seen;
  const broken = new Set(surface.notAnalysed.map(({ file }) => file));
  if (surface.apps.some(({ place }) => !broken.has(place.file))) return;
  const sample = project.language === 'python' ? 'app/main.py' : 'src/app.ts';
  throw new KnownError(
    `nothing was ${done}: no file was read that makes the ${project.framework} application`,
    toMend(seen) ?? `Name the file that makes it, for example: secure apply ${sample}.`,
  );
}

/**
 * A gate that read nothing has nothing to say, so it shall not let pass.
 * @throws KnownError when sources are there and none of them could be read
 */
function refuseUnread(seen: Survey): void {
  const { apps, routes } = seen.surface;
  const todo = apps.length + routes.length > 0 ? undefined : toMend(seen);
  if (todo !== undefined)
    throw new KnownError(`nothing was audited: no ${seen.project.framework} source was read`, todo);
}

function toMend({ surface, project }: Survey): string | undefined {
  const makes = new Set(surface.apps.map(({ place }) => place.file));
  const [first] = surface.notAnalysed;
  const broken = surface.notAnalysed.find(({ file }) => makes.has(file)) ?? first;
  if (broken !== undefined) return `Mend ${broken.file} first: ${broken.reason}.`;
  const unread = project.notes.find((note) => note.startsWith('not read'));
  return unread && `Mend this first: ${unread}.`;
}

async function proven(seen: Survey, report: Report, options: Options, ui: Ui): Promise<Report> {
  const after = options.test ? await testsOf(seen) : undefined;
  const security =
    options.test && options.url === undefined ? await securityTestsOf(seen) : undefined;
  const proof = await proofOf(seen, options, ui);
  ui.done();
  const scanners = options.url === undefined ? await scansOf(seen, ui) : [];
  const tests = { before: report.tests?.before, after, security };
  return { ...report, proof, scanners, ...(after || security ? { tests } : {}) };
}

function look(ui: Ui): Parameters<typeof terminalReport>[1] {
  return { paint: ui.paint, width: ui.width };
}
