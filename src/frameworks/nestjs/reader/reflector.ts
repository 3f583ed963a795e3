import type { Mark } from './marks.ts';
import {
  type CallValue,
  isExternal,
  itemsOf,
  known,
  member,
  rootOf,
  textOfValue,
  type Value,
} from './values.ts';

/** The metadata of one handler and of its controller, as the Reflector sees it. */
export interface Metadata {
  handler: readonly Mark[];
  controller: readonly Mark[];
}

/** One question that a guard asked, and what the metadata answers. */
export interface Consulted {
  key: Value;
  value: Value;
  /** The same question to another route. */
  ask: (metadata: Metadata) => Value;
}

const reading = /^(get|getAll|getAllAndOverride|getAllAndMerge|getMetadata)$/;

/**
 * Answers a guard's calls of the Reflector from the marks of a route. `toggled` is a key that is answered
 * with the opposite, to see whether the guard's answer rests on it.
 */
export function reflect(
  metadata: Metadata,
  consulted: Consulted[],
  toggled?: Value,
): (call: CallValue) => Value | undefined {
  return (call) => {
    const { callee, args } = call;
    const name = nameOfCallee(callee);
    if (name === undefined || !reading.test(name)) return undefined;
    const [key, targets] = args;
    if (!key || !asksMetadata(callee, name, targets)) return undefined;
    const found = answer(metadata, key, targets, name);
    const value = toggled && sameKey(toggled, key) ? opposite(found) : found;
    const ask = (other: Metadata) => answer(other, key, targets, name);
    consulted.push({ key, value: found, ask });
    return value;
  };
}

function nameOfCallee(callee: Value): string | undefined {
  if (callee.kind === 'member') return callee.name;
  return callee.kind === 'external' ? callee.name.split('.').at(-1) : undefined;
}

function asksMetadata(callee: Value, name: string, targets: Value | undefined): boolean {
  if (name === 'getMetadata') return isExternal(callee, /^global$/, 'Reflect.getMetadata');
  if (name.startsWith('getAllAnd')) return true;
  const root = rootOf(callee);
  if (isExternal(root, /^@nestjs\/core$/, 'Reflector')) return true;
  return itemsOf(targets).some((one) => /^get(Handler|Class)$/.test(targetName(one)));
}

function targetName(target: Value): string {
  return target.kind === 'call' && target.callee.kind === 'member' ? target.callee.name : '';
}

function answer(metadata: Metadata, key: Value, targets: Value | undefined, name: string): Value {
  const asked = itemsOf(targets).map(targetName);
  const lists =
    asked.length === 0 || asked.every((one) => one === '')
      ? [metadata.handler, metadata.controller]
      : asked.map((one) => (one === 'getClass' ? metadata.controller : metadata.handler));
  const found = lists.flatMap((marks) => {
    const mark = marks.find((one) => one.key !== undefined && sameKey(one.key, key));
    return mark ? [mark.args[0] ?? known(undefined)] : [];
  });
  if (name === 'getAllAndMerge' || name === 'getAll') {
    return { kind: 'array', items: found.flatMap((one) => itemsOf(one)), open: false };
  }
  return found[0] ?? known(undefined);
}

// What a marker would be if it stood there, or did not.
function opposite(value: Value): Value {
  const absent =
    (value.kind === 'literal' && !value.value) ||
    (value.kind === 'array' && value.items.length === 0);
  return absent ? known(true) : known(undefined);
}

export function sameKey(one: Value, other: Value): boolean {
  if (one === other) return true;
  const [a, b] = [textOfKey(one), textOfKey(other)];
  if (a !== undefined || b !== undefined) return a === b;
  if (one.kind === 'call' && other.kind === 'call') return one.node === other.node;
  if (one.kind === 'external' && other.kind === 'external') {
    return one.from === other.from && one.name === other.name;
  }
  return false;
}

// `Reflector.createDecorator({ key: 'roles' })` has a key of its own choice.
function textOfKey(value: Value): string | undefined {
  const text = textOfValue(value)?.text;
  if (text !== undefined || value.kind !== 'call') return text;
  return textOfValue(member(value.args[0], 'key'))?.text;
}
