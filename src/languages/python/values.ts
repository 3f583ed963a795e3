import type { Place } from '../../surface/surface.ts';
import type { PyNode } from './parse.ts';

/** What a Python expression is, as far as it can be known without running it. */
export type Value =
  | { t: 'str'; v: string; part?: boolean }
  | { t: 'num'; v: number }
  | { t: 'bool'; v: boolean }
  | { t: 'none' }
  | { t: 'list'; items: Value[] }
  | { t: 'dict'; entries: Map<string, Value> }
  | Func
  | Class
  | Module
  /** A name of a package that is not part of the project: `fastapi.FastAPI`. */
  | { t: 'ext'; name: string }
  | Obj
  | { t: 'generic'; of: Value; args: Value[] }
  | { t: 'bound'; self: Obj; name: string }
  | { t: 'unknown'; text: string };

export interface Func {
  t: 'func';
  name: string;
  node: PyNode;
  module: Module;
  scope: Scope;
  self: Value | undefined;
  /** The class that it is a method of. */
  owner?: Class | undefined;
  /** Outermost first, with the value that each was. */
  decorators: { value: Value; node: PyNode }[];
  place: Place;
  called: boolean;
}

export interface Class {
  t: 'class';
  name: string;
  node: PyNode;
  module: Module;
  bases: Value[];
  members: Map<string, Value>;
  annotations: Map<string, { type: PyNode; value: PyNode | undefined }>;
  place: Place;
}

export interface Module {
  t: 'module';
  name: string;
  file: string;
  names: Map<string, Value>;
  done: boolean;
}

/** An instance: of a foreign class, or of one of the project. */
export interface Obj {
  t: 'obj';
  id: number;
  of: string;
  cls: Class | undefined;
  args: Value[];
  kwargs: Map<string, Value>;
  attrs: Map<string, Value>;
  /** What was called on it, in order. */
  events: Event[];
  node: PyNode;
  place: Place;
}

/** One call on an object, or of a foreign function; `seq` orders all of them. */
export interface Event {
  seq: number;
  name: string;
  args: Value[];
  kwargs: Map<string, Value>;
  /** What it decorates, when it is a decorator. */
  target: Func | Class | undefined;
  /** Attribute or item that was set: `app.config["X"] = …` has the name `config[]=`. */
  node: PyNode;
  place: Place;
}

export interface Scope {
  names: Map<string, Value>;
  parent: Scope | undefined;
}

export const none: Value = { t: 'none' };
export const unknown = (text: string): Value => ({ t: 'unknown', text });

export function str(value: Value | undefined): string | undefined {
  return value?.t === 'str' ? value.v : undefined;
}

export function isKnown(value: Value | undefined): value is Value {
  return value !== undefined && value.t !== 'unknown' && value.t !== 'none';
}

/** The dotted name of what a value is or is made of: `fastapi.Depends`, `app.deps.get_user`. */
export function nameOf(value: Value | undefined): string {
  if (value === undefined) return '';
  switch (value.t) {
    case 'ext':
    case 'func':
    case 'class':
    case 'module':
      return value.name;
    case 'obj':
      return value.of;
    case 'generic':
      return nameOf(value.of);
    case 'bound':
      return `${value.self.of}.${value.name}`;
    case 'unknown':
      return value.text;
    default:
      return '';
  }
}

/** The last part of the name of a value: `Depends` of `fastapi.Depends`. */
export function lastName(value: Value | undefined): string {
  return nameOf(value).split('.').at(-1) ?? '';
}
