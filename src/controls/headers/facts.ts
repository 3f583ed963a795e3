import type { FindingId } from '../../findings/catalogue.ts';
import type { FactDetails } from '../../surface/facts.ts';

const byHeader: Readonly<Record<string, FindingId>> = {
  'strict-transport-security': 'headers/hsts-off',
  'content-security-policy': 'headers/csp-off',
  'x-frame-options': 'headers/frame-off',
  'x-content-type-options': 'headers/nosniff-off',
};

/**
 * Headers that today's guidance sends as off or not at all (OWASP HTTP Headers cheat sheet):
 * switching them off is right.
 */
const better = new Set([
  'x-powered-by',
  'cross-origin-embedder-policy',
  'expect-ct',
  'x-permitted-cross-domain-policies',
  'x-download-options',
]);

/** What it means that a library is told to leave a header out. */
export function offFindings({ name }: FactDetails['header-off']): FindingId[] {
  const header = name.toLowerCase();
  if (better.has(header)) return [];
  return [byHeader[header] ?? 'headers/header-off'];
}

/** The sources of a policy's scripts that make it useless; `undefined` when it holds. CSP3 §6.7. */
export function unsafeScripts(policy: string | undefined): string | undefined {
  if (policy === undefined) return undefined;
  const directives = policy.split(';').map((part) => part.trim().split(/\s+/));
  const scripts =
    directives.find(([name]) => name === 'script-src') ??
    directives.find(([name]) => name === 'default-src');
  if (scripts === undefined) return undefined;
  const guarded = scripts.some((source) => /^'(?:nonce-|sha\d|strict-dynamic)/.test(source));
  const loose = scripts.filter((source) =>
    guarded
      ? source === "'unsafe-eval'"
      : /^(?:'unsafe-(?:inline|eval)'|\*|https?:|data:)$/.test(source),
  );
  return loose.length === 0 ? undefined : loose.join(' ');
}
