import type { ProbeContext, ProbeEntry } from '../probe.ts';

export function probes(_context: ProbeContext): readonly ProbeEntry[] {
  return [];
}
