import { callValue } from './calls.ts';
import { hasForeignAncestor, inherited } from './classes.ts';
import { listMethod } from './lists.ts';
import type { Machine } from './machine.ts';
import { textMethod } from './texts.ts';
import {
  type Class,
  type Closure,
  type External,
  either,
  type Native,
  native,
  primitive,
  type Record_,
  record,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** Reads a member of a value. */
export function getMember(machine: Machine, value: Value, name: string): Value {
  const found = readMember(machine, value, name);
  const waits = name === 'then' || name === 'catch' || name === 'finally';
  if (!waits || !isNothing(found) || value.k === 'either') return found;
  // A promise is its value: what waits for it is called with it.
  return native(name, ([fn], site) => {
    if (name === 'then' && fn) return callValue(machine, fn, [value], site, undefinedValue);
    if (name === 'finally' && fn) callValue(machine, fn, [], site, undefinedValue);
    return value;
  });
}

function isNothing(value: Value): boolean {
  if (value.k === 'unknown') return value.of.length <= 1 && value.of[0]?.k !== 'external';
  return value === undefinedValue;
}

function readMember(machine: Machine, value: Value, name: string): Value {
  switch (value.k) {
    case 'record':
      return recordMember(machine, value, value, name);
    case 'list':
      return listMember(machine, value, name);
    case 'closure':
      return closureMember(machine, value, name);
    case 'class':
      return classMember(value, name);
    case 'native':
      return nativeMember(value, name);
    case 'external':
      return externalMember(value, name);
    case 'primitive':
      return typeof value.value === 'string' ? textMethod(machine, value.value, name) : unknown;
    case 'either':
      return either(...value.options.filter(isObject).map((one) => getMember(machine, one, name)));
    default:
      return value.k === 'unknown' ? { k: 'unknown', of: value.of } : unknown;
  }
}

function nativeMember(value: Native, name: string): Value {
  const found = value.members.get(name) ?? value.get?.(name);
  if (found) return found;
  const { call } = value;
  if (call && name === 'call')
    return native(name, ([self, ...args], site) => call(args, site, self ?? unknown));
  if (call && name === 'apply') {
    return native(name, ([self, given], site) =>
      call(given?.k === 'list' ? given.items : [], site, self ?? unknown),
    );
  }
  if (call && name === 'bind') {
    return native(name, ([self, ...bound]) =>
      native(value.name, (args, site) => call([...bound, ...args], site, self ?? unknown)),
    );
  }
  return { k: 'unknown', of: [value] };
}

// `undefined.x` throws, so that this option was not the one that ran.
function isObject(value: Value): boolean {
  return value.k !== 'primitive' || (value.value !== null && value.value !== undefined);
}

function recordMember(machine: Machine, self: Record_, value: Record_, name: string): Value {
  const own = value.members.get(name);
  if (own) return own;
  const getter = value.getters?.get(name);
  if (getter) return callValue(machine, getter, [], undefined, self);
  const { proto } = value;
  if (proto?.k === 'record') return recordMember(machine, self, proto, name);
  if (proto?.k === 'class') {
    const method = inherited(proto, 'methods', name);
    if (method) return method;
    const read = inherited(proto, 'getters', name);
    if (read) return callValue(machine, read, [], undefined, self);
    if (name === 'constructor') return proto;
  }
  if (name === 'hasOwnProperty') {
    return native(name, (args) => {
      const [key] = args;
      return key?.k === 'primitive' ? primitive(self.members.has(String(key.value))) : unknown;
    });
  }
  if (value.more || hasForeignAncestor(proto)) return { k: 'unknown', of: [] };
  return undefinedValue;
}

function listMember(machine: Machine, value: Extract<Value, { k: 'list' }>, name: string): Value {
  if (name === 'length') return value.more ? unknown : primitive(value.items.length);
  if (/^\d+$/.test(name)) {
    return value.items[Number(name)] ?? (value.more ? unknown : undefinedValue);
  }
  return listMethod(machine, value, name) ?? unknown;
}

function closureMember(machine: Machine, value: Closure, name: string): Value {
  const own = value.members.get(name);
  if (own) return own;
  if (name === 'name') return primitive(value.name ?? '');
  if (name === 'length') return primitive(value.node.params.length);
  if (name === 'prototype') {
    const made = record();
    value.members.set(name, made);
    return made;
  }
  if (name === 'bind') {
    return native(name, (args): Value => {
      const [self, ...bound] = args;
      return { ...value, self, boundArguments: [...(value.boundArguments ?? []), ...bound] };
    });
  }
  if (name === 'call') {
    return native(name, (args, site) =>
      callValue(machine, value, args.slice(1), site, args[0] ?? unknown),
    );
  }
  if (name === 'apply') {
    return native(name, (args, site) => {
      const given = args[1]?.k === 'list' ? args[1].items : [];
      return callValue(machine, value, given, site, args[0] ?? unknown);
    });
  }
  return undefinedValue;
}

function classMember(value: Class, name: string): Value {
  const found = inherited(value, 'statics', name);
  if (found) return found;
  if (name === 'name') return primitive(value.name ?? '');
  if (name === 'prototype') return record(value.methods);
  return hasForeignAncestor(value) ? unknown : undefinedValue;
}

function externalMember(value: External, name: string): Value {
  const set = value.members.get(name);
  if (set) return set;
  if (name === 'default' && value.path.length === 0) return value;
  return {
    k: 'external',
    module: value.module,
    path: [...value.path, name],
    base: value,
    members: new Map(),
  };
}

/** Writes a member of a value; in a branch that may not run the former value stays possible. */
export function setMember(machine: Machine, target: Value, name: string, value: Value): void {
  if (target.k === 'either') {
    for (const one of target.options) setMember(machine, one, name, value);
    return;
  }
  const members = membersOf(target);
  if (members) {
    const former = members.get(name);
    const keep = machine.doubt > 0 && former !== undefined && former !== undefinedValue;
    members.set(name, keep ? either(former, value) : value);
    return;
  }
  if (target.k !== 'list') return;
  if (/^\d+$/.test(name) && Number(name) <= target.items.length) target.items[Number(name)] = value;
  else if (name === 'length') target.items.length = 0;
  else target.more = true;
}

function membersOf(target: Value): Map<string, Value> | undefined {
  if (target.k === 'class') return target.statics;
  const open = target.k === 'record' || target.k === 'closure' || target.k === 'external';
  return open || target.k === 'native' ? (target as Native).members : undefined;
}
