import type { ByLevel } from '../level.ts';

/** Cross-site request forgery; OWASP CSRF cheat sheet, ASVS 3.5.1. Applies where a cookie is the credential. */
export interface CsrfValues {
  /** A session-bound token besides Fetch-Metadata and Origin. */
  token: boolean;
  /** A cookie-authenticated write without Sec-Fetch-Site and without Origin. */
  noOrigin: 'allow' | 'refuse';
}

export const csrfLevels: ByLevel<CsrfValues> = {
  basic: { token: false, noOrigin: 'allow' },
  standard: { token: true, noOrigin: 'allow' },
  strict: { token: true, noOrigin: 'refuse' },
};
