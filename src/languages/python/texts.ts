import { stringParts } from './literal.ts';
import type { PyNode } from './parse.ts';
import { gap } from './paths.ts';
import { unknown, type Value } from './values.ts';

/** A string literal, with what is known of its interpolations. */
export function text(node: PyNode, value: (node: PyNode) => Value): Value {
  let part = false;
  const parts = stringParts(node).map((piece) => {
    if (typeof piece === 'string') return piece;
    const inner = value(piece);
    if (inner.t === 'str') return inner.v;
    if (inner.t === 'num') return String(inner.v);
    part = true;
    return gap;
  });
  return part ? { t: 'str', v: parts.join(''), part } : { t: 'str', v: parts.join('') };
}

/** A text with its places filled in order; what is not known leaves a gap. */
export function filled(
  of: Extract<Value, { t: 'str' }>,
  places: RegExp,
  items: readonly Value[],
): Value {
  let at = 0;
  let part = of.part === true;
  const v = of.v.replace(places, () => {
    const item = items[at++];
    if (item?.t === 'str' && item.part !== true) return item.v;
    if (item?.t === 'num') return String(item.v);
    part = true;
    return item?.t === 'str' ? item.v : gap;
  });
  return part ? { t: 'str', v, part } : { t: 'str', v };
}

/** A method of a text whose result is known. */
export function stringCall(
  of: string,
  name: string | undefined,
  args: Value[],
  node: PyNode,
): Value {
  const first = args[0]?.t === 'str' ? args[0].v : undefined;
  if (name === 'rstrip')
    return { t: 'str', v: first === '/' ? of.replace(/\/+$/, '') : of.trimEnd() };
  if (name === 'lower') return { t: 'str', v: of.toLowerCase() };
  if (name === 'strip' || name === 'encode') return { t: 'str', v: of };
  if (name === 'format') {
    if (/\{\w/.test(of)) return { t: 'str', v: of.replace(/\{\w+\}/g, gap), part: true };
    return filled({ t: 'str', v: of }, /\{\}/g, args);
  }
  if (name === 'split' && first !== undefined) {
    return { t: 'list', items: of.split(first).map((v) => ({ t: 'str', v })) };
  }
  return unknown(node.text);
}
