import type { Judgement } from '../findings/finding.ts';
import type { Confidence, Place, Surface } from '../surface/surface.ts';
import type { ByLevel } from './level.ts';
import type { ProbeContext, ProbeEntry } from './probe.ts';

/** In mount order, which is also the report's order. */
export const controlIds = [
  'headers',
  'cors',
  'ratelimit',
  'validation',
  'auth',
  'authz',
  'csrf',
  'errors',
  'logging',
] as const;
export type ControlId = (typeof controlIds)[number];

/** One line of the posture report. */
export interface Posture {
  control: ControlId;
  /** `Security headers`, as the requirement names it. */
  title: string;
  /** `Missing`, `Partial`, `Complete`, … */
  state: string;
  /** Whether the state is good enough that nothing is to be done. */
  good: boolean;
  /** What stands there could not be judged by reading, and is kept for the proof to ask. */
  stays?: boolean | undefined;
  evidence: string;
  places: readonly Place[];
  confidence: Confidence;
}

export interface Judged {
  posture: Posture | undefined;
  findings: readonly Judgement[];
}

/** A control: what good is. It reads the surface alone and knows no framework. */
export interface Control<Values = unknown> {
  id: ControlId;
  title: string;
  /** One sentence: the harm that it stops. */
  stops: string;
  dependsOn: readonly ControlId[];
  references: readonly string[];
  levels: ByLevel<Values>;
  audit: (surface: Surface) => Judged;
  probes: (context: ProbeContext) => readonly ProbeEntry[];
}

export function defineControl<Values>(control: Control<Values>): Control<Values> {
  return control;
}
