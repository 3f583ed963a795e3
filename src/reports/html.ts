import { createHash } from 'node:crypto';
import { html as text } from './escape.ts';
import { matrixSection } from './html-matrix.ts';
import { evidenceSection, planSection, proofSection } from './html-proof.ts';
import { style } from './html-style.ts';
import { table } from './html-table.ts';
import { owaspChecklist } from './owasp.ts';
import { plural, type Report, sourceOf, summaryLine } from './report.ts';
import { markWord } from './terminal-proof.ts';

/**
 * One file that can be mailed and archived: no script, nothing loaded, and a policy that forbids both, so that a
 * name in the audited code which slipped through the escaping would still be only a name.
 */
export function htmlReport(report: Report): string {
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const parts = [
    posture(report),
    findings(report),
    open(report),
    planSection(report),
    proofSection(report),
    checklist(report),
    matrixSection(report),
    evidenceSection(report),
  ].filter((part) => part !== '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Security report: ${text(report.target)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Security report</h1>
<p>${text(summaryLine(report))}</p>
<p class="dim">Target <code>${text(report.target)}</code>, level ${text(report.level)}, authentication ${text(report.auth)} · ${text(report.tool.name)} ${text(report.tool.version)}, <time>${text(report.at)}</time></p>
${report.project.notes.map((note) => `<p class="note">${text(note)}</p>`).join('\n')}
</header>
<main>
${parts.join('\n')}
</main>
</body>
</html>
`;
}

function posture({ postures }: Report): string {
  const rows = postures.map(({ title, state, good, evidence, confidence, places }) => [
    text(title),
    `<span class="${good ? 'proved' : 'open'}">${text(state)}</span>`,
    `${text(evidence)}${confidence === 'high' ? '' : ` <span class="dim">(${confidence} confidence)</span>`}`,
    places
      .slice(0, 4)
      .map((place) => `<code>${text(sourceOf(place))}</code>`)
      .join('<br>'),
  ]);
  return table('posture', 'Posture', ['Control', 'State', 'Evidence', 'Place'], rows);
}

function findings({ findings: all, known = 0 }: Report): string {
  const more = known === 0 ? '' : `<p class="dim">${known} more are in the baseline.</p>`;
  const rows = all.map((finding) => [
    `<span class="severity ${finding.severity}">${finding.severity}</span>`,
    `${text(finding.message)}<br><span class="dim">${text(finding.fix)}</span>`,
    `<code>${text(finding.id)}</code><br><span class="dim">${[
      ...finding.cwe.map((number) => `CWE-${number}`),
      ...finding.owasp2021.map((category) => `${category}:2021`),
      ...finding.owasp2025.map((category) => `${category}:2025`),
      ...finding.asvs.map((section) => `ASVS ${section}`),
    ]
      .map(text)
      .join(' · ')}</span>`,
    `<code>${text(sourceOf(finding.place))}</code>${finding.route === undefined ? '' : `<br><span class="dim">${text(finding.route)}</span>`}`,
  ]);
  const title = `Findings (${all.length})`;
  return table('findings', title, ['Severity', 'What and what to do', 'Id', 'Place'], rows, more);
}

function open({ decisions, surface }: Report): string {
  const asked = decisions
    .filter(({ needsAnswer }) => needsAnswer)
    .map(({ method, path, access, reason }) => [
      `<code>${text(`${method} ${path}`)}</code>`,
      text(access),
      text(reason),
    ]);
  const holes = [
    ...surface.unresolved.map(({ what, place }) => [
      text(what),
      `<code>${text(sourceOf(place))}</code>`,
    ]),
    ...surface.notAnalysed.map(({ file, reason }) => [
      `not analysed: ${text(reason)}`,
      `<code>${text(file)}</code>`,
    ]),
  ];
  return [
    asked.length === 0
      ? ''
      : table(
          'decisions',
          `${plural(asked.length, 'decision')} for you`,
          ['Route', 'Access', 'Why'],
          asked,
        ),
    holes.length === 0
      ? ''
      : table('unresolved', 'Dynamic, not resolved', ['What', 'Place'], holes),
  ].join('\n');
}

function checklist(report: Report): string {
  const rows = owaspChecklist(report).map((mark) => [
    `${mark.category}:${mark.edition}`,
    text(mark.title),
    `<span class="${mark.mark}">${text(markWord(mark))}</span>`,
    text(mark.evidence),
  ]);
  return table('owasp', 'OWASP Top 10', ['Category', 'Title', 'Mark', 'Evidence'], rows);
}
