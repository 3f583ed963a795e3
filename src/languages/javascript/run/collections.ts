import { callValue } from './calls.ts';
import type { Machine } from './machine.ts';
import {
  list,
  type Native,
  native,
  primitive,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** What a `Map` or `Set` holds; loops read `items`. */
interface Held {
  items: Value[];
  more: boolean;
  entries: Map<unknown, Value>;
}

/** `Map` and `Set`. */
export function collections(machine: Machine): [string, Value][] {
  return (['Map', 'Set', 'WeakMap', 'WeakSet'] as const).map((name) => [
    name,
    native(name, undefined, {
      construct: ([from]) => collection(machine, name.endsWith('Map'), from),
    }),
  ]);
}

function collection(machine: Machine, isMap: boolean, from: Value | undefined): Native {
  const held: Held = { items: [], more: false, entries: new Map() };
  const put = (key: Value, value: Value): void => {
    const id = key.k === 'primitive' ? key.value : key;
    if (held.entries.has(id)) return;
    held.entries.set(id, value);
    held.items.push(isMap ? list([key, value]) : value);
  };
  const given = from?.k === 'list' ? from.items : [];
  held.more = from !== undefined && from !== undefinedValue && (from.k !== 'list' || from.more);
  for (const one of given) {
    if (!isMap) put(one, one);
    else if (one.k === 'list') put(one.items[0] ?? unknown, one.items[1] ?? unknown);
    else held.more = true;
  }
  const made = native(isMap ? 'map' : 'set', undefined, { data: held });
  const values = () => list([...held.entries.values()], held.more);
  const member = (name: string, call: Native['call']): void => {
    made.members.set(name, native(name, call));
  };
  member('add', ([one = unknown]) => {
    put(one, one);
    return made;
  });
  member('set', ([key = unknown, value = unknown]) => {
    put(key, value);
    return made;
  });
  member('get', ([key]) => {
    const found = held.entries.get(key?.k === 'primitive' ? key.value : key);
    return found ?? (held.more || key?.k === 'unknown' ? unknown : undefinedValue);
  });
  member('has', ([key]) => {
    if (held.entries.has(key?.k === 'primitive' ? key.value : key)) return primitive(true);
    return held.more || key?.k === 'unknown' ? unknown : primitive(false);
  });
  member('values', values);
  member('entries', () => list([...held.items], held.more));
  member('keys', () =>
    isMap
      ? list(
          held.items.map((one) => (one.k === 'list' ? (one.items[0] ?? unknown) : unknown)),
          held.more,
        )
      : values(),
  );
  member('forEach', ([fn], site) => {
    for (const [key, value] of [...held.entries]) {
      const given =
        typeof key === 'object' && key !== null ? (key as Value) : primitive(key as string);
      if (fn) callValue(machine, fn, [value, given], site, undefinedValue);
    }
    return undefinedValue;
  });
  return made;
}
