import { type PyNode, walk } from './parse.ts';
import { refusal } from './refusals.ts';
import type { Func } from './values.ts';

const secret = String.raw`[\w.]*(?:token|secret|api_?key|passw(?:or)?d|credential)\w*`;
const compared = new RegExp(
  String.raw`${secret}(?:\[[^\]]*\]|\([^)]*\))?\s*(?:[!=]=|not\s+in\b|in\b)|(?:[!=]=|\bin)\s*${secret}|compare_digest\(`,
  'i',
);
/** Proof of where a form comes from, not of who sends it. */
const form = /csrf|xsrf/i;

/** Whether a function refuses those who do not know a secret, whatever status it gives them. */
export function comparesSecret(func: Func): boolean {
  return [...walk(func.node)].some((node) => {
    if (node.type !== 'if_statement' && node.type !== 'elif_clause') return false;
    const asked = node.field('condition')?.text ?? '';
    return compared.test(asked) && !form.test(asked) && refuses(node.field('consequence'));
  });
}

function refuses(block: PyNode | undefined): boolean {
  return block !== undefined && [...walk(block)].some((node) => refusal(node) !== undefined);
}
