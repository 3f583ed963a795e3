import { code, fenced, markdown as text } from './escape.ts';
import { liveLines } from './live.ts';
import { owaspChecklist } from './owasp.ts';
import {
  countsLine,
  countsOf,
  mutationLine,
  plural,
  type Report,
  type ReportProof,
  reasons,
  sentences,
  sourceOf,
  summaryLine,
  testNames,
  testsLine,
} from './report.ts';
import { planLine } from './terminal-plan.ts';
import { markWord } from './terminal-proof.ts';

/** For a pull request or a wiki: GitHub's dialect, tables, no HTML. */
export function markdownReport(report: Report): string {
  const parts = [
    `# Security report\n\n${text(summaryLine(report))}  \nTarget ${code(report.target)}, level ${report.level}, authentication ${text(report.auth)}; ${text(report.tool.name)} ${text(report.tool.version)}, ${text(report.at)}`,
    postures(report),
    findings(report),
    open(report),
    plan(report),
    report.proof === undefined ? '' : proof(report.proof),
    tests(report),
    checklist(report),
    routes(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function postures({ postures: all }: Report): string {
  return table(
    '## Posture',
    ['Control', 'State', 'Evidence', 'Confidence', 'Place'],
    all.map(({ title, state, good, evidence, confidence, places }) => [
      text(title),
      good ? text(state) : `**${text(state)}**`,
      text(evidence),
      confidence,
      places
        .slice(0, 3)
        .map((place) => code(sourceOf(place)))
        .join(' '),
    ]),
  );
}

function findings({ findings: all, known = 0 }: Report): string {
  const counted = known === 0 ? '' : `\n\n${known} more are in the baseline.`;
  if (all.length === 0) return `## Findings\n\nNone.${counted}`;
  const rows = all.map(
    ({ severity, id, message, fix, place, cwe, owasp2021, owasp2025, route }) => [
      severity,
      code(id),
      `${text(sentences({ message, fix }))}${route === undefined ? '' : ` ${code(route)}`}`,
      code(sourceOf(place)),
      [
        ...cwe.map((number) => `CWE-${number}`),
        ...owasp2021.map((category) => `${category}:2021`),
        ...owasp2025.map((category) => `${category}:2025`),
      ].join(' '),
    ],
  );
  const heads = ['Severity', 'Id', 'What and what to do', 'Place', 'Lists'];
  return `${table(`## Findings (${all.length})`, heads, rows)}${counted}`;
}

function open({ surface, decisions }: Report): string {
  const asked = decisions
    .filter(({ needsAnswer }) => needsAnswer)
    .map(
      ({ method, path, access, reason }) =>
        `- ${code(`${method} ${path}`)}: ${text(access)}; ${text(reason)}`,
    );
  const holes = [
    ...surface.unresolved.map(({ what, place }) => `- ${text(what)} ${code(sourceOf(place))}`),
    ...surface.notAnalysed.map(
      ({ file, reason }) => `- ${code(file)} not analysed: ${text(reason)}`,
    ),
  ];
  return [
    ...(asked.length > 0 ? [`## Decisions that need you\n\n${asked.join('\n')}`] : []),
    ...(holes.length > 0 ? [`## Dynamic, not resolved\n\n${holes.join('\n')}`] : []),
  ].join('\n\n');
}

function plan({ plan: made }: Report): string {
  if (made === undefined) return '';
  const changes = table(
    `## ${text(planLine(made))}`,
    ['File', 'Change', 'Lines'],
    made.changes.map(({ file, kind, added, removed }) => [
      code(file),
      kind,
      `+${added} −${removed}`,
    ]),
  );
  const left = made.left.map(({ control, why }) => `- ${control} left alone: ${text(why)}`);
  const kept = made.kept.map(({ file, why }) => `- ${code(file)} kept: ${text(why)}`);
  const byHand = made.cannot.map(
    ({ file, why, paste }) => `By hand, ${code(file)}: ${text(why)}\n\n${fenced(paste)}`,
  );
  const diff = made.diff === undefined || made.diff === '' ? [] : [fenced(made.diff, 'diff')];
  return [changes, [...left, ...kept].join('\n'), ...byHand, ...diff]
    .filter((part) => part !== '')
    .join('\n\n');
}

function proof(made: ReportProof): string {
  const line = [countsLine(made), mutationLine(made)].filter((part) => part !== undefined);
  const failed = made.verdicts
    .filter(({ verdict }) => verdict === 'failed')
    .map((each) => {
      const where = each.route === undefined ? '' : ` ${code(each.route)} as ${each.identity}`;
      const said = [each.why, each.failure].flatMap((one) =>
        one === undefined ? [] : [text(one)],
      );
      const evidence = each.evidence.map(({ request, answer }) =>
        fenced(`${request}\n\n${answer}`),
      );
      return [
        `### ✖ ${text(each.probe)} ${text(each.title)}${where}`,
        said.join('. '),
        ...evidence,
      ].join('\n\n');
    });
  const notRun = reasons(made.verdicts.filter(({ verdict }) => verdict === 'not-run')).map(
    ({ why, count, probes }) =>
      `- ${count} not run: ${text(why)} (${[...new Set(probes)].map(text).join(', ')})`,
  );
  const missed = made.mutations
    .filter(({ outcome }) => outcome !== 'noticed')
    .map(
      ({ control, outcome, why }) =>
        `- without ${control}: ${outcome.replace('-', ' ')}, ${text(why)}`,
    );
  const live = liveLines(made).map(
    (line) => `- ${text(line.text)}${line.route === undefined ? '' : `: ${code(line.route)}`}`,
  );
  const proved = made.verdicts.filter(({ verdict }) => verdict === 'proved');
  const held = table(
    '### Proved',
    ['Probe', 'What', 'Route', 'As'],
    proved.map(({ probe, title, route, identity }) => [
      text(probe),
      text(title),
      route === undefined ? '' : code(route),
      identity,
    ]),
  );
  const lists = [...notRun, ...missed, ...live].join('\n');
  return [`## Proof\n\n${line.join('; ')}`, ...failed, lists, proved.length === 0 ? '' : held]
    .filter((part) => part !== '')
    .join('\n\n');
}

function tests({ tests: runs, scanners = [], reviews = [] }: Report): string {
  const lines = [
    ...(['before', 'after', 'security'] as const).flatMap((when) => {
      const run = runs?.[when];
      return run === undefined
        ? []
        : [`- ${testNames[when]}: ${text(testsLine(run))} (${code(run.command)})`];
    }),
    ...scanners.flatMap(({ scanner, notRun, counts, lines: said }) => [
      `- ${text(scanner)}: ${text(notRun === undefined ? countsOf(counts) : `not run: ${notRun}`)}`,
      ...said.map((line) => `  - ${text(line)}`),
    ]),
    ...reviews.flatMap(({ reviewer, notRun, opinion, findings: remarks }) => [
      `- ${text(reviewer)}: ${text(notRun === undefined ? (opinion ?? 'no opinion') : `not run: ${notRun}`)}`,
      ...remarks.map(
        ({ severity, message, place }) =>
          `  - ${severity}: ${text(message)}${place === undefined ? '' : ` ${code(place)}`}`,
      ),
    ]),
  ];
  return lines.length === 0 ? '' : `## Tests, scanners and opinions\n\n${lines.join('\n')}`;
}

function checklist(report: Report): string {
  return table(
    '## OWASP Top 10',
    ['Category', 'Title', 'Mark', 'Evidence'],
    owaspChecklist(report).map((mark) => [
      `${mark.category}:${mark.edition}`,
      mark.title,
      markWord(mark),
      text(mark.evidence),
    ]),
  );
}

function routes({ surface, decisions }: Report): string {
  const decided = new Map(decisions.map((decision) => [decision.route, decision]));
  return table(
    `## Routes (${plural(surface.routes.length, 'route')})`,
    ['Route', 'Place', 'Guards', 'Access', 'Why'],
    surface.routes.map((route) => {
      const decision = decided.get(route.id);
      return [
        code(`${route.method} ${route.path}`),
        code(sourceOf(route.place)),
        route.guards.map(({ name }) => code(name)).join(' '),
        decision === undefined ? '' : text(decision.access),
        decision === undefined ? '' : text(decision.reason),
      ];
    }),
  );
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return title;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`${title}\n`, line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
