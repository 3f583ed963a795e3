import * as z from 'zod';
import { KnownError } from '../kernel/errors.ts';
import type { Finding } from './finding.ts';

const schema = z.object({
  version: z.literal(1),
  findings: z.array(
    z.object({
      fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
      id: z.string(),
      place: z.string(),
    }),
  ),
});

/** Findings that the owner knows of: they are not reported again, on any line that they move to. */
export interface Baseline {
  fingerprints: ReadonlySet<string>;
}

/** The text of a baseline file. `id` and `place` are for the person who reviews it. */
export function writeBaseline(findings: readonly Finding[]): string {
  const rows = findings
    .map(({ fingerprint, id, place }) => ({
      fingerprint,
      id,
      place: `${place.file}:${place.line}`,
    }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  return `${JSON.stringify({ version: 1, findings: rows }, null, 2)}\n`;
}

/** Reads a baseline file's text; throws a known error for anything else. */
export function readBaseline(text: string, name = 'baseline'): Baseline {
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new KnownError(
      `${name} is not a baseline of findings`,
      'Write it anew from the findings of today.',
    );
  }
  return { fingerprints: new Set(parsed.data.findings.map((row) => row.fingerprint)) };
}

/** The findings that the baseline does not hold. */
export function withoutKnown(findings: readonly Finding[], baseline: Baseline): Finding[] {
  return findings.filter((finding) => !baseline.fingerprints.has(finding.fingerprint));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
