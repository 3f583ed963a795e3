import type { ReportProof } from './report.ts';

/** What a report says of the framework's own route table: a sentence, and the route that it is about. */
export interface LiveLine {
  text: string;
  route?: string;
  /** Nothing to look into. */
  good: boolean;
}

/** Differences first named by what they mean; a table that agrees is one line. */
export function liveLines({ live }: ReportProof): LiveLine[] {
  if (live === undefined) return [];
  if (live.notCompared !== undefined) {
    return [{ text: `live route table not compared: ${live.notCompared}`, good: false }];
  }
  const lines = [
    ...live.missing.map((route) => ({ text: 'live route table: served, but not read', route })),
    ...live.extra.map((route) => ({ text: 'live route table: read, but not served', route })),
    ...(live.unguarded ?? []).map((route) => ({
      text: 'live route table: read as guarded, but the guard is not there',
      route,
    })),
  ].map((line) => ({ ...line, good: false }));
  if (lines.length > 0 || live.compared === undefined) return lines;
  const routes = live.compared === 1 ? '1 route' : `${live.compared} routes`;
  return [{ text: `live route table: ${routes}, the same as read`, good: true }];
}
