import type { Node } from '../parse.ts';
import { argumentsOf, callClosure, callExternal, runCallbacks } from './calls.ts';
import { initFields } from './classes.ts';
import { evaluate } from './expressions.ts';
import type { Machine } from './machine.ts';
import type { Scope } from './scope.ts';
import {
  type Class,
  either,
  optionsOf,
  type Record_,
  record,
  type Site,
  unknown,
  type Value,
} from './values.ts';

// In a method, `super` is the parent of the class that the method belongs to, not of the instance's.
export function superOf(scope: Scope, made: Class): Value | undefined {
  return scope.homeClass()?.parent ?? made.parent;
}

/** Evaluates a `new` expression. */
export function constructSite(
  machine: Machine,
  node: Extract<Node, { type: 'NewExpression' }>,
  scope: Scope,
): Value {
  const site: Site = { scope, node };
  const made = evaluate(machine, node.callee, scope);
  const args = argumentsOf(machine, node, scope);
  return either(...optionsOf(made).map((one) => construct(machine, one, args, site)));
}

/** Makes an instance. */
export function construct(
  machine: Machine,
  made: Value,
  args: readonly Value[],
  site: Site | undefined,
): Value {
  if (made.k === 'class') {
    const self: Record_ = record();
    self.proto = made;
    runConstructor(machine, made, self, args);
    return self;
  }
  if (made.k === 'closure') {
    const self: Record_ = record();
    const proto = made.members.get('prototype');
    self.proto = proto?.k === 'record' ? proto : undefined;
    const result = callClosure(machine, made, args, self);
    return result.k === 'primitive' ? self : result;
  }
  if (made.k === 'native' && site) {
    if (made.construct) return made.construct(args, site);
    return made.call ? made.call(args, site, unknown) : unknown;
  }
  if (made.k === 'external' && site) return callExternal(machine, made, args, site, 'new');
  if (site) machine.host.escaped(made, args, site);
  runCallbacks(machine, args);
  return { k: 'unknown', of: [...args] };
}

/** Runs the constructor of a class, its fields and those above it on an instance. */
export function runConstructor(
  machine: Machine,
  made: Class,
  self: Record_,
  args: readonly Value[],
): void {
  machine.ran.add(made.node);
  const own = made.node.body.body.find(
    (one) => one.type === 'MethodDefinition' && one.kind === 'constructor',
  );
  if (made.parent?.k !== 'class') initFields(machine, made, self);
  if (own?.type !== 'MethodDefinition' || own.value.type !== 'FunctionExpression') {
    if (made.parent?.k === 'class') runConstructor(machine, made.parent, self, args);
  } else {
    const node = own.value;
    callClosure(
      machine,
      { k: 'closure', node, scope: made.scope, name: made.name, home: made, members: new Map() },
      args,
      self,
    );
  }
  // Fields of a derived class come after `super()`; what its constructor set by then stays.
  if (made.parent?.k === 'class') {
    const set = new Map(self.members);
    initFields(machine, made, self);
    for (const [name, value] of set) self.members.set(name, value);
  }
}
