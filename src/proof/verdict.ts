import type { ControlId } from '../controls/control.ts';
import type { IdentityId, ProbeEntry } from '../controls/probe.ts';
import type { Exchange } from './evidence.ts';

export interface Verdict {
  /** `H-1`, or `H-1/variant`. */
  probe: string;
  control: ControlId;
  title: string;
  /** Route id, when it proves one route. */
  route?: string | undefined;
  identity: IdentityId;
  verdict: 'proved' | 'failed' | 'not-run';
  /** Why it failed, or why it was not run. */
  why?: string | undefined;
  /** What a failure means. */
  failure?: string | undefined;
  /** The exchanges that decided it. */
  evidence: readonly Exchange[];
}

export function verdictOf(
  entry: ProbeEntry,
  verdict: Verdict['verdict'],
  why?: string,
  evidence: readonly Exchange[] = [],
): Verdict {
  const probe = 'notRun' in entry ? undefined : entry;
  return {
    probe: entry.id,
    control: entry.control,
    title: entry.title,
    ...(probe?.route === undefined ? {} : { route: probe.route }),
    identity: probe?.identity ?? 'anonymous',
    verdict,
    ...(why === undefined ? {} : { why }),
    ...(verdict === 'failed' && probe !== undefined ? { failure: probe.failure } : {}),
    evidence,
  };
}
