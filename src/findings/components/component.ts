import type { Severity } from '../finding.ts';

/** A library that is known to be harmful on the request path. What `npm audit` and `pip-audit` find beyond it is theirs. */
export interface Component {
  ecosystem: 'npm' | 'pypi' | 'go';
  control: 'cors' | 'ratelimit' | 'validation' | 'auth' | 'authz' | 'csrf' | 'errors';
  /** First version that is not affected, with the affected major when only one is. Absent: every version. */
  below?: string;
  from?: string;
  severity?: Severity;
  /** Advisory, or the state of the project. */
  why: string;
  use: string;
}

export type Components = Readonly<Record<string, readonly Component[]>>;
