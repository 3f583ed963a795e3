import { readFileSync } from 'node:fs';
import path from 'node:path';
import { diffOf, summaryOf } from '../changes/diff.ts';
import { writeOutput } from '../changes/output.ts';
import { readBaseline, withoutKnown, writeBaseline } from '../findings/baseline.ts';
import type { Finding } from '../findings/finding.ts';
import { atLeast } from '../findings/judge.ts';
import { KnownError } from '../kernel/errors.ts';
import { reporterFor } from '../reports/index.ts';
import { jsonReport } from '../reports/json.ts';
import type { Report, ReportPlan } from '../reports/report.ts';
import type { Ui } from '../ui/print.ts';
import { version } from '../version.ts';
import type { Options } from './options.ts';
import type { Planned } from './planning.ts';
import type { Survey } from './survey.ts';

/** The report of phase 1; later phases add their parts. */
export function reportOf(survey: Survey, target: string, options: Options): Report {
  const { project, policy, surface, postures, milliseconds } = survey;
  const { framework, frameworkVersion, language, modules, typescript, packageManager, entry } =
    project;
  const { findings, known } = withBaseline(survey.findings, options);
  return {
    tool: { name: 'slash-secure', version },
    at: new Date().toISOString(),
    target,
    project: {
      framework,
      frameworkVersion,
      language,
      modules,
      typescript,
      packageManager,
      entry,
      member: project.member,
      notes: project.notes,
    },
    level: policy.level,
    auth: policy.auth,
    milliseconds,
    surface,
    postures,
    findings,
    known,
    decisions: policy.decisions,
  };
}

/** @throws KnownError for a file that is not there or is no baseline */
function withBaseline(
  findings: readonly Finding[],
  { baseline, updateBaseline }: Options,
): { findings: readonly Finding[]; known: number | undefined } {
  if (baseline === undefined) return { findings, known: undefined };
  if (updateBaseline) {
    writeOutput(baseline, writeBaseline(findings));
    return { findings: [], known: findings.length };
  }
  const left = withoutKnown(findings, readBaseline(textAt(baseline), baseline));
  return { findings: left, known: findings.length - left.length };
}

function textAt(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new KnownError(
      `${file} cannot be read`,
      'Write it first with --update-baseline, or leave --baseline out.',
    );
  }
}

export function planReport({ plan, changes, kept, cannot, notes }: Planned): ReportPlan {
  return {
    steps: plan.steps.map((step) => ({ ...step, notes: [...step.notes, ...notes] })),
    left: plan.left,
    notes: plan.notes,
    cannot,
    kept,
    changes: summaryOf(changes),
    packages: plan.packages,
    environment: plan.environment,
    diff: diffOf(changes),
  };
}

/** Writes the asked report files, and the JSON when it was asked for. */
export function deliver(report: Report, options: Options, ui: Ui): void {
  for (const file of options.report) {
    writeOutput(file, reporterFor(file)?.(report) ?? '');
    ui.say(`report: ${path.relative(process.cwd(), path.resolve(file))}`);
  }
  if (options.json) ui.out(jsonReport(report));
}

/** 1 at findings of `--fail-on` or above. */
export function findingsCode({ findings }: Report, { failOn }: Options): number {
  return atLeast(findings, failOn).length > 0 ? 1 : 0;
}

/** 1 for a failed probe, a control that nobody misses, or failing tests. */
export function proofCode({ proof, tests }: Report): number {
  const unnoticed = proof?.mutations.some((one) => one.outcome === 'unnoticed') === true;
  const after = tests?.after;
  const worse =
    after !== undefined &&
    after.notRun === undefined &&
    !after.good &&
    tests?.before?.good !== false;
  const insecure = tests?.security?.notRun === undefined && tests?.security?.good === false;
  return (proof?.counts.failed ?? 0) > 0 || unnoticed || worse || insecure ? 1 : 0;
}
