import type { Language } from '../project/project.ts';

/** What one scanner said; `notRun` where it is absent or could not answer. */
export interface Scan {
  scanner: string;
  notRun?: string | undefined;
  /** Problems by its own severity word, in lower case. */
  counts: Readonly<Record<string, number>>;
  /** The worst problems, one line each. */
  lines: readonly string[];
}

/** What came of running its command. */
export interface Output {
  code: number | undefined;
  stdout: string;
  stderr: string;
  missing: boolean;
  timedOut: boolean;
}

/** A scanner that is run when it is installed; its opinion never changes a verdict. */
export interface Scanner {
  id: string;
  languages: readonly Language[];
  /** `undefined` when it has nothing to look at in this project. */
  argv: (has: (file: string) => boolean) => readonly string[] | undefined;
  parse: (output: Output) => Scan;
}

/** The parsed JSON of an output, or why there is none. */
export function jsonOrReason(scanner: string, output: Output): { value: unknown } | { scan: Scan } {
  const notRun = (why: string): { scan: Scan } => ({
    scan: { scanner, notRun: why, counts: {}, lines: [] },
  });
  if (output.missing) return notRun('not installed');
  if (output.timedOut) return notRun('it did not end in time');
  try {
    return { value: JSON.parse(output.stdout) };
  } catch {
    const said = (output.stderr || output.stdout).trim().split('\n')[0] ?? '';
    return notRun(`could not check: ${said.slice(0, 160) || `exit code ${output.code}`}`);
  }
}
