import { callValue } from './calls.ts';
import { collections } from './collections.ts';
import type { Machine } from './machine.ts';
import { membersOf, objectGlobal } from './objects.ts';
import {
  hole,
  list,
  type Native,
  native,
  plainOf,
  primitive,
  record,
  stringOf,
  textPiece,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** The names that every file sees. */
export function globals(machine: Machine): ReadonlyMap<string, Value> {
  const nothing = native('nothing', () => undefinedValue);
  const names = new Map<string, Value>([
    ['Object', objectGlobal(machine)],
    ['Array', arrayGlobal(machine)],
    ['String', convert('String', (one) => (one ? primitive(textPiece(one)) : primitive('')))],
    ['Number', convert('Number', (one) => numberOf(one))],
    ['parseInt', native('parseInt', ([one]) => numberOf(one))],
    ['parseFloat', native('parseFloat', ([one]) => numberOf(one))],
    ['Boolean', convert('Boolean', () => unknown)],
    ['Symbol', native('Symbol', () => unknown)],
    ['JSON', jsonGlobal()],
    ['Promise', promiseGlobal(machine)],
    ['Reflect', reflectGlobal(machine)],
    ['process', processGlobal(machine)],
    ['console', native('console', undefined, { get: () => nothing })],
    ['Math', unknown],
    ['Infinity', primitive(Number.POSITIVE_INFINITY)],
    ['NaN', primitive(Number.NaN)],
    ['RegExp', regexpGlobal()],
    ['encodeURI', native('encodeURI', ([one]) => one ?? unknown)],
    ['encodeURIComponent', native('encodeURIComponent', ([one]) => one ?? unknown)],
    ['URL', urlGlobal()],
    ...collections(machine),
    ...['setTimeout', 'setImmediate', 'setInterval', 'queueMicrotask', 'structuredClone'].map(
      (name): [string, Value] => [name, later(machine, name)],
    ),
  ]);
  const all = native('globalThis', undefined, { get: (name) => names.get(name) });
  for (const name of ['global', 'globalThis']) names.set(name, all);
  return names;
}

function convert(name: string, call: (one: Value | undefined) => Value): Native {
  return native(name, ([one]) => call(one));
}

function numberOf(value: Value | undefined): Value {
  if (value?.k !== 'primitive') return unknown;
  return primitive(Number(value.value));
}

/** A callback that runs when the file is through. */
function later(machine: Machine, name: string): Native {
  return native(name, ([fn, ...rest], site) => {
    if (fn?.k === 'closure' && !machine.ran.has(fn.node)) {
      callValue(machine, fn, rest.slice(1), site, undefinedValue);
    }
    return unknown;
  });
}

function arrayGlobal(machine: Machine): Native {
  const made = (args: readonly Value[]) => list(args.length === 1 ? [] : [...args]);
  return native('Array', made, {
    construct: made,
    ...membersOf([
      ['isArray', native('isArray', ([one]) => isList(one))],
      ['of', native('of', (args) => list([...args]))],
      [
        'from',
        native('from', ([one, fn], site) => {
          const items = itemsIn(one);
          if (!fn) return items;
          const made = items.items.map((item, index) =>
            callValue(machine, fn, [item, primitive(index)], site, undefinedValue),
          );
          return list(made, items.more);
        }),
      ],
    ]),
  });
}

function isList(value: Value | undefined): Value {
  if (value?.k === 'list') return primitive(true);
  const open = value?.k === 'unknown' || value?.k === 'either' || value?.k === 'external';
  return open ? unknown : primitive(false);
}

function itemsIn(value: Value | undefined): Extract<Value, { k: 'list' }> {
  if (value?.k === 'list') return list([...value.items], value.more);
  const data = value?.k === 'native' ? (value.data as { items?: Value[]; more?: boolean }) : {};
  return list([...(data?.items ?? [])], data?.more ?? true);
}

function jsonGlobal(): Native {
  return native(
    'JSON',
    undefined,
    membersOf([
      ['stringify', native('stringify', ([one]) => jsonText(one))],
      ['parse', native('parse', () => unknown)],
    ]),
  );
}

function jsonText(value: Value | undefined): Value {
  const plain = value && plainOf(value);
  return plain === undefined ? unknown : primitive(JSON.stringify(plain));
}

// A promise is its value: what waits for it runs as if it were there.
function promiseGlobal(machine: Machine): Native {
  return native('Promise', undefined, {
    construct: ([fn], site) => {
      let settled: Value = unknown;
      const resolve = native('resolve', ([one]) => {
        settled = one ?? undefinedValue;
        return undefinedValue;
      });
      if (fn) callValue(machine, fn, [resolve, unknown], site, undefinedValue);
      return settled;
    },
    ...membersOf([
      ['resolve', native('resolve', ([one]) => one ?? undefinedValue)],
      ['reject', native('reject', () => unknown)],
      ...['all', 'allSettled', 'race', 'any'].map(
        (name) => [name, native(name, ([one]) => one ?? unknown)] as const,
      ),
    ]),
  });
}

function reflectGlobal(machine: Machine): Native {
  const own = objectGlobal(machine).members.get('keys') ?? unknown;
  return native('Reflect', undefined, membersOf([['ownKeys', own]]));
}

function processGlobal(machine: Machine): Native {
  const cwd = native('cwd', () => primitive('/'));
  const env = native('env', undefined, {
    get: (name) => machine.host.environment?.(name) ?? unknown,
  });
  return native('process', undefined, {
    get: () => unknown,
    ...membersOf([
      ['env', env],
      ['cwd', cwd],
      ['argv', list([unknown, unknown], true)],
      ['on', native('on', () => undefinedValue)],
      ['once', native('once', () => undefinedValue)],
      ['exit', native('exit', () => undefinedValue)],
      ['nextTick', later(machine, 'nextTick')],
      ['platform', primitive('linux')],
    ]),
  });
}

function regexpGlobal(): Native {
  const made = ([source, flags]: readonly Value[]): Value => {
    if (source?.k === 'regexp') return source;
    const text = stringOf(source);
    if (text === undefined || text.includes(hole)) return unknown;
    return { k: 'regexp', source: text, flags: stringOf(flags) ?? '' };
  };
  return native('RegExp', made, { construct: made });
}

function urlGlobal(): Native {
  return native('URL', () => unknown, {
    construct: ([path, base]) => {
      const text = stringOf(path);
      const from = stringOf(base);
      if (text === undefined || text.includes(hole)) return unknown;
      try {
        const { href, pathname } = new URL(text, from);
        return record(
          [
            ['href', primitive(href)],
            ['pathname', primitive(pathname)],
          ],
          true,
        );
      } catch {
        return unknown;
      }
    },
  });
}
