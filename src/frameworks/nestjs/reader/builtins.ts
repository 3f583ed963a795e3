import { posix } from 'node:path';
import type { Node } from '../../../languages/javascript/parse.ts';
import { callValue } from './calls.ts';
import type { Machine } from './evaluate.ts';
import { run } from './execute.ts';
import { memberOf } from './members.ts';
import { exportNames } from './names.ts';
import type { Scope } from './program.ts';
import { choice, known, options, textOfValue, unknown, type Value } from './values.ts';

/** Calls of the language's own functions on values that are known; `undefined` when it is none. */
export function callBuiltin(
  m: Machine,
  callee: Value,
  args: readonly Value[],
  node: Node,
  scope: Scope,
): Value | undefined {
  if (callee.kind === 'external') return ofNamespace(m, callee, args);
  if (callee.kind !== 'member') return undefined;
  if (callee.name === 'bind' && callee.of.kind === 'function') return callee.of;
  if ((callee.name === 'call' || callee.name === 'apply') && callee.of.kind === 'function') {
    return run(m, callee.of, args.slice(1));
  }
  if (callee.name === 'then' && args[0]?.kind === 'function') {
    return run(m, args[0], [callee.of]);
  }
  if (['catch', 'finally'].includes(callee.name) && args[0]?.kind === 'function') return callee.of;
  const results = options(callee.of).map((of) => {
    if (of.kind === 'array') return ofArray(m, of, callee.name, args, node, scope);
    return of.kind === 'literal' ? ofText(of, callee.name, args, node) : undefined;
  });
  const found = results.filter((one) => one !== undefined);
  return found.length === 0 ? undefined : choice(found);
}

function ofNamespace(
  m: Machine,
  callee: Extract<Value, { kind: 'external' }>,
  args: readonly Value[],
): Value | undefined {
  const first = args[0];
  if (/^(node:)?path(\/posix)?$/.test(callee.from) && /(^|\.)(join|resolve)$/.test(callee.name)) {
    const parts = args.map(textOfValue);
    if (parts.some((part) => part === undefined)) return undefined;
    return known(
      posix.join(...parts.map((part) => part!.text)),
      parts.every((part) => part!.sure),
    );
  }
  if (callee.from !== 'global' || !first) return undefined;
  if (callee.name === 'Array.isArray' && first.kind !== 'unknown' && first.kind !== 'choice') {
    return first.kind === 'member' || first.kind === 'call'
      ? undefined
      : known(first.kind === 'array');
  }
  if (callee.name === 'Object.freeze' || callee.name === 'Array.from') return first;
  if (callee.name === 'String') return first;
  if (callee.name === 'Object.assign') {
    return { kind: 'object', members: new Map(args.flatMap(entries(m))), open: false };
  }
  const pairs = entries(m)(first);
  if (pairs.length === 0) return undefined;
  if (callee.name === 'Object.values') return array(pairs.map(([, value]) => value));
  if (callee.name === 'Object.keys') return array(pairs.map(([name]) => known(name)));
  if (callee.name === 'Object.entries') {
    return array(pairs.map(([name, value]) => array([known(name), value])));
  }
  return undefined;
}

function entries(m: Machine): (value: Value) => [string, Value][] {
  return (value) => {
    if (value.kind === 'object') return [...value.members];
    if (value.kind !== 'namespace') return [];
    return exportNames(m, value.file).map((name) => [name, memberOf(m, value, name)]);
  };
}

function array(items: readonly Value[], open = false): Value {
  return { kind: 'array', items, open };
}

function ofArray(
  m: Machine,
  of: Extract<Value, { kind: 'array' }>,
  name: string,
  args: readonly Value[],
  node: Node,
  scope: Scope,
): Value | undefined {
  const [first] = args;
  const each = () =>
    of.items.map((item, index) =>
      first ? callValue(m, first, [item, known(index)], node, scope, false) : unknown,
    );
  if (name === 'map') return array(each(), of.open);
  if (name === 'forEach') {
    each();
    return known(undefined);
  }
  if (name === 'flatMap' || name === 'flat') {
    const items = name === 'flat' ? of.items : each();
    return array(
      items.flatMap((item) => (item.kind === 'array' ? item.items : [item])),
      of.open,
    );
  }
  if (['filter', 'slice', 'reverse', 'sort'].includes(name)) return of;
  if (name === 'concat') {
    const more = args.flatMap((one) => (one.kind === 'array' ? one.items : [one]));
    return array([...of.items, ...more], of.open);
  }
  if (name === 'push') {
    (of.items as Value[]).push(...args);
    return known(of.items.length);
  }
  if (name === 'join') {
    const parts = of.items.map(textOfValue);
    const between = first ? textOfValue(first) : { text: ',', sure: true };
    if (!between || parts.some((part) => !part)) return unknown;
    return known(
      parts.map((part) => part!.text).join(between.text),
      parts.every((part) => part!.sure),
    );
  }
  return undefined;
}

function ofText(
  of: Extract<Value, { kind: 'literal' }>,
  name: string,
  args: readonly Value[],
  node: Node,
): Value | undefined {
  if (typeof of.value !== 'string')
    return name === 'toString' ? known(String(of.value), of.sure) : undefined;
  const texts = args.map(textOfValue);
  const first = texts[0]?.text;
  if (name === 'toLowerCase') return known(of.value.toLowerCase(), of.sure);
  if (name === 'toUpperCase') return known(of.value.toUpperCase(), of.sure);
  if (name === 'trim' || name === 'toString') return known(of.value.trim(), of.sure);
  if (name === 'concat')
    return known(of.value + texts.map((one) => one?.text ?? '').join(''), of.sure);
  if (name === 'split' && first !== undefined) {
    return array(of.value.split(first).map((part) => known(part, of.sure)));
  }
  const pattern = patternIn(node);
  if (/^replace(All)?$/.test(name) && pattern && texts[1] && of.value.length < 200) {
    return known(of.value.replace(pattern, texts[1].text), of.sure);
  }
  if ((name === 'replace' || name === 'replaceAll') && first !== undefined && texts[1]) {
    return known(of.value.replaceAll(first, texts[1].text), of.sure);
  }
  return undefined;
}

/** The regular expression that a call is given first: `path.replace(/^\/+/, '')`. */
function patternIn(node: Node): RegExp | undefined {
  const first = node.type === 'CallExpression' ? node.arguments[0] : undefined;
  if (first?.type !== 'Literal' || !('regex' in first) || first.regex.pattern.length > 60) {
    return undefined;
  }
  try {
    return new RegExp(first.regex.pattern, first.regex.flags);
  } catch {
    return undefined;
  }
}
