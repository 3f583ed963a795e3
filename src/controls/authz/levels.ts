import type { ByLevel } from '../level.ts';

/** Authorization: which answer an unlisted path gets, and where roles are read. */
export interface AuthzValues {
  /** `token`: roles as issued; `store`: roles read back on every request, so that a change holds at once (ASVS 8.3.2). */
  rolesFrom: 'token' | 'store';
}

export const authzLevels: ByLevel<AuthzValues> = {
  basic: { rolesFrom: 'token' },
  standard: { rolesFrom: 'token' },
  strict: { rolesFrom: 'store' },
};
