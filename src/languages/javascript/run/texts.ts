import { callValue } from './calls.ts';
import type { Machine } from './machine.ts';
import {
  hole,
  list,
  native,
  primitive,
  type Site,
  textPiece,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** A member of a string. */
export function textMethod(machine: Machine, text: string, name: string): Value {
  if (name === 'length') return text.includes(hole) ? unknown : primitive(text.length);
  if (/^\d+$/.test(name)) return primitive(text[Number(name)]);
  return native(name, (args, site) => call(machine, text, name, args, site));
}

function call(
  machine: Machine,
  text: string,
  name: string,
  args: readonly Value[],
  site: Site,
): Value {
  const [first, second] = args;
  const one = first ? textPiece(first) : '';
  switch (name) {
    case 'toString':
    case 'valueOf':
    case 'normalize':
    case 'toLowerCase':
    case 'toLocaleLowerCase':
    case 'toUpperCase':
    case 'toLocaleUpperCase':
    case 'trim':
    case 'trimStart':
    case 'trimEnd':
      return primitive(text[name]());
    case 'concat':
      return primitive(text + args.map(textPiece).join(''));
    case 'split':
      return split(text, first);
    case 'replace':
    case 'replaceAll':
      return replace(machine, text, name, first, second, site);
    case 'slice':
    case 'substring':
    case 'substr':
    case 'charAt':
      return cut(text, name, args);
    case 'repeat':
      return first?.k === 'primitive' ? primitive(text.repeat(Number(first.value) || 0)) : unknown;
    case 'startsWith':
    case 'endsWith':
    case 'includes':
      return text.includes(hole) || one.includes(hole) ? unknown : primitive(text[name](one));
    case 'indexOf':
    case 'lastIndexOf':
      return text.includes(hole) || one.includes(hole) ? unknown : primitive(text[name](one));
    case 'match':
      return match(text, first);
    default:
      return unknown;
  }
}

function split(text: string, by: Value | undefined): Value {
  const expression = by && expressionOf(by);
  const parts = expression ? text.split(expression) : text.split(by ? textPiece(by) : '\0');
  return list(parts.map((part) => primitive(part)));
}

function cut(
  text: string,
  name: 'slice' | 'substring' | 'substr' | 'charAt',
  args: readonly Value[],
): Value {
  const numbers = args.map((one) => (one.k === 'primitive' ? Number(one.value) : Number.NaN));
  if (numbers.some(Number.isNaN)) return unknown;
  const [from = 0, to] = numbers;
  if (name === 'charAt') return primitive(text.charAt(from));
  if (name === 'substring') return primitive(text.substring(from, to));
  if (name === 'substr') return primitive(text.slice(from, to === undefined ? to : from + to));
  return primitive(text.slice(from, to));
}

function replace(
  machine: Machine,
  text: string,
  name: 'replace' | 'replaceAll',
  what: Value | undefined,
  by: Value | undefined,
  site: Site,
): Value {
  const from = what && (expressionOf(what) ?? (what.k === 'primitive' ? String(what.value) : what));
  if (from === undefined || by === undefined) return primitive(text);
  if (typeof from !== 'string' && !(from instanceof RegExp)) return unknown;
  if (by.k === 'primitive') return primitive(text[name](from, String(by.value)));
  if (by.k !== 'closure') return unknown;
  const result = text[name](from, (...parts: unknown[]) => {
    const given = parts.map((part) => primitive(part as string));
    return textPiece(callValue(machine, by, given, site, undefinedValue));
  });
  return primitive(result);
}

function match(text: string, by: Value | undefined): Value {
  const expression = by && expressionOf(by);
  if (!expression || text.includes(hole)) return unknown;
  const found = text.match(expression);
  return found ? list(found.map((one) => primitive(one))) : primitive(null);
}

/** The expression of a pattern of the source; one that takes long on purpose is left out. */
export function expressionOf(value: Value): RegExp | undefined {
  if (value.k !== 'regexp' || value.source.length > 120 || /[+*]\)[+*{]/.test(value.source)) {
    return undefined;
  }
  try {
    return new RegExp(value.source, value.flags);
  } catch {
    return undefined;
  }
}
