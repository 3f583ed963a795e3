import { createHash } from 'node:crypto';

/**
 * Names a finding over commits: line numbers, indentation and inner spaces may change, the id, the file and
 * what stands on the line may not. `occurrence` tells apart equal lines of one file, counted from 0.
 */
export function fingerprint(id: string, file: string, line: string, occurrence: number): string {
  const normal = line.replace(/\s+/g, ' ').trim();
  return createHash('sha256')
    .update([id, file, normal, String(occurrence)].join('\0'))
    .digest('hex')
    .slice(0, 32);
}
