import * as z from 'zod';
import { jsonOrReason, type Scanner } from './scanner.ts';

const shape = z.object({
  metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }),
  vulnerabilities: z.record(
    z.string(),
    z.object({ name: z.string(), severity: z.string(), range: z.string().optional() }),
  ),
});

/** Known vulnerabilities of the packages in package-lock.json, without development ones. */
export const npmAudit: Scanner = {
  id: 'npm audit',
  languages: ['javascript'],
  argv: (has) => (has('package-lock.json') ? ['npm', 'audit', '--omit=dev', '--json'] : undefined),
  parse: (output) => {
    const read = jsonOrReason('npm audit', output);
    if ('scan' in read) return read.scan;
    const parsed = shape.safeParse(read.value);
    // A registry that refuses the question answers with an error object, and npm still exits with 1.
    if (!parsed.success) {
      const said = z.object({ message: z.string() }).safeParse(read.value);
      const why = said.success ? said.data.message : 'the registry gave no answer';
      return {
        scanner: 'npm audit',
        notRun: `could not check: ${why.split('\n')[0]}`,
        counts: {},
        lines: [],
      };
    }
    const { total: _total, ...counts } = parsed.data.metadata.vulnerabilities;
    const lines = Object.values(parsed.data.vulnerabilities).map(({ name, severity, range }) =>
      `${severity}: ${name} ${range ?? ''}`.trim(),
    );
    return { scanner: 'npm audit', counts, lines: lines.slice(0, 10) };
  },
};
