import type { Node } from '../../../languages/javascript/parse.ts';
import type { Place } from '../../../surface/surface.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { run } from './execute.ts';
import { placeOf, type Scope, type SourceFile } from './program.ts';
import { type CallValue, type ClassNode, type ClassValue, unknown, type Value } from './values.ts';

/** One decorator as Nest sees it, whatever it was composed of. */
export interface Mark {
  /** Package and name; `''` for one of the project that is not made of Nest's own. */
  from: string;
  name: string;
  args: readonly Value[];
  file: SourceFile;
  place: Place;
  /** Key of the metadata that it sets: a text, or the decorator itself for `Reflector.createDecorator`. */
  key?: Value | undefined;
  /** The function behind a parameter decorator of the project. */
  factory?: Value | undefined;
}

export type Member = ClassNode['body']['body'][number];
export type Method = Extract<Member, { type: 'MethodDefinition' | 'TSAbstractMethodDefinition' }>;

type Decorated = { decorators?: readonly { expression: Node; start: number }[] };

/** The decorators of a class, a method or a parameter, taken apart, in the order of the source. */
export function marksOf(m: Machine, node: Decorated, scope: Scope): Mark[] {
  return (node.decorators ?? []).flatMap((decorator) => {
    const place = placeOf(scope.file, decorator);
    return takeApart(m, evaluate(m, decorator.expression, scope), scope.file, place);
  });
}

function takeApart(m: Machine, value: Value, file: SourceFile, place: Place): Mark[] {
  const each = (items: readonly Value[]) => items.flatMap((one) => takeApart(m, one, file, place));
  switch (value.kind) {
    case 'external':
      return [{ from: value.from, name: value.name, args: [], file, place }];
    case 'choice':
      return each(value.of);
    case 'array':
      return each(value.items);
    case 'function':
      return m.stack.includes(value.node) ? [] : each(applied(m, value));
    case 'call':
      return ofCall(m, value, file, place);
    default:
      return [];
  }
}

function ofCall(m: Machine, call: CallValue, file: SourceFile, place: Place): Mark[] {
  const { callee, args } = call;
  if (callee.kind === 'external') {
    if (callee.name === 'applyDecorators' || callee.name === 'composeDecorators') {
      return args.flatMap((one) => takeApart(m, one, file, place));
    }
    const key = callee.name === 'SetMetadata' ? args[0] : undefined;
    const rest = callee.name === 'SetMetadata' ? args.slice(1) : args;
    return [{ from: callee.from, name: callee.name, args: rest, file, place, key }];
  }
  if (callee.kind !== 'call' || callee.callee.kind !== 'external') return [];
  const { name, from } = callee.callee;
  if (name === 'Reflector.createDecorator') {
    return [{ from, name: 'SetMetadata', args, file, place, key: callee }];
  }
  if (name === 'createParamDecorator') {
    return [{ from: '', name, args, file, place, factory: callee.args[0] }];
  }
  return [];
}

// `return (target, key, descriptor) => { UseGuards(X)(target, key, descriptor); }`
function applied(m: Machine, value: Extract<Value, { kind: 'function' }>): Value[] {
  const found: Value[] = [];
  const listen = m.onCall;
  m.onCall = (call) => {
    if (call.callee.kind === 'call') found.push(call.callee);
    const { callee } = call;
    if (callee.kind === 'external' && callee.name === 'Reflect.defineMetadata') {
      found.push({
        ...call,
        callee: { kind: 'external', from: '@nestjs/common', name: 'SetMetadata' },
      });
    }
  };
  run(m, value, [unknown, unknown, unknown]);
  m.onCall = listen;
  return found;
}

/** The class and the project's classes that it extends, the most derived first. */
export function lineage(m: Machine, of: ClassValue): ClassValue[] {
  const chain: ClassValue[] = [of];
  for (let at = of; chain.length < 8; ) {
    const parent = at.node.superClass && evaluate(m, at.node.superClass, at.scope);
    if (parent?.kind !== 'class') break;
    chain.push(parent);
    at = parent;
  }
  return chain;
}

export function sameClass(one: ClassValue, other: ClassValue): boolean {
  return one.node === other.node && one.scope === other.scope;
}

export function className(of: ClassValue): string {
  return of.node.id?.name ?? 'class';
}

export function markOf(marks: readonly Mark[], ...names: readonly string[]): Mark | undefined {
  return marks.find((mark) => names.includes(mark.name));
}
