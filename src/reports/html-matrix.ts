import { type ControlId, controlIds } from '../controls/control.ts';
import { html as text } from './escape.ts';
import { anchorOf, signs } from './html-proof.ts';
import { table } from './html-table.ts';
import { plural, type Report, type ReportProof, sourceOf } from './report.ts';

/** Route × identity × control: one row a route, one column a control, one line in a cell for each identity. */
export function matrixSection({ surface, decisions, proof }: Report): string {
  const decided = new Map(decisions.map((decision) => [decision.route, decision]));
  const shown = controlIds.filter((id) => proof?.matrix.some(({ control }) => control === id));
  const rows = surface.routes.map((route) => {
    const decision = decided.get(route.id);
    const guards = route.guards.map(({ name }) => `<code>${text(name)}</code>`).join(' ');
    return [
      `<code>${text(`${route.method} ${route.path}`)}</code><br><span class="dim">${text(sourceOf(route.place))}</span>`,
      `${text(decision?.access ?? '')}${decision === undefined ? '' : `<br><span class="dim">${text(decision.reason)}</span>`}`,
      guards || '<span class="dim">none</span>',
      ...shown.map((control) => (proof === undefined ? '' : cell(proof, route.id, control))),
    ];
  });
  const title = `Routes (${plural(surface.routes.length, 'route')})`;
  const legend =
    proof === undefined
      ? ''
      : '<p class="dim">✔ proved · ✖ failed · – not run; each sign leads to its evidence.</p>';
  return table('routes', title, ['Route', 'Access', 'Guards', ...shown], rows, legend);
}

function cell(proof: ReportProof, route: string, control: ControlId): string {
  return proof.matrix
    .filter((each) => each.route === route && each.control === control)
    .map(({ identity, verdict, probes }) => {
      const at = anchorOf(
        proof,
        (each) =>
          each.route === route &&
          each.control === control &&
          each.identity === identity &&
          each.verdict === verdict,
      );
      const sign = `<span class="${verdict}">${signs[verdict]}</span> ${identity}`;
      const title = text([...new Set(probes)].join(' '));
      return at === undefined ? sign : `<a href="#${at}" title="${title}">${sign}</a>`;
    })
    .join('<br>');
}
