import { existsSync, readFileSync } from 'node:fs';
import { type ControlId, controlIds } from '../controls/control.ts';
import { controls } from '../controls/index.ts';
import { levels } from '../controls/level.ts';
import { catalogue, entryOf, findingIds } from '../findings/catalogue.ts';
import { mappingOf } from '../findings/mappings.ts';
import { KnownError } from '../kernel/errors.ts';
import type { Ui } from '../ui/print.ts';
import { shipped } from './blueprint.ts';
import type { Options } from './options.ts';

/**
 * One control or finding: what it is, why it matters, its sources, how it is proven.
 * @throws KnownError for an id that does not exist, with the nearest ones.
 */
export async function explain(id: string, options: Options, ui: Ui): Promise<number> {
  const isControl = (controlIds as readonly string[]).includes(id);
  if (!isControl && entryOf(id) === undefined) throw unknownId(id);
  const value = isControl ? controlData(id as ControlId) : findingData(id);
  ui.out(options.json ? JSON.stringify(value, null, 2) : value.text);
  return 0;
}

function controlData(id: ControlId) {
  const { title, stops, dependsOn, references, levels: values } = controls[id];
  const file = shipped('explain', `${id}.md`);
  const readme = existsSync(file) ? readFileSync(file, 'utf8').trim() : `# ${title}`;
  const ids = findingIds.filter((finding) => finding.startsWith(`${id}/`));
  const rows = levels.map((level) => `  ${level.padEnd(9)} ${JSON.stringify(values[level])}`);
  const text = [
    readme,
    '\n## Values by level\n',
    ...rows,
    '\n## Findings\n',
    ...ids.map((finding) => `  ${finding}  ${entryOf(finding)?.title ?? ''}`),
    '\n## Sources\n',
    ...references.map((reference) => `  ${reference}`),
  ].join('\n');
  return { id, title, stops, dependsOn, references, levels: values, findings: ids, text };
}

function findingData(id: string) {
  const entry = catalogue[id as keyof typeof catalogue];
  const mapping = mappingOf(entry.cwe, entry.row);
  const maps = [
    `CWE-${entry.cwe.join(', CWE-')}`,
    ...named('OWASP 2021', mapping.owasp2021),
    ...named('OWASP 2025', mapping.owasp2025),
    ...named('API Top 10 2023', mapping.api2023),
    ...named('ASVS 5.0', mapping.asvs),
  ];
  const control = id.split('/')[0] ?? '';
  const text = [
    `# ${entry.title}\n`,
    `${id} · ${entry.severity} · ${maps.join(' · ')}\n`,
    `What   ${entry.what}`,
    `Why    ${entry.why}`,
    `Do     ${entry.fix}`,
    `From   ${entry.sources.join('; ')}`,
    `Proof  secure explain ${control}`,
  ].join('\n');
  return { id, ...entry, ...mapping, text };
}

function named(title: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`${title} ${ids.join(', ')}`];
}

function unknownId(id: string): KnownError {
  const known = [...controlIds, ...findingIds];
  const last = id.split('/').at(-1) ?? id;
  const near = known.filter((each) => last.length > 2 && each.includes(last)).slice(0, 5);
  return new KnownError(
    `there is no control or finding "${id}"`,
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : `Controls are ${controlIds.join(', ')}; findings are named in the report of secure audit.`,
  );
}
