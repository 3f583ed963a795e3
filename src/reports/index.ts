import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import type { Report } from './report.ts';
import { sarifReport } from './sarif.ts';

/** Ending of a report's file name to what writes it. */
export const reporters = {
  html: htmlReport,
  json: jsonReport,
  md: markdownReport,
  sarif: sarifReport,
} as const satisfies Record<string, (report: Report) => string>;

/** The reporter that a file name asks for; `undefined` for an ending that none has. */
export function reporterFor(file: string): ((report: Report) => string) | undefined {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(reporters, ending) ? reporters[ending as keyof typeof reporters] : undefined;
}
