import type { Node } from '../parse.ts';
import type { Scope } from './scope.ts';

/** What an expression can be at module run time, as far as the source says. */
export type Value =
  | Primitive
  | Pattern
  | List
  | Record_
  | Closure
  | Class
  | Native
  | External
  | Either
  | Unknown;

export interface Primitive {
  k: 'primitive';
  value: string | number | boolean | null | undefined;
}

export interface Pattern {
  k: 'regexp';
  source: string;
  flags: string;
}

export interface List {
  k: 'list';
  items: Value[];
  /** There may be members that we do not see. */
  more: boolean;
}

export interface Record_ {
  k: 'record';
  members: Map<string, Value>;
  getters?: Map<string, Closure>;
  /** There may be members that we do not see. */
  more: boolean;
  /** The class of an instance, or the prototype object of one that a function made. */
  proto?: Class | Record_ | undefined;
}

export type FunctionNode = Extract<Node, { generator: boolean }>;

export interface Closure {
  k: 'closure';
  node: FunctionNode;
  scope: Scope;
  name: string | undefined;
  /** `this` fixed by `bind`; arrows find theirs in the scope. */
  self?: Value | undefined;
  boundArguments?: readonly Value[];
  /** The class that a method belongs to, for `super`. */
  home?: Class | undefined;
  members: Map<string, Value>;
}

export interface Class {
  k: 'class';
  node: Extract<Node, { superClass: unknown }>;
  scope: Scope;
  name: string | undefined;
  parent: Value | undefined;
  statics: Map<string, Value>;
  methods: Map<string, Closure>;
  getters: Map<string, Closure>;
}

/** Where a call stands. */
export interface Site {
  scope: Scope;
  node: Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;
}

/** Something whose behaviour we know: a built-in, or an object of the framework that is read. */
export interface Native {
  k: 'native';
  name: string;
  call?: (args: readonly Value[], site: Site, self: Value) => Value;
  construct?: (args: readonly Value[], site: Site) => Value;
  get?: (name: string) => Value | undefined;
  members: Map<string, Value>;
  /** What the owner of this object keeps in it. */
  data?: unknown;
}

/** Something from a package, with the calls that led to it: `passport.authenticate('jwt')`. */
export interface External {
  k: 'external';
  module: string;
  /** Member names from the module on; `default` is left out. */
  path: readonly string[];
  /** Arguments of the call that gave this value. */
  args?: readonly Value[] | undefined;
  made?: 'call' | 'new' | undefined;
  /** The value on which the member was read or the call was made. */
  base?: External | undefined;
  site?: Site | undefined;
  /** Members that the project set. */
  members: Map<string, Value>;
}

export interface Either {
  k: 'either';
  options: readonly Value[];
}

export interface Unknown {
  k: 'unknown';
  /** Values that went into it: an unknown that came of an application still touches it. */
  of: readonly Value[];
}

export const undefinedValue: Primitive = { k: 'primitive', value: undefined };
export const unknown: Unknown = { k: 'unknown', of: [] };

export function primitive(value: Primitive['value']): Primitive {
  return value === undefined ? undefinedValue : { k: 'primitive', value };
}

export function list(items: Value[], more = false): List {
  return { k: 'list', items, more };
}

export function record(members: Iterable<readonly [string, Value]> = [], more = false): Record_ {
  return { k: 'record', members: new Map(members), more };
}

export function native(name: string, call?: Native['call'], rest: Partial<Native> = {}): Native {
  const made: Native = { k: 'native', name, members: new Map(), ...rest };
  if (call) made.call = call;
  return made;
}

export function external(module: string, path: readonly string[] = []): External {
  return { k: 'external', module, path, members: new Map() };
}

/** All that a value may be; more than eight says nothing any more. */
export function either(...values: Value[]): Value {
  const options: Value[] = [];
  for (const value of values.flatMap(optionsOf)) {
    if (!options.some((one) => same(one, value))) options.push(value);
  }
  if (options.length === 1) return options[0]!;
  return { k: 'either', options: options.slice(0, 8) };
}

/** The values that it can be, one by one. */
export function optionsOf(value: Value): readonly Value[] {
  return value.k === 'either' ? value.options : [value];
}

function same(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (one.k === 'unknown' && other.k === 'unknown') return one.of.length + other.of.length === 0;
  return one.k === 'primitive' && other.k === 'primitive' && one.value === other.value;
}

/** `true`, `false`, or `undefined` when the source does not say. */
export function truth(value: Value): boolean | undefined {
  if (value.k === 'primitive') return Boolean(value.value);
  if (value.k === 'either') {
    const all = new Set(value.options.map(truth));
    return all.size === 1 ? [...all][0] : undefined;
  }
  return value.k === 'unknown' || value.k === 'external' ? undefined : true;
}

// A piece of a text that is not known. The character cannot be typed into a path by accident.
export const hole = '\uFFFC';

/** The text of a value in a template or a concatenation; a piece that is not known is a hole. */
export function textPiece(value: Value): string {
  if (value.k === 'primitive') return String(value.value);
  if (value.k === 'either') {
    const known = value.options.find((one) => one.k === 'primitive' && one.value !== undefined);
    return known ? textPiece(known) : hole;
  }
  if (value.k === 'list' && !value.more) return value.items.map(textPiece).join(',');
  return hole;
}

/** The string that a value is; of several, the first that is one. */
export function stringOf(value: Value | undefined): string | undefined {
  for (const one of value ? optionsOf(value) : []) {
    if (one.k === 'primitive' && typeof one.value === 'string') return one.value;
  }
  return undefined;
}

/** The value as plain data, as far as it is that. */
export function plainOf(value: Value, depth = 0): unknown {
  if (depth > 6) return undefined;
  if (value.k === 'primitive') return value.value;
  if (value.k === 'regexp') return `/${value.source}/${value.flags}`;
  if (value.k === 'list') return value.items.map((one) => plainOf(one, depth + 1));
  if (value.k === 'either')
    return plainOf(value.options.find((one) => one.k === 'primitive') ?? unknown, depth);
  if (value.k !== 'record') return undefined;
  return Object.fromEntries([...value.members].map(([key, one]) => [key, plainOf(one, depth + 1)]));
}
