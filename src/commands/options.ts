import type { Level } from '../controls/level.ts';
import type { AuthType } from '../controls/policy.ts';
import type { Severity } from '../findings/finding.ts';
import type { FrameworkId } from '../project/project.ts';

/** Everything that a command line may say, parsed. */
export interface Options {
  /** All targets, when there are several. */
  targets?: readonly string[] | undefined;
  auth?: AuthType | undefined;
  framework?: FrameworkId | undefined;
  level?: Level | undefined;
  yes: boolean;
  json: boolean;
  /** Files to write the report to; the ending names the format. */
  report: readonly string[];
  /** Exit 1 at findings of this severity or above. */
  failOn: Severity;
  /** File of known findings. */
  baseline?: string | undefined;
  updateBaseline: boolean;
  /** Start command of the application, as typed. */
  start?: string | undefined;
  /** A running application instead of one that we start. */
  url?: string | undefined;
  mutate: boolean;
  install: boolean;
  test: boolean;
  force: boolean;
}
