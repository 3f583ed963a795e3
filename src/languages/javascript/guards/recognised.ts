import type { Confidence, Credential, Detail, GuardKind } from '../../../surface/surface.ts';

/** What a guard is, as far as its package or its body shows. */
export interface Recognised {
  kinds: readonly GuardKind[];
  library?: string | undefined;
  detail: Detail;
  confidence: Confidence;
  /** Credentials that it reads. */
  credentials: readonly Credential[];
}
