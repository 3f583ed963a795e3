import * as z from 'zod';
import { jsonOrReason, type Scanner } from './scanner.ts';

const shape = z.object({
  dependencies: z.array(
    z.object({
      name: z.string(),
      version: z.string().optional(),
      vulns: z.array(z.object({ id: z.string() })).optional(),
    }),
  ),
});

/** Known vulnerabilities of the packages in requirements.txt. */
export const pipAudit: Scanner = {
  id: 'pip-audit',
  languages: ['python'],
  argv: (has) =>
    has('requirements.txt')
      ? ['pip-audit', '--format=json', '--progress-spinner=off', '-r', 'requirements.txt']
      : undefined,
  parse: (output) => {
    const read = jsonOrReason('pip-audit', output);
    if ('scan' in read) return read.scan;
    const parsed = shape.safeParse(read.value);
    const all = parsed.success ? parsed.data.dependencies : [];
    const lines = all.flatMap(({ name, version, vulns }) =>
      (vulns ?? []).map(({ id }) => `${name} ${version ?? ''}: ${id}`),
    );
    return { scanner: 'pip-audit', counts: { known: lines.length }, lines: lines.slice(0, 10) };
  },
};
