import type { Node } from '../../../languages/javascript/parse.ts';
import type { Scope, SourceFile } from './program.ts';

export type ClassNode = Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>;
export type FunctionNode = Extract<
  Node,
  {
    type:
      | 'FunctionDeclaration'
      | 'FunctionExpression'
      | 'TSDeclareFunction'
      | 'TSEmptyBodyFunctionExpression'
      | 'ArrowFunctionExpression';
  }
>;

/** A class of the project, with the scope that its decorators and members are read in. */
export interface ClassValue {
  kind: 'class';
  file: SourceFile;
  node: ClassNode;
  scope: Scope;
}

export interface FunctionValue {
  kind: 'function';
  file: SourceFile;
  node: FunctionNode;
  scope: Scope;
  self?: Value | undefined;
}

/** A call that stays a call: of a package, or of something that we do not know. */
export interface CallValue {
  kind: 'call';
  callee: Value;
  args: readonly Value[];
  isNew: boolean;
  file: SourceFile;
  node: Node;
}

export interface ObjectValue {
  kind: 'object';
  members: Map<string, Value>;
  /** It may hold members that were not read. */
  open: boolean;
  /** The class of the project that it is an instance of. */
  of?: ClassValue | undefined;
}

/** What an expression is, as far as the source says. */
export type Value =
  /** `sure` is false where an environment or a branch may make it another one. */
  | { kind: 'literal'; value: string | number | boolean | null | undefined; sure: boolean }
  | { kind: 'array'; items: readonly Value[]; open: boolean }
  | ObjectValue
  | ClassValue
  | FunctionValue
  | CallValue
  /** A name of a package: `{ from: '@nestjs/common', name: 'RequestMethod.GET' }`. */
  | { kind: 'external'; from: string; name: string }
  | { kind: 'namespace'; file: SourceFile }
  | { kind: 'member'; of: Value; name: string }
  | { kind: 'choice'; of: readonly Value[] }
  | { kind: 'unknown' };

export const unknown: Value = { kind: 'unknown' };

export function known(value: string | number | boolean | null | undefined, sure = true): Value {
  return { kind: 'literal', value, sure };
}

export function choice(values: readonly Value[]): Value {
  const flat = values.flatMap((value) => (value.kind === 'choice' ? value.of : [value]));
  const first = flat[0];
  if (!first) return known(undefined);
  return flat.length === 1 ? first : { kind: 'choice', of: flat };
}

/** Every value that it can be. */
export function options(value: Value): readonly Value[] {
  return value.kind === 'choice' ? value.of : [value];
}

/** Items of an array, or the value itself: Nest takes `'a'` and `['a', 'b']` alike. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || (value.kind === 'literal' && value.value === undefined)) return [];
  return options(value).flatMap((one) => (one.kind === 'array' ? one.items.flatMap(itemsOf) : one));
}

export interface Text {
  text: string;
  sure: boolean;
}

/** The text of a value; of a choice the first, unsure. */
export function textOfValue(value: Value | undefined): Text | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'literal' && typeof value.value !== 'object' && value.value !== undefined) {
    return { text: String(value.value), sure: value.sure };
  }
  if (value.kind !== 'choice') return undefined;
  for (const one of value.of) {
    const text = textOfValue(one);
    if (text) return { text: text.text, sure: false };
  }
  return undefined;
}

export function member(value: Value | undefined, name: string): Value | undefined {
  if (value?.kind === 'choice') {
    const found = value.of.flatMap((one) => member(one, name) ?? []);
    return found.length === 0 ? undefined : choice(found);
  }
  return value?.kind === 'object' ? value.members.get(name) : undefined;
}

/** `true`, `false`, or `undefined` where the source does not say. */
export function flag(value: Value | undefined): boolean | undefined {
  return value?.kind === 'literal' && typeof value.value === 'boolean' ? value.value : undefined;
}

/** Whether the value is this name of one of these packages. */
export function isExternal(value: Value, from: RegExp, name?: string): boolean {
  if (value.kind !== 'external' || !from.test(value.from)) return false;
  return name === undefined || value.name === name;
}

/** The package and name at the root of a value: `helmet` of `helmet({…})`, `NestFactory` of `app.use`. */
export function rootOf(value: Value): Value {
  if (value.kind === 'call') return rootOf(value.callee);
  if (value.kind === 'member') return rootOf(value.of);
  return value;
}
