import type { Severity } from '../finding.ts';
import type { MappingRow } from '../mappings.ts';

/** What one finding id means, for ever. Ids are added, never renamed or reused. */
export interface Entry {
  title: string;
  severity: Severity;
  cwe: readonly number[];
  row: MappingRow;
  /** What is written in the code. */
  what: string;
  /** What somebody can do because of it. */
  why: string;
  /** What to do, in one line. */
  fix: string;
  sources: readonly string[];
}

export type Entries = Readonly<Record<string, Entry>>;
