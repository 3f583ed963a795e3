import type { ByLevel } from '../level.ts';

/** Security events as JSON lines on standard output; ASVS 16.2.1, 16.3.1 to 16.3.3. */
export interface LoggingValues {
  /** Longest logged value in characters; longer ones are cut. */
  maxValue: number;
  /** Successful sign-ins and key uses are logged too, not only refusals. */
  successes: boolean;
}

export const loggingLevels: ByLevel<LoggingValues> = {
  basic: { maxValue: 256, successes: true },
  standard: { maxValue: 256, successes: true },
  strict: { maxValue: 256, successes: true },
};
