import { callValue } from './calls.ts';
import { doubtfully } from './expressions.ts';
import type { Machine } from './machine.ts';
import {
  either,
  type List,
  list,
  native,
  primitive,
  type Site,
  textPiece,
  truth,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

type Method = (machine: Machine, self: List, args: readonly Value[], site: Site) => Value;

/** A method of arrays; `undefined` for one that is not known. */
export function listMethod(machine: Machine, value: List, name: string): Value | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return method && native(name, (args, site) => method(machine, value, args, site));
}

/** Calls a function for each member, once more for those that are not seen. */
export function eachOf(
  machine: Machine,
  self: List,
  fn: Value | undefined,
  site: Site,
): { item: Value; result: Value }[] {
  if (!fn) return [];
  const call = (item: Value, index: Value) =>
    callValue(machine, fn, [item, index, self], site, undefinedValue);
  const results = [...self.items].map((item, index) => ({
    item,
    result: call(item, primitive(index)),
  }));
  if (self.more) {
    const result = doubtfully(machine, 'a list that is not seen', () => call(unknown, unknown));
    results.push({ item: unknown, result });
  }
  return results;
}

const methods: Record<string, Method> = {
  forEach: (machine, self, [fn], site) => {
    eachOf(machine, self, fn, site);
    return undefinedValue;
  },
  map: (machine, self, [fn], site) => {
    const results = eachOf(machine, self, fn, site).slice(0, self.items.length);
    return list(
      results.map((one) => one.result),
      self.more,
    );
  },
  flatMap: (machine, self, [fn], site) =>
    flat(
      eachOf(machine, self, fn, site)
        .slice(0, self.items.length)
        .map((one) => one.result),
      self.more,
    ),
  flat: (_machine, self) => flat(self.items, self.more),
  filter: (machine, self, [fn], site) => {
    const kept = eachOf(machine, self, fn, site).slice(0, self.items.length);
    return list(
      kept.filter((one) => truth(one.result) !== false).map((one) => one.item),
      self.more,
    );
  },
  find: (machine, self, [fn], site) => first(machine, self, fn, site),
  findLast: (machine, self, [fn], site) => first(machine, self, fn, site),
  some: (machine, self, [fn], site) => {
    const all = eachOf(machine, self, fn, site).map((one) => truth(one.result));
    if (all.includes(true)) return primitive(true);
    return all.includes(undefined) || self.more ? unknown : primitive(false);
  },
  every: (machine, self, [fn], site) => {
    const all = eachOf(machine, self, fn, site).map((one) => truth(one.result));
    if (all.includes(false)) return primitive(false);
    return all.includes(undefined) || self.more ? unknown : primitive(true);
  },
  reduce: (machine, self, [fn, start], site) => {
    if (!fn) return unknown;
    let result = start ?? self.items[0] ?? unknown;
    for (const item of start ? [...self.items] : self.items.slice(1)) {
      result = callValue(machine, fn, [result, item], site, undefinedValue);
    }
    return result;
  },
  push: (machine, self, args) => {
    self.items.push(...args);
    // In a branch that may not run the list may be shorter; what it holds is what counts.
    return machine.doubt > 0 ? unknown : primitive(self.items.length);
  },
  unshift: (_machine, self, args) => {
    self.items.unshift(...args);
    return unknown;
  },
  pop: (_machine, self) => self.items.pop() ?? (self.more ? unknown : undefinedValue),
  shift: (_machine, self) => self.items.shift() ?? (self.more ? unknown : undefinedValue),
  concat: (_machine, self, args) =>
    list(
      [...self.items, ...args.flatMap((one) => (one.k === 'list' ? one.items : [one]))],
      self.more || args.some((one) => one.k === 'list' && one.more),
    ),
  slice: (_machine, self, args) => list(self.items.slice(...indexes(args)), self.more),
  splice: (_machine, self, args) => {
    const [start, count] = indexes(args);
    if (start === undefined) return unknown;
    const given = args.slice(2);
    return list(self.items.splice(start, count ?? self.items.length, ...given), self.more);
  },
  reverse: (_machine, self) => {
    self.items.reverse();
    return self;
  },
  sort: (_machine, self, [fn]) => {
    const known = self.items.every((one) => one.k === 'primitive');
    if (!fn && known) self.items.sort((a, b) => (textPiece(a) < textPiece(b) ? -1 : 1));
    return self;
  },
  join: (_machine, self, [between]) =>
    self.more
      ? unknown
      : primitive(self.items.map(textPiece).join(between ? textPiece(between) : ',')),
  includes: (_machine, self, [one]) => {
    const at = indexIn(self, one);
    return at === undefined ? unknown : primitive(at !== -1);
  },
  indexOf: (_machine, self, [one]) => {
    const at = indexIn(self, one);
    return at === undefined ? unknown : primitive(at);
  },
  at: (_machine, self, [index]) => {
    const at = index?.k === 'primitive' ? Number(index.value) : Number.NaN;
    return Number.isNaN(at) || self.more ? unknown : (self.items.at(at) ?? undefinedValue);
  },
  entries: (_machine, self) =>
    list(
      self.items.map((one, index) => list([primitive(index), one])),
      self.more,
    ),
  keys: (_machine, self) =>
    list(
      self.items.map((_, index) => primitive(index)),
      self.more,
    ),
  values: (_machine, self) => self,
};

function flat(items: readonly Value[], more: boolean): Value {
  const inner = items.flatMap((one) => (one.k === 'list' ? one.items : [one]));
  return list(inner, more || items.some((one) => one.k === 'list' && one.more));
}

function first(machine: Machine, self: List, fn: Value | undefined, site: Site): Value {
  const fitting: Value[] = [];
  for (const { item, result } of eachOf(machine, self, fn, site)) {
    const known = truth(result);
    if (known === false) continue;
    fitting.push(item);
    if (known === true) break;
  }
  return fitting.length === 0 ? undefinedValue : either(...fitting);
}

function indexes(args: readonly Value[]): number[] {
  return args.flatMap((one) =>
    one.k === 'primitive' && typeof one.value === 'number' ? [one.value] : [],
  );
}

/** `undefined` when the source does not say. */
function indexIn(self: List, one: Value | undefined): number | undefined {
  if (!one || self.more) return undefined;
  if (one.k === 'primitive') {
    const at = self.items.findIndex((item) => item.k === 'primitive' && item.value === one.value);
    const sure = self.items.every((item) => item.k !== 'unknown' && item.k !== 'either');
    return at !== -1 || sure ? at : undefined;
  }
  return one.k === 'unknown' || one.k === 'either' ? undefined : self.items.indexOf(one);
}
