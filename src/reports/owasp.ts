import { catalogue, type Entry } from '../findings/catalogue.ts';
import type { Finding } from '../findings/finding.ts';
import { mappingOf, top10of2021, top10of2025 } from '../findings/mappings.ts';
import { factsOf } from '../surface/facts.ts';
import { plural, type Report, type ReportVerdict, reasons, sourceOf } from './report.ts';

export type Edition = '2021' | '2025';

/** How a category is known. `proved`: every probe of it that could be run held; `failed`: one did not. */
export type MarkKind = 'proved' | 'failed' | 'static' | 'not-run' | 'not-applicable';

/** One line of the checklist. No mark without evidence. */
export interface Mark {
  edition: Edition;
  /** `A01`. */
  category: string;
  title: string;
  mark: MarkKind;
  evidence: string;
  /** Findings of this category that are open. */
  open: number;
  /** Probes that were proved or failed. */
  probes: readonly string[];
}

type Source = Pick<Report, 'findings' | 'surface' | 'proof' | 'scanners'>;

const crypto = ['J-2', 'J-3', 'J-4', 'J-5', 'J-18', 'H-6', 'H-7', 'F-7', 'S-3', 'K-8'];
const injection = ['V-1', 'V-3', 'V-4', 'V-5', 'V-6', 'V-8', 'V-12', 'V-18', 'H-12', 'E-5'];
const access = ['J-1', 'J-22', 'J-23', 'J-24', 'J-25', 'J-26', 'J-27', 'X'];
const design = ['R', 'V-9', 'V-10', 'V-11', 'J-29', 'J-30'];
const signIn = ['J', 'F', 'K', 'S', 'R-6', 'R-7'];
const integrity = ['V-2', 'J-5'];
const events = ['E-5', 'E-6', 'J-33'];
const mishandled = ['E-1', 'E-2', 'E-3', 'E-7', 'V-10', 'V-11', 'V-12', 'V-16', 'V-24', 'R-13'];

/** Probes that speak for a category: a whole group by its letter, or single rows of the probe table. */
const spokenFor: Readonly<Record<Edition, Readonly<Record<string, readonly string[]>>>> = {
  '2021': {
    A01: access,
    A02: crypto,
    A03: injection,
    A04: design,
    A05: ['H', 'O', 'E-1', 'E-3', 'V-24'],
    A07: signIn,
    A08: integrity,
    A09: events,
  },
  '2025': {
    A01: access,
    A02: ['H', 'O'],
    A04: crypto,
    A05: injection,
    A06: design,
    A07: signIn,
    A08: integrity,
    A09: events,
    A10: mishandled,
  },
};

/** Categories that no request can prove: the versions that are installed, and what a scanner knows of them. */
const ofComponents: Readonly<Record<Edition, string>> = { '2021': 'A06', '2025': 'A03' };

/** The OWASP Top 10 of 2021 and 2025, each category with how it is known. Pure. */
export function owaspChecklist(source: Source): readonly Mark[] {
  return (['2021', '2025'] as const).flatMap((edition) =>
    Object.entries(edition === '2021' ? top10of2021 : top10of2025).map(([category, title]) =>
      markOf(source, edition, category, title),
    ),
  );
}

function markOf(source: Source, edition: Edition, category: string, title: string): Mark {
  const findings = source.findings.filter(
    (finding) =>
      finding.overridden === undefined &&
      (edition === '2021' ? finding.owasp2021 : finding.owasp2025).includes(category),
  );
  const of = (mark: MarkKind, evidence: string, probes: readonly string[] = []): Mark => ({
    edition,
    category,
    title,
    mark,
    evidence,
    open: findings.length,
    probes,
  });
  const read = fromReading(source, edition, category, findings);
  if (ofComponents[edition] === category) return components(source, findings, read, of);
  if (edition === '2021' && category === 'A10' && nothingGoesOut(source)) {
    const routes = plural(source.surface.routes.length, 'route');
    return of('not-applicable', `no handler of ${routes} sends a request to an address from input`);
  }
  const verdicts = (source.proof?.verdicts ?? []).filter((verdict) =>
    speaksFor(verdict, spokenFor[edition][category] ?? []),
  );
  if (verdicts.length === 0) return of('static', read);
  const ran = verdicts.filter(({ verdict }) => verdict !== 'not-run');
  if (ran.length === 0) {
    const why = reasons(verdicts)[0]?.why ?? '';
    return of('not-run', `${plural(verdicts.length, 'probe')} not run: ${why}; ${read}`);
  }
  const ids = [...new Set(ran.map(({ probe }) => probe))];
  const failed = ran.filter(({ verdict }) => verdict === 'failed');
  if (failed.length > 0) {
    const names = [...new Set(failed.map(({ probe }) => probe))].join(', ');
    const also = findings.length > 0 ? `; ${read}` : '';
    const counted = `${failed.length} of ${plural(ran.length, 'probe')} failed: ${names}`;
    return of('failed', `${counted}${also}`, ids);
  }
  const rest = verdicts.length - ran.length;
  const skipped = rest === 0 ? '' : `, ${rest} not run`;
  return of('proved', `${plural(ran.length, 'probe')} held${skipped}; ${read}`, ids);
}

function speaksFor({ probe }: ReportVerdict, wanted: readonly string[]): boolean {
  const row = probe.split('/')[0] ?? probe;
  const group = row.split('-')[0] ?? row;
  return wanted.includes(row) || wanted.includes(group);
}

/** What reading says: the findings of the category, or how much was looked for and read. */
function fromReading(
  { surface }: Source,
  edition: Edition,
  category: string,
  findings: readonly Finding[],
): string {
  const worst = findings[0];
  if (worst !== undefined) {
    return `${plural(findings.length, 'finding')}, first ${worst.id} at ${sourceOf(worst.place)}`;
  }
  const asked = lookedFor(edition, category);
  const holes = surface.unresolved.length + surface.notAnalysed.length;
  const but = holes === 0 ? '' : `, ${plural(holes, 'place')} could not be read`;
  if (asked === 0) return `nothing is looked for in the code${but}`;
  return `none of ${plural(asked, 'kind')} of finding in ${plural(surface.read.files, 'file')}${but}`;
}

function lookedFor(edition: Edition, category: string): number {
  return Object.values<Entry>(catalogue).filter(({ cwe, row }) => {
    const mapping = mappingOf(cwe, row);
    return (edition === '2021' ? mapping.owasp2021 : mapping.owasp2025).includes(category);
  }).length;
}

function components(
  { scanners = [] }: Source,
  findings: readonly Finding[],
  read: string,
  of: (mark: MarkKind, evidence: string) => Mark,
): Mark {
  const said = scanners.map(({ scanner, notRun, counts }) => {
    if (notRun !== undefined) return `${scanner} not run: ${notRun}`;
    const known = Object.values(counts).reduce((sum, each) => sum + each, 0);
    return `${scanner}: ${known} known`;
  });
  const ran = scanners.some(({ notRun }) => notRun === undefined);
  const why = said.length === 0 ? 'no scanner was asked' : said.join(', ');
  return of(ran || findings.length > 0 ? 'static' : 'not-run', `${why}; ${read}`);
}

function nothingGoesOut({ surface }: Source): boolean {
  if (surface.unresolved.length > 0 || surface.notAnalysed.length > 0) return false;
  const sinks = factsOf(surface.facts, 'sink').some(({ detail }) => detail.what === 'outbound');
  return !sinks && !surface.routes.some((route) => route.traits.includes('outbound-url'));
}
