import type { Reconciliation } from '../frameworks/reconcile.ts';
import type { Verdict } from './verdict.ts';

/**
 * A route that was read but that the running application does not have answers 404 to everybody, which is
 * neither a refusal nor an open door: such a failure says nothing of the control. The answers decide as
 * well, so that a route which a table does not list and which answers stays failed.
 */
export function withoutUnserved(
  verdicts: readonly Verdict[],
  live: Reconciliation | undefined,
): readonly Verdict[] {
  const extra = new Set(live?.extra);
  if (extra.size === 0) return verdicts;
  return verdicts.map((verdict) => {
    const { route, evidence, failure: _, ...rest } = verdict;
    if (verdict.verdict !== 'failed' || route === undefined) return verdict;
    const known = extra.has(route.replace(/#\d+$/, ''));
    if (!known || !evidence.every(({ answer }) => /^40[45]\b/.test(answer))) return verdict;
    const why = 'the running application does not have this route';
    return { ...rest, route, evidence, verdict: 'not-run', why };
  });
}
