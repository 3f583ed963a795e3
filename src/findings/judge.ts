import type { Tree } from '../kernel/tree.ts';
import { catalogue, entryOf } from './catalogue.ts';
import { type Finding, type Judgement, severities } from './finding.ts';
import { fingerprint } from './fingerprint.ts';
import { mappingOf } from './mappings.ts';

/** Fills in what the catalogue knows, drops repetitions, and orders: worst first, then by place. */
export function toFindings(judgements: readonly Judgement[], tree: Tree): Finding[] {
  const lines = new Map<string, readonly string[]>();
  const seen = new Map<string, number>();
  return distinct(judgements)
    .map((judgement) => {
      const entry = entryOf(judgement.id);
      // An id that the catalogue does not know is our own mistake, not the user's.
      if (entry === undefined) throw new TypeError(`finding id ${judgement.id} has no entry`);
      const { file, line } = judgement.place;
      if (!lines.has(file)) lines.set(file, (tree.read(file) ?? '').split(/\r?\n/));
      const text = lines.get(file)?.[line - 1] ?? '';
      const key = [judgement.id, file, text.replace(/\s+/g, ' ').trim()].join('\0');
      const occurrence = seen.get(key) ?? 0;
      seen.set(key, occurrence + 1);
      return {
        id: judgement.id,
        severity: judgement.severity ?? entry.severity,
        confidence: judgement.confidence,
        place: judgement.place,
        route: judgement.route,
        message: judgement.message,
        fix: entry.fix,
        cwe: entry.cwe,
        ...mappingOf(entry.cwe, entry.row),
        fingerprint: fingerprint(judgement.id, file, text, occurrence),
      };
    })
    .sort(worstFirst);
}

/** Same id, place and route said twice is one finding; by place first, so that occurrences are counted in order. */
function distinct(judgements: readonly Judgement[]): Judgement[] {
  const byKey = new Map<string, Judgement>();
  for (const judgement of judgements) {
    const { file, line } = judgement.place;
    const key = [judgement.id, file, line, judgement.route ?? ''].join('\0');
    if (!byKey.has(key)) byKey.set(key, judgement);
  }
  return [...byKey.values()].sort(byPlace);
}

function byPlace(a: Judgement | Finding, b: Judgement | Finding): number {
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.line - b.place.line || order(a.id) - order(b.id);
}

function worstFirst(a: Finding, b: Finding): number {
  const worse = severities.indexOf(b.severity) - severities.indexOf(a.severity);
  return worse || byPlace(a, b);
}

function order(id: string): number {
  return Object.keys(catalogue).indexOf(id);
}

/** Findings at or above a severity: what `--fail-on` counts. */
export function atLeast(
  findings: readonly Finding[],
  severity: (typeof severities)[number],
): Finding[] {
  const floor = severities.indexOf(severity);
  return findings.filter((finding) => severities.indexOf(finding.severity) >= floor);
}
