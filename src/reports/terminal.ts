import type { Severity } from '../findings/finding.ts';
import { columns, cut, type Look, widthOf } from './columns.ts';
import { oneLine } from './escape.ts';
import { plural, type Report, sourceOf, summaryLine } from './report.ts';
import { planText } from './terminal-plan.ts';
import { proofText } from './terminal-proof.ts';

/** Columns below which a table's last cells go to a line of their own. */
const narrow = 110;

export interface TerminalLook extends Look {
  /** Findings that are listed; the rest is counted. */
  findings?: number | undefined;
}

/** Everything that the report has, in the order of the phases. */
export function terminalReport(report: Report, look: TerminalLook): string {
  return [auditText(report, look), planText(report, look), proofText(report, look)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Phase 1: what it is, how it stands, what is wrong. */
export function auditText(report: Report, look: TerminalLook): string {
  return [
    headText(report, look),
    postureText(report, look),
    findingsText(report, look),
    openText(report, look),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function headText(report: Report, { paint, width }: Look): string {
  const left = oneLine(summaryLine(report));
  const right = `${Math.round(report.milliseconds)} ms`;
  const space = Math.max(2, Math.min(width, 110) - widthOf(left) - right.length);
  const notes = report.project.notes.map((note) => `  ${paint.yellow('note')} ${oneLine(note)}`);
  return [paint.bold(left) + ' '.repeat(space) + paint.dim(right), ...notes].join('\n');
}

export function postureText({ postures }: Report, look: Look): string {
  const { paint } = look;
  const wide = look.width >= narrow;
  const rows = columns(
    postures.map(({ title, state, good, evidence, places, confidence }) => [
      title,
      { text: state, paint: good ? paint.green : paint.yellow },
      confidence === 'high' ? evidence : `${evidence} (${confidence} confidence)`,
      wide ? placesText(places) : '',
    ]),
    [{}, {}, { flexible: true }, { paint: paint.dim, most: 44 }],
    look,
  );
  if (wide) return rows.join('\n');
  return rows
    .flatMap((row, at) => [row, ...below(placesText(postures[at]?.places ?? []), look)])
    .join('\n');
}

/** Where a line has no room for every column, the last ones stand below it. */
function below(text: string, { paint, width }: Look): string[] {
  return text === '' ? [] : [`      ${paint.dim(cut(oneLine(text), width - 6))}`];
}

function placesText(places: readonly { file: string; line: number }[]): string {
  const [first] = places;
  if (first === undefined) return '';
  return places.length === 1 ? sourceOf(first) : plural(places.length, 'place');
}

export function findingsText({ findings, known = 0 }: Report, look: TerminalLook): string {
  const { paint } = look;
  const colours: Readonly<Record<Severity, (text: string) => string>> = {
    critical: (text) => paint.bold(paint.red(text)),
    high: paint.red,
    medium: paint.yellow,
    low: paint.dim,
    info: paint.dim,
  };
  if (findings.length === 0) {
    return `  ${paint.green('no findings')}${known === 0 ? '' : paint.dim(` (${known} in the baseline)`)}`;
  }
  const most = look.findings ?? 30;
  const wide = look.width >= narrow;
  const shown = findings.slice(0, most);
  const lines = columns(
    shown.map(({ severity, id, message, place }) => [
      { text: severity, paint: colours[severity] },
      message,
      ...(wide ? [id, sourceOf(place)] : []),
    ]),
    [{}, { flexible: true }, { paint: paint.cyan, most: 36 }, { paint: paint.dim, most: 40 }],
    look,
  );
  const rows = wide
    ? lines
    : lines.flatMap((line, at) => {
        const finding = shown[at];
        if (finding === undefined) return [line];
        return [line, ...below(`${finding.id}  ${sourceOf(finding.place)}`, look)];
      });
  const rest = findings.length - most;
  const more =
    rest > 0 ? [paint.dim(`  … and ${rest} more; --report findings.md has all of them`)] : [];
  const counted = known === 0 ? '' : paint.dim(` (${known} more in the baseline)`);
  const told = findings.filter(({ overridden }) => overridden !== undefined).length;
  const also = told === 0 ? '' : paint.dim(`, and ${told} in code that the folder overrides`);
  const open = paint.bold(plural(findings.length - told, 'finding'));
  return [`${open}${counted}${also}`, ...rows, ...more].join('\n');
}

/** What the owner has to know or to decide: questions, and what could not be read. */
export function openText({ decisions, surface }: Report, look: Look): string {
  const { paint } = look;
  const asked = decisions.filter(({ needsAnswer }) => needsAnswer);
  const questions = columns(
    asked
      .slice(0, 8)
      .map(({ method, path, access, reason }) => [`${method} ${path}`, access, reason]),
    [{ most: 44 }, { paint: paint.cyan }, { flexible: true }],
    look,
  );
  const unread = columns(
    [
      ...surface.unresolved.map(({ what, place }) => [what, sourceOf(place)]),
      ...surface.notAnalysed.map(({ file, reason }) => [`not analysed: ${reason}`, file]),
    ].slice(0, 8),
    [{ flexible: true }, { paint: paint.dim, most: 48 }],
    look,
  );
  const holes = surface.unresolved.length + surface.notAnalysed.length;
  return [
    ...section(
      `${plural(asked.length, 'decision')} need${asked.length === 1 ? 's' : ''} you (secure.yaml)`,
      questions,
      asked.length,
      look,
    ),
    ...section(`${plural(holes, 'place')} dynamic, not resolved`, unread, holes, look),
  ].join('\n');
}

/** A title over rows of which some are left out; nothing where there is nothing. */
export function section(
  title: string,
  rows: readonly string[],
  all: number,
  { paint }: Look,
): string[] {
  if (all === 0) return [];
  const more = all > rows.length ? [paint.dim(`  … and ${all - rows.length} more`)] : [];
  return [paint.yellow(title), ...rows, ...more];
}
