import type { ControlId, Posture } from '../controls/control.ts';
import type { Level } from '../controls/level.ts';
import type { Decision } from '../controls/policy.ts';
import type { IdentityId } from '../controls/probe.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import type { Surface } from '../surface/surface.ts';

/**
 * Everything that a report can say, as plain data. A stage that was not run is absent, and every reporter then
 * leaves its part out. The parts have the shape of the stages' own values, so that commands pass those on.
 */
export interface Report {
  tool: { name: string; version: string };
  /** ISO 8601, UTC. */
  at: string;
  /** As typed on the command line. */
  target: string;
  project: ReportProject;
  level: Level;
  auth: string;
  /** Reading and judging. */
  milliseconds: number;
  surface: Surface;
  postures: readonly Posture[];
  findings: readonly Finding[];
  decisions: readonly Decision[];
  /** Findings that the baseline holds, and that are not among `findings`. */
  known?: number | undefined;
  plan?: ReportPlan | undefined;
  proof?: ReportProof | undefined;
  tests?:
    | {
        before?: ReportTests | undefined;
        after?: ReportTests | undefined;
        /** Those that we left in the project. */
        security?: ReportTests | undefined;
      }
    | undefined;
  scanners?: readonly ReportScan[] | undefined;
  reviews?: readonly ReportReview[] | undefined;
}

/** The parts of `Project` that are shown. */
export interface ReportProject {
  framework: string;
  frameworkVersion?: string | undefined;
  language: string;
  modules?: 'esm' | 'cjs' | undefined;
  typescript: boolean;
  packageManager: string;
  entry?: string | undefined;
  member: string;
  notes: readonly string[];
}

export interface ReportPlan {
  steps: readonly {
    control: ControlId;
    title: string;
    files: readonly { file: string }[];
    edits: readonly { end: 'edited' | 'there' | 'cannot'; file: string; why: string }[];
    notes: readonly string[];
  }[];
  /** Controls that are left alone. */
  left: readonly { control: ControlId; why: string }[];
  /** Edits that the owner has to make. */
  cannot: readonly { file: string; why: string; paste: string }[];
  /** What the owner should know of a choice that was made. */
  notes?: readonly string[] | undefined;
  /** Generated files that the owner edited and that stay. */
  kept: readonly { file: string; why: string }[];
  changes: readonly {
    file: string;
    kind: 'new' | 'edited' | 'removed';
    added: number;
    removed: number;
  }[];
  packages: readonly { name: string; range: string; dev: boolean }[];
  environment: readonly { name: string; why: string; required: boolean; example: string }[];
  /** Unified; absent where it is not wanted. */
  diff?: string | undefined;
  /** Set once it was written. */
  applied?: boolean | undefined;
}

export interface ReportVerdict {
  probe: string;
  control: ControlId;
  title: string;
  route?: string | undefined;
  identity: IdentityId;
  verdict: 'proved' | 'failed' | 'not-run';
  why?: string | undefined;
  failure?: string | undefined;
  evidence: readonly { request: string; answer: string }[];
}

export interface ReportProof {
  target: string;
  verdicts: readonly ReportVerdict[];
  counts: { proved: number; failed: number; notRun: number };
  matrix: readonly {
    route: string;
    identity: IdentityId;
    control: ControlId;
    verdict: ReportVerdict['verdict'];
    probes: readonly string[];
  }[];
  mutations: readonly {
    control: ControlId;
    outcome: 'noticed' | 'unnoticed' | 'not-run';
    why: string;
    probes: readonly string[];
  }[];
  /** Differences to the framework's own route table. */
  live?:
    | {
        compared?: number | undefined;
        missing: readonly string[];
        extra: readonly string[];
        unguarded?: readonly string[] | undefined;
        notCompared?: string | undefined;
      }
    | undefined;
  ms: number;
}

export interface ReportTests {
  command: string;
  passed: number | undefined;
  failed: number | undefined;
  good: boolean;
  notRun?: string | undefined;
  said: string;
}

export interface ReportScan {
  scanner: string;
  notRun?: string | undefined;
  counts: Readonly<Record<string, number>>;
  lines: readonly string[];
}

/** A reviewer's opinion; it never changes a verdict. */
export interface ReportReview {
  reviewer: string;
  notRun?: string | undefined;
  opinion?: 'PASS' | 'FAIL' | undefined;
  findings: readonly { severity: Severity; message: string; place?: string | undefined }[];
}

/** `file:line`. */
export function sourceOf(place: { file: string; line: number }): string {
  return `${place.file}:${place.line}`;
}

/** `express 5.3 · TypeScript, ES modules · pnpm · 23 routes in 9 files`. */
export function summaryLine({ project, surface }: Report): string {
  const files = new Set(surface.routes.map((route) => route.place.file)).size;
  const language =
    project.language === 'javascript'
      ? `${project.typescript ? 'TypeScript' : 'JavaScript'}${modulesOf(project)}`
      : project.language === 'python'
        ? 'Python'
        : 'Go';
  return [
    `${project.framework}${project.frameworkVersion === undefined ? '' : ` ${project.frameworkVersion}`}`,
    language,
    project.packageManager,
    `${plural(surface.routes.length, 'route')} in ${plural(files, 'file')}`,
  ].join(' · ');
}

function modulesOf({ modules }: ReportProject): string {
  if (modules === undefined) return '';
  return modules === 'esm' ? ', ES modules' : ', CommonJS';
}

export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Reasons with how often each stands, the most frequent first. */
export function reasons(
  verdicts: readonly ReportVerdict[],
): readonly { why: string; count: number; probes: readonly string[] }[] {
  const by = new Map<string, string[]>();
  for (const { why = 'no reason was given', probe } of verdicts) {
    by.set(why, [...(by.get(why) ?? []), probe]);
  }
  return [...by]
    .map(([why, probes]) => ({ why, count: probes.length, probes }))
    .sort((a, b) => b.count - a.count);
}

/** `96 proved · 0 failed · 7 not run`. */
export function countsLine({ counts }: ReportProof): string {
  return `${counts.proved} proved · ${counts.failed} failed · ${counts.notRun} not run`;
}

/** `9 of 9 controls noticed when removed`; nothing where none was taken out. */
export function mutationLine({ mutations }: ReportProof): string | undefined {
  if (mutations.length === 0) return undefined;
  const noticed = mutations.filter(({ outcome }) => outcome === 'noticed').length;
  return `${noticed} of ${mutations.length} controls noticed when removed`;
}

/** `41 passed`, or why nothing is known. */
export function testsLine(run: ReportTests): string {
  if (run.notRun !== undefined) return `not run: ${run.notRun}`;
  if (run.passed === undefined) return run.good ? 'passed' : 'failed';
  return run.failed ? `${run.passed} passed, ${run.failed} failed` : `${run.passed} passed`;
}

/** What a scanner knows of: `2 high, 1 low`. */
export function countsOf(counts: Readonly<Record<string, number>>): string {
  const known = Object.entries(counts).filter(([, count]) => count > 0);
  return known.map(([word, count]) => `${count} ${word}`).join(', ') || 'nothing known';
}

/** What is wrong and what to do, as two sentences. */
export function sentences({ message, fix }: Pick<Finding, 'message' | 'fix'>): string {
  return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${fix}`;
}

/** How each run of tests is called. */
export const testNames = {
  before: 'your tests before',
  after: 'your tests after',
  security: 'security tests',
} as const;
