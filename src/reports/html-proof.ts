import { controlIds } from '../controls/control.ts';
import { html as text } from './escape.ts';
import { liveLines } from './live.ts';
import {
  countsLine,
  countsOf,
  mutationLine,
  type Report,
  type ReportProof,
  type ReportVerdict,
  reasons,
  testNames,
  testsLine,
} from './report.ts';
import { planLine } from './terminal-plan.ts';

export const signs: Readonly<Record<ReportVerdict['verdict'], string>> = {
  proved: '✔',
  failed: '✖',
  'not-run': '–',
};

/** The place in the page of the first verdict that fits. */
export function anchorOf(
  { verdicts }: ReportProof,
  fits: (verdict: ReportVerdict) => boolean,
): string | undefined {
  const at = verdicts.findIndex(fits);
  return at === -1 ? undefined : `v${at}`;
}

export function planSection({ plan }: Report): string {
  if (plan === undefined) return '';
  const changes = plan.changes.map(
    ({ file, kind, added, removed }) =>
      `<li>${kind} <code>${text(file)}</code> <span class="proved">+${added}</span> <span class="failed">−${removed}</span></li>`,
  );
  const left = plan.left.map(
    ({ control, why }) => `<li class="dim">${control} left alone: ${text(why)}</li>`,
  );
  const kept = plan.kept.map(
    ({ file, why }) => `<li><code>${text(file)}</code> kept: ${text(why)}</li>`,
  );
  const byHand = plan.cannot.map(
    ({ file, why, paste }) =>
      `<li class="open">By hand, <code>${text(file)}</code>: ${text(why)}<pre>${text(paste)}</pre></li>`,
  );
  const diff =
    plan.diff === undefined || plan.diff === ''
      ? ''
      : `<details><summary>The diff</summary><pre>${text(plan.diff)}</pre></details>`;
  return `<section id="plan"><h2>${text(planLine(plan))}</h2>
<ul>${[...changes, ...kept, ...left, ...byHand].join('\n')}</ul>${diff}</section>`;
}

/** The counts, and everything that is missing from them. */
export function proofSection(report: Report): string {
  const { proof } = report;
  const beside = besideProof(report);
  if (proof === undefined) {
    return beside === ''
      ? ''
      : `<section id="tests"><h2>Tests and scanners</h2>${beside}</section>`;
  }
  const { failed } = proof.counts;
  const mutation = mutationLine(proof);
  const notRun = reasons(proof.verdicts.filter(({ verdict }) => verdict === 'not-run')).map(
    ({ why, count, probes }) =>
      `<li><span class="not-run">${count}</span> ${text(why)} <span class="dim">${text([...new Set(probes)].join(' '))}</span></li>`,
  );
  const why =
    notRun.length === 0
      ? ''
      : `<details><summary>Why ${proof.counts.notRun} were not run</summary><ul>${notRun.join('\n')}</ul></details>`;
  const missed = proof.mutations
    .filter(({ outcome }) => outcome !== 'noticed')
    .map(
      (each) =>
        `<li class="${each.outcome === 'unnoticed' ? 'failed' : 'not-run'}">without ${each.control}: ${each.outcome.replace('-', ' ')}, ${text(each.why)}</li>`,
    );
  const live = liveLines(proof).map(
    (line) =>
      `<li class="${line.good ? 'proved' : 'open'}">${text(line.text)}${line.route === undefined ? '' : `: <code>${text(line.route)}</code>`}</li>`,
  );
  const items = [...missed, ...live];
  return `<section id="proof"><h2>Proof</h2>
<p><span class="${failed > 0 ? 'failed' : 'proved'}">${text(countsLine(proof))}</span>${mutation === undefined ? '' : ` · ${text(mutation)}`}</p>
${beside}${items.length === 0 ? '' : `<ul>${items.join('\n')}</ul>`}${why}</section>`;
}

/** Every verdict with its exchanges, by control. */
export function evidenceSection({ proof }: Report): string {
  if (proof === undefined) return '';
  const groups = controlIds.flatMap((control) => {
    const own = proof.verdicts.filter((verdict) => verdict.control === control);
    if (own.length === 0) return [];
    const rows = own.map((verdict) => verdictOf(verdict, proof.verdicts.indexOf(verdict)));
    return [`<h3>${control}</h3>\n${rows.join('\n')}`];
  });
  return `<section id="evidence"><h2>Evidence</h2>${groups.join('\n')}</section>`;
}

/** Failed ones are open; the others unfold. */
function verdictOf(verdict: ReportVerdict, at: number): string {
  const { probe, title, route, identity, why, failure, evidence } = verdict;
  const where = route === undefined ? '' : ` <code>${text(route)}</code> as ${identity}`;
  const said = [why, failure].flatMap((one) => (one === undefined ? [] : [`<p>${text(one)}</p>`]));
  const exchanges = evidence.map(
    ({ request, answer }) =>
      `<div class="pair"><pre>${text(request)}</pre><pre>${text(answer)}</pre></div>`,
  );
  const sign = `<span class="${verdict.verdict}">${signs[verdict.verdict]}</span>`;
  return `<details id="v${at}"${verdict.verdict === 'failed' ? ' open' : ''}><summary>${sign} ${text(probe)} ${text(title)}${where}</summary>
${[...said, ...exchanges].join('\n')}</details>`;
}

function besideProof({ tests, scanners = [], reviews = [] }: Report): string {
  const lines = [
    ...(['before', 'after', 'security'] as const).flatMap((when) => {
      const run = tests?.[when];
      if (run === undefined) return [];
      const said = run.good || run.said === '' ? '' : `<pre>${text(run.said)}</pre>`;
      return [
        `${testNames[when]}: ${text(testsLine(run))} <code>${text(run.command)}</code>${said}`,
      ];
    }),
    ...scanners.map(({ scanner, notRun, counts, lines: said }) => {
      const known = notRun === undefined ? countsOf(counts) : `not run: ${notRun}`;
      return `${text(scanner)}: ${text(known)}${said.map((line) => `<br><span class="dim">${text(line)}</span>`).join('')}`;
    }),
    ...reviews.map(({ reviewer, notRun, opinion, findings }) => {
      const said = findings.map(
        ({ severity, message, place }) =>
          `<br><span class="${severity}">${severity}</span> ${text(message)} <code>${text(place ?? '')}</code>`,
      );
      return `${text(reviewer)} (an opinion): ${text(notRun === undefined ? (opinion ?? 'none') : `not run: ${notRun}`)}${said.join('')}`;
    }),
  ];
  return lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${line}</li>`).join('\n')}</ul>`;
}
