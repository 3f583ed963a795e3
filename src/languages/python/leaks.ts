import { type PyNode, walk } from './parse.ts';
import type { Func } from './values.ts';

const stack = /traceback|format_exc/;
const message =
  /\b(?:str|repr)\((?:e|ex|exc|err|error|exception)\w*\)|\{(?:e|ex|exc|err|error|exception)\}/;
const inDevelopment = /debug|\bdev|environment|\benv\b|testing|local/i;

/** What an error handler tells of an error, apart from what it tells in development alone. */
export function leaksOf(func: Func): 'stack' | 'message' | 'none' {
  const answers = [...answersIn(func.node)].filter(
    (node) => !logs.test(node.text) && !chosenInDevelopment.test(node.text),
  );
  if (answers.some((node) => stack.test(node.text))) return 'stack';
  return answers.some((node) => message.test(node.text)) ? 'message' : 'none';
}

/** `str(error) if settings.DEBUG else "…"`. */
const chosenInDevelopment = /\bif\s+[\w.\s='"]*(?:debug|\bdev|environment)/i;
const logs = /^(?:[\w.]*log\w*|logging|print|capture_exception|sentry_sdk)[\w.]*\(/i;

/** Statements and calls outside of branches for development. */
function* answersIn(node: PyNode): Generator<PyNode> {
  const leaf = /^(?:return_statement|expression_statement|raise_statement)$/.test(node.type);
  if (leaf) {
    yield node;
    return;
  }
  const condition = node.type === 'if_statement' ? node.field('condition')?.text : undefined;
  for (const kid of node.kids) {
    const skipped =
      condition !== undefined &&
      inDevelopment.test(condition) &&
      !/\bnot\b|!=/.test(condition) &&
      kid === node.field('consequence');
    if (!skipped) yield* answersIn(kid);
  }
}

/** Nodes of a file that run in development alone: what stands behind `if debug`. */
export function developmentOnly(root: PyNode): Set<PyNode> {
  const found = new Set<PyNode>();
  for (const node of walk(root)) {
    if (node.type !== 'if_statement') continue;
    const asked = node.field('condition')?.text ?? '';
    const then = node.field('consequence');
    if (then === undefined || !inDevelopment.test(asked) || /\bnot\b|!=/.test(asked)) continue;
    for (const one of walk(then)) found.add(one);
  }
  return found;
}
