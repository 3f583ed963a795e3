import { type Column, columns, type Look } from './columns.ts';
import { oneLine } from './escape.ts';
import { liveLines } from './live.ts';
import { type Mark, owaspChecklist } from './owasp.ts';
import {
  countsLine,
  countsOf,
  mutationLine,
  plural,
  type Report,
  type ReportProof,
  type ReportTests,
  reasons,
  testsLine,
} from './report.ts';

/** Phase 3: what was proved, what was not, and how each category of the OWASP lists is known. */
export function proofText(report: Report, look: Look): string {
  const { proof } = report;
  const parts = [
    ...beforeText(report, look),
    ...(proof === undefined ? [] : proofLines(proof, look)),
    ...(proof === undefined ? [] : checklistText(report, look)),
  ];
  return parts.join('\n');
}

function beforeText({ plan, tests, scanners = [], reviews = [] }: Report, look: Look): string[] {
  const { paint } = look;
  const good = (holds: boolean): string => (holds ? paint.green('✔') : paint.red('✖'));
  const lines: string[] = [];
  if (plan?.applied === true) lines.push(`  ${good(true)} applied`);
  const { before, after } = tests ?? {};
  const last = after ?? before;
  if (last !== undefined) {
    const same = before !== undefined && after !== undefined && before.passed === after.passed;
    lines.push(...testsText('your tests', last, same ? ', as before' : '', look));
  }
  if (tests?.security !== undefined) {
    lines.push(...testsText('security tests', tests.security, '', look));
  }
  for (const { scanner, notRun, counts, lines: said } of scanners) {
    const clean = Object.values(counts).every((count) => count === 0);
    const words = countsOf(counts);
    const mark = notRun === undefined ? good(clean) : paint.yellow('–');
    lines.push(
      `  ${mark} ${scanner}: ${oneLine(notRun === undefined ? words : `not run: ${notRun}`)}`,
    );
    lines.push(...said.slice(0, 5).map((line) => paint.dim(`      ${oneLine(line)}`)));
  }
  for (const { reviewer, notRun, opinion, findings } of reviews) {
    const said =
      notRun === undefined
        ? `${opinion ?? 'no opinion'}, ${plural(findings.length, 'remark')}`
        : `not run: ${notRun}`;
    lines.push(`  ${paint.dim('·')} ${oneLine(`${reviewer}: ${said}`)}`);
    for (const { severity, message, place } of findings.slice(0, 5)) {
      lines.push(
        paint.dim(
          `      ${oneLine(`${severity}: ${message}${place === undefined ? '' : ` (${place})`}`)}`,
        ),
      );
    }
  }
  return lines;
}

function testsText(name: string, run: ReportTests, more: string, { paint }: Look): string[] {
  const mark =
    run.notRun !== undefined ? paint.yellow('–') : run.good ? paint.green('✔') : paint.red('✖');
  const said = run.notRun === undefined && !run.good ? run.said.split('\n') : [];
  return [
    `  ${mark} ${name}: ${oneLine(testsLine(run))}${more}`,
    ...said.map((line) => `      ${oneLine(line)}`),
  ];
}

function proofLines(proof: ReportProof, look: Look): string[] {
  const { paint } = look;
  const { failed } = proof.counts;
  const counts = failed > 0 ? paint.red(countsLine(proof)) : paint.green(countsLine(proof));
  const mutation = mutationLine(proof);
  const lines = [
    `  ${paint.bold('Proof:')} ${counts}${mutation === undefined ? '' : `   ${mutation}`}`,
  ];
  for (const verdict of proof.verdicts.filter((each) => each.verdict === 'failed')) {
    const where = verdict.route === undefined ? '' : ` · ${verdict.route} as ${verdict.identity}`;
    lines.push(
      `  ${paint.red('✖')} ${oneLine(`${verdict.probe} ${verdict.title}${where}`)}`,
      ...[verdict.why, verdict.failure].flatMap((text) =>
        text === undefined ? [] : [`      ${oneLine(text)}`],
      ),
    );
  }
  for (const { control, outcome } of proof.mutations) {
    if (outcome === 'unnoticed') {
      lines.push(`  ${paint.red('✖')} without ${control} every probe holds: it was not proven`);
    }
  }
  const notRun = reasons(proof.verdicts.filter((each) => each.verdict === 'not-run'));
  const shown = notRun.slice(0, 6);
  const rows = shown.map(({ why, count, probes }) => ['not run', String(count), why, some(probes)]);
  lines.push(...columns(rows, notRunColumns(look), look));
  if (notRun.length > shown.length) {
    const rest = notRun.slice(6).reduce((sum, { count }) => sum + count, 0);
    const other = plural(notRun.length - shown.length, 'other reason');
    lines.push(paint.dim(`  … and ${rest} for ${other}; --report proof.html has all of them`));
  }
  for (const { text, route, good } of liveLines(proof)) {
    const said = good ? paint.green(text) : paint.yellow(oneLine(text));
    lines.push(`  ${said}${route === undefined ? '' : ` ${oneLine(route)}`}`);
  }
  return lines;
}

function notRunColumns({ paint }: Look): Column[] {
  return [{ paint: paint.yellow }, {}, { flexible: true }, { paint: paint.dim, most: 40 }];
}

function some(probes: readonly string[]): string {
  const all = [...new Set(probes)];
  return all.length <= 4 ? all.join(' ') : `${all.slice(0, 3).join(' ')} …`;
}

/** Both editions; the mark is how it is known, not a grade. */
export function checklistText(report: Report, look: Look): string[] {
  const { paint } = look;
  const paints: Readonly<Record<Mark['mark'], (text: string) => string>> = {
    proved: paint.green,
    failed: paint.red,
    static: String,
    'not-run': paint.yellow,
    'not-applicable': paint.dim,
  };
  const rows = owaspChecklist(report).map((mark) => [
    `${mark.category}:${mark.edition}`,
    mark.title,
    { text: markWord(mark), paint: paints[mark.mark] },
    mark.evidence,
  ]);
  const spec = [{ paint: paint.dim }, { most: 48 }, {}, { flexible: true }];
  return ['', paint.bold('OWASP Top 10'), ...columns(rows, spec, look)];
}

/** `proved`, `not run`; with `, 2 open` where findings stand against it. */
export function markWord({ mark, open }: Mark): string {
  const word = mark.replace('-', ' ');
  return open > 0 && mark === 'proved' ? `${word}, ${open} open` : word;
}
