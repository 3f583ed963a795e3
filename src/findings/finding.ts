import type { Confidence, Place } from '../surface/surface.ts';

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One thing that is wrong, at one place. */
export interface Finding {
  /** `control/fact`, for ever: `cors/any-origin-with-credentials`. */
  id: string;
  severity: Severity;
  confidence: Confidence;
  place: Place;
  /** Route id, when it concerns one route. */
  route?: string | undefined;
  /** What is wrong here, in one line, with the names of this code base. */
  message: string;
  /** What to do, in one line. */
  fix: string;
  cwe: readonly number[];
  owasp2021: readonly string[];
  owasp2025: readonly string[];
  api2023: readonly string[];
  asvs: readonly string[];
  /** What has the last word over this code at run time; such a finding is not open. */
  overridden?: string | undefined;
  /** Survives line shifts and renamed folders above the root: hash of id, file and the normalised line text. */
  fingerprint: string;
}

/** What a control's audit states; id, mapping and fingerprint details are filled in from the catalogue. */
export interface Judgement {
  id: string;
  place: Place;
  route?: string | undefined;
  message: string;
  /** Where it differs from the catalogue's. */
  severity?: Severity | undefined;
  confidence: Confidence;
}
