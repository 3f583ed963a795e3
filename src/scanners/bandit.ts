import * as z from 'zod';
import { jsonOrReason, type Scanner } from './scanner.ts';

const shape = z.object({
  results: z.array(
    z.object({
      issue_severity: z.string(),
      issue_text: z.string(),
      filename: z.string(),
      line_number: z.number(),
    }),
  ),
});

/** Patterns of insecure Python, without the tests. */
export const bandit: Scanner = {
  id: 'bandit',
  languages: ['python'],
  argv: () => ['bandit', '-q', '-r', '.', '-f', 'json', '-x', './.venv,./venv,./tests,./test'],
  parse: (output) => {
    const read = jsonOrReason('bandit', output);
    if ('scan' in read) return read.scan;
    const parsed = shape.safeParse(read.value);
    const results = parsed.success ? parsed.data.results : [];
    const counts: Record<string, number> = {};
    for (const { issue_severity } of results) {
      const word = issue_severity.toLowerCase();
      counts[word] = (counts[word] ?? 0) + 1;
    }
    const lines = results.map(
      (one) =>
        `${one.issue_severity.toLowerCase()}: ${one.issue_text} (${one.filename}:${one.line_number})`,
    );
    return { scanner: 'bandit', counts, lines: lines.slice(0, 10) };
  },
};
