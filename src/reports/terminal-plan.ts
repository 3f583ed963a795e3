import { columns, type Look } from './columns.ts';
import { oneLine, visible } from './escape.ts';
import { plural, type Report, type ReportPlan } from './report.ts';

/** Phase 2: the change set in a few lines; `diffText` has the rest. */
export function planText({ plan }: Report, look: Look): string {
  if (plan === undefined) return '';
  const { paint } = look;
  if (plan.changes.length === 0 && plan.cannot.length === 0) {
    return `${paint.bold('Plan:')} nothing to do, everything stands there already`;
  }
  const lines = columns(
    plan.changes.map(({ file, kind, added, removed }) => [
      kind,
      file,
      { text: `+${added}`, paint: paint.green },
      { text: removed === 0 ? '' : `-${removed}`, paint: paint.red },
    ]),
    [{ paint: paint.dim }, { flexible: true }, {}, {}],
    look,
  );
  const left = columns(
    plan.left.map(({ control, why }) => ['left alone', control, why]),
    [{ paint: paint.dim }, {}, { flexible: true }],
    look,
  );
  // Whole: a place that is cut off leads nowhere.
  const notes = (plan.notes ?? []).map((note) => `  ${paint.dim('note')}  ${oneLine(note)}`);
  const kept = columns(
    plan.kept.map(({ file, why }) => ['kept', file, why]),
    [{ paint: paint.dim }, { most: 48 }, { flexible: true }],
    look,
  );
  const cannot = plan.cannot.flatMap(({ file, why, paste }) => [
    `  ${paint.yellow('by hand')}  ${oneLine(file)}: ${oneLine(why)}; paste this:`,
    ...visible(paste)
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `    ${line}`),
  ]);
  const environment = columns(
    plan.environment.map(({ name, why, required }) => [required ? 'set' : 'may set', name, why]),
    [{ paint: paint.dim }, { paint: paint.cyan }, { flexible: true }],
    look,
  );
  return [
    paint.bold(planLine(plan)),
    ...lines,
    ...left,
    ...notes,
    ...kept,
    ...environment,
    ...cannot,
  ].join('\n');
}

/** `Plan: 7 steps, 11 new files in src/security, 4 lines in src/app.ts, 5 packages`. */
export function planLine({ steps, changes, packages, cannot }: ReportPlan): string {
  const fresh = changes.filter(({ kind }) => kind === 'new');
  const folders = new Map<string, number>();
  for (const { file } of fresh) {
    const folder = file.split('/').slice(0, -1).join('/') || '.';
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const edited = changes.filter(({ kind }) => kind !== 'new');
  const parts = [
    plural(steps.length, 'step'),
    ...[...folders].map(([folder, count]) => `${plural(count, 'new file')} in ${folder}`),
    ...edited
      .slice(0, 4)
      .map(({ file, added, removed }) => `${plural(Math.max(added, removed), 'line')} in ${file}`),
    ...(edited.length > 4 ? [`${edited.length - 4} more files`] : []),
    ...(packages.length > 0 ? [plural(packages.length, 'package')] : []),
    ...(cannot.length > 0 ? [`${plural(cannot.length, 'edit')} by hand`] : []),
  ];
  return oneLine(`Plan: ${parts.join(', ')}`);
}

/** A unified diff for a terminal: nothing in it is obeyed, carriage returns are shown. */
export function diffText(diff: string, { paint }: Look): string {
  return visible(diff)
    .split('\n')
    .map((line) => {
      if (/^(diff --git|\+\+\+ |--- |new file|deleted file)/.test(line)) return paint.bold(line);
      if (line.startsWith('+')) return paint.green(line);
      if (line.startsWith('-')) return paint.red(line);
      return line.startsWith('@@') ? paint.cyan(line) : line;
    })
    .join('\n');
}
