import { callValue } from './calls.ts';
import type { Machine } from './machine.ts';
import { getMember, setMember } from './members.ts';
import {
  list,
  type Native,
  native,
  primitive,
  record,
  stringOf,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** `Object`, as far as tables of routes are taken apart with it. */
export function objectGlobal(machine: Machine): Native {
  const pairs = (value: Value | undefined): [string, Value][] =>
    value ? pairsOf(machine, value) : [];
  const open = (value: Value | undefined): boolean => !value || mayHoldMore(value);
  const members: [string, Native['call']][] = [
    [
      'keys',
      ([one]) =>
        list(
          pairs(one).map(([name]) => primitive(name)),
          open(one),
        ),
    ],
    ['getOwnPropertyNames', ([one]) => ownNames(one)],
    [
      'values',
      ([one]) =>
        list(
          pairs(one).map(([, value]) => value),
          open(one),
        ),
    ],
    [
      'entries',
      ([one]) =>
        list(
          pairs(one).map(([name, value]) => list([primitive(name), value])),
          open(one),
        ),
    ],
    ['freeze', ([one]) => one ?? unknown],
    ['seal', ([one]) => one ?? unknown],
    [
      'assign',
      ([target, ...sources]) => {
        for (const source of sources) {
          for (const [name, value] of pairs(source)) {
            if (target) setMember(machine, target, name, value);
          }
          if (target?.k === 'record') target.more ||= open(source);
        }
        return target ?? unknown;
      },
    ],
    ['fromEntries', ([one]) => fromEntries(one)],
    [
      'create',
      ([proto]) => {
        const made = record();
        if (proto?.k === 'record') made.proto = proto;
        return made;
      },
    ],
    [
      'setPrototypeOf',
      ([target, proto]) => {
        if (target?.k === 'record' && proto?.k === 'record') target.proto = proto;
        return target ?? unknown;
      },
    ],
    ['getPrototypeOf', ([one]) => prototypeOf(one)],
    ['defineProperty', (args) => define(machine, args)],
  ];
  return native(
    'Object',
    ([one]) => one ?? record(),
    membersOf(members.map(([name, call]) => [name, native(name, call)])),
  );
}

/** A native's members from a table. */
export function membersOf(members: readonly (readonly [string, Value])[]): {
  members: Map<string, Value>;
} {
  return { members: new Map(members) };
}

/** Names and values of an object, getters read. */
export function pairsOf(machine: Machine, value: Value): [string, Value][] {
  if (value.k === 'record') {
    const got = [...(value.getters ?? [])].map(([name, getter]): [string, Value] => [
      name,
      callValue(machine, getter, [], undefined, value),
    ]);
    return [...value.members, ...got];
  }
  if (value.k === 'list') return value.items.map((one, index) => [String(index), one]);
  if (value.k === 'either') return value.options.flatMap((one) => pairsOf(machine, one));
  return value.k === 'class' ? [...value.statics] : [];
}

function mayHoldMore(value: Value): boolean {
  if (value.k === 'record' || value.k === 'list') return value.more;
  if (value.k === 'either') return value.options.some(mayHoldMore);
  return value.k === 'unknown' || value.k === 'external';
}

function ownNames(value: Value | undefined): Value {
  if (value?.k !== 'record') return list([], true);
  return list(
    [...value.members.keys()].map((name) => primitive(name)),
    value.more,
  );
}

function prototypeOf(value: Value | undefined): Value {
  if (value?.k !== 'record') return unknown;
  if (value.proto?.k === 'class') return record(value.proto.methods);
  return value.proto ?? unknown;
}

function fromEntries(value: Value | undefined): Value {
  const made = record([], value?.k !== 'list' || value.more);
  for (const pair of value?.k === 'list' ? value.items : []) {
    const name = pair.k === 'list' ? stringOf(pair.items[0]) : undefined;
    if (name === undefined || pair.k !== 'list') made.more = true;
    else made.members.set(name, pair.items[1] ?? undefinedValue);
  }
  return made;
}

function define(machine: Machine, [target, name, how]: readonly Value[]): Value {
  const key = stringOf(name);
  if (!target || key === undefined || how?.k !== 'record') return target ?? unknown;
  const getter = how.members.get('get');
  if (getter?.k === 'closure' && target.k === 'record') {
    target.getters = (target.getters ?? new Map()).set(key, getter);
  } else setMember(machine, target, key, getMember(machine, how, 'value'));
  return target;
}
