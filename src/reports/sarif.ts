import type { ArtifactLocation, Log, ReportingDescriptor, Result } from 'sarif';
import { entryOf } from '../findings/catalogue.ts';
import { type Finding, type Severity, severities } from '../findings/finding.ts';
import { oneLine } from './escape.ts';
import { type Report, sentences } from './report.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** Numbers that code hosts sort by, CVSS-like: from 7 on it is high, from 9 on critical. */
const weights: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

const precisions = { high: 'high', medium: 'medium', low: 'low' } as const;

/** SARIF 2.1.0 with the findings as results. Paths are relative to the project root. */
export function sarifReport(report: Report): string {
  return `${JSON.stringify(sarifLog(report), null, 2)}\n`;
}

export function sarifLog({ tool, findings, at, surface, project }: Report): Log {
  // Code hosts take paths from the repository, and the project may be a member of it.
  const located = (file: string) => ({
    uri: uriOf(project.member === '' ? file : `${project.member}/${file}`),
    uriBaseId: '%SRCROOT%',
  });
  const ids = [...new Set(findings.map(({ id }) => id))].sort();
  const notAnalysed = surface.notAnalysed.map(({ file, reason }) => ({
    level: 'warning' as const,
    message: { text: `not analysed: ${oneLine(reason)}` },
    locations: [{ physicalLocation: { artifactLocation: located(file) } }],
  }));
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: { name: tool.name, semanticVersion: tool.version, rules: ids.map(descriptor) },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            endTimeUtc: at,
            toolExecutionNotifications: notAnalysed,
          },
        ],
        results: findings.map((finding) => resultOf(finding, ids.indexOf(finding.id), located)),
      },
    ],
  };
}

function descriptor(id: string): ReportingDescriptor {
  const entry = entryOf(id);
  // An id that the catalogue does not know cannot be described; the result still stands.
  if (entry === undefined) return { id };
  return {
    id,
    shortDescription: { text: entry.title },
    fullDescription: { text: `${entry.what} ${entry.why}` },
    help: { text: `${entry.fix} Sources: ${entry.sources.join('; ')}.` },
    defaultConfiguration: { level: levels[entry.severity] },
    properties: {
      'security-severity': weights[entry.severity],
      tags: ['security', ...entry.cwe.map((number) => `external/cwe/cwe-${number}`)],
    },
  };
}

function resultOf(
  finding: Finding,
  ruleIndex: number,
  located: (file: string) => ArtifactLocation,
): Result {
  const { place, route } = finding;
  return {
    ruleId: finding.id,
    ruleIndex,
    level: levels[finding.severity],
    kind: 'fail',
    message: { text: oneLine(sentences(finding)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: located(place.file),
          region: { startLine: Math.max(1, place.line) },
        },
        ...(route === undefined
          ? {}
          : { logicalLocations: [{ fullyQualifiedName: oneLine(route), kind: 'function' }] }),
      },
    ],
    partialFingerprints: { 'secure/v1': finding.fingerprint },
    rank: (severities.indexOf(finding.severity) / (severities.length - 1)) * 100,
    properties: {
      precision: precisions[finding.confidence],
      owasp2021: [...finding.owasp2021],
      owasp2025: [...finding.owasp2025],
      api2023: [...finding.api2023],
      asvs: [...finding.asvs],
    },
  };
}

/** A relative reference: no scheme, no host, every part encoded. */
function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
