import type { Guard } from '../../surface/surface.ts';
import { literalText } from './literal.ts';
import { type PyNode, walk } from './parse.ts';
import { refusal, resolve } from './refusals.ts';
import type { Func, Value } from './values.ts';

const asksPath =
  /\b(?:request|req|conn)\.(?:url\.)?path\b|\b(?:path|endpoint)\b|scope\[['"]path['"]\]/;

/**
 * For which paths a function that runs before every request refuses at all: `detail.only` or `detail.except`
 * hold the paths and endpoint names of its conditions; `detail.somewhere` says that they could not be read.
 */
export function pathScope(func: Func): Guard['detail'] {
  const only: string[] = [];
  const except: string[] = [];
  let somewhere = false;
  for (const node of walk(func.node)) {
    if (node.type !== 'if_statement') continue;
    const asked = node.field('condition');
    const then = node.field('consequence');
    if (asked === undefined || then === undefined || !asksPath.test(asked.text)) continue;
    const refuses = [...walk(then)].some((one) => refusal(one) !== undefined);
    const leaves = then.kids.some((one) => one.type === 'return_statement');
    if (!refuses && !leaves) continue;
    const names = namesIn(asked, func);
    if (names.length === 0) {
      somewhere = true;
      continue;
    }
    const negated = /\bnot\b|!=/.test(asked.text);
    (refuses === negated ? except : only).push(...names);
  }
  return {
    ...(only.length > 0 ? { only } : {}),
    ...(except.length > 0 ? { except } : {}),
    ...(somewhere ? { somewhere } : {}),
  };
}

/** Paths that a condition names; one that is compared by its start ends with `*`. */
function namesIn(asked: PyNode, func: Func): string[] {
  const end = /startswith|\.match\(/.test(asked.text) ? '*' : '';
  const found: string[] = [];
  const add = (text: string | undefined): void => {
    if (text !== undefined && /^[/\w]/.test(text) && text !== 'path') found.push(text + end);
  };
  for (const node of walk(asked)) {
    if (node.type === 'string') add(literalText(node));
    if (node.type === 'identifier' || node.type === 'attribute')
      for (const text of textsOf(resolve(node, func))) add(text);
  }
  return found;
}

function textsOf(value: Value | undefined): string[] {
  if (value?.t === 'str') return [value.v];
  return value?.t === 'list' ? value.items.flatMap(textsOf) : [];
}

/** Whether a guard of the whole application runs for one route, by the path and the endpoint that it asks for. */
export function runsBefore(guard: Guard, path: string, handler: string | undefined): boolean {
  const fits = (names: unknown): boolean =>
    Array.isArray(names) && names.some((name: string) => matches(name, path, handler));
  if (guard.detail.only !== undefined && !fits(guard.detail.only)) return false;
  return !fits(guard.detail.except);
}

function matches(name: string, path: string, handler: string | undefined): boolean {
  const plain = (text: string): string => text.replace(/\/+$/, '') || '/';
  if (!name.startsWith('/')) return name.replace(/\*$/, '').split('.').at(-1) === handler;
  if (!name.endsWith('*')) return plain(name) === plain(path);
  return path.startsWith(name.slice(0, -1));
}
