import { propertyName } from '../literal.ts';
import type { Node } from '../parse.ts';
import { closure, evaluate } from './expressions.ts';
import type { Machine } from './machine.ts';
import { Scope } from './scope.ts';
import { runBody } from './statements.ts';
import { type Class, type Record_, stringOf, undefinedValue, type Value } from './values.ts';

/** A class with its methods; static fields are evaluated, as the definition does. */
export function classValue(machine: Machine, node: Class['node'], scope: Scope): Class {
  const made: Class = {
    k: 'class',
    node,
    scope,
    name: node.id?.name,
    parent: node.superClass ? evaluate(machine, node.superClass, scope) : undefined,
    statics: new Map(),
    methods: new Map(),
    getters: new Map(),
  };
  const inner = new Scope(scope, scope.module, machine.doubt);
  inner.self = made;
  if (node.id) inner.declare(node.id.name, made);
  for (const member of node.body.body) addMember(machine, made, member, inner);
  return made;
}

function addMember(
  machine: Machine,
  made: Class,
  member: Class['node']['body']['body'][number],
  scope: Scope,
): void {
  if (member.type === 'StaticBlock') {
    runBody(machine, member.body, scope);
    return;
  }
  if (member.type === 'PropertyDefinition' && member.static) {
    const name = keyName(machine, member, scope);
    const value = member.value ? evaluate(machine, member.value, scope) : undefinedValue;
    if (name !== undefined) made.statics.set(name, value);
    return;
  }
  if (member.type !== 'MethodDefinition' || member.kind === 'constructor') return;
  const name = keyName(machine, member, scope);
  if (name === undefined || member.value.type !== 'FunctionExpression') return;
  const method = closure(member.value, scope, name);
  method.home = made;
  if (member.static) made.statics.set(name, method);
  else if (member.kind === 'get') made.getters.set(name, method);
  else if (member.kind === 'method') made.methods.set(name, method);
}

function keyName(
  machine: Machine,
  member: { key: Node; computed: boolean },
  scope: Scope,
): string | undefined {
  return member.computed ? stringOf(evaluate(machine, member.key, scope)) : propertyName(member);
}

/** Evaluates the fields of a class for one instance. */
export function initFields(machine: Machine, made: Class, self: Value): void {
  if (self.k !== 'record') return;
  const scope = new Scope(made.scope, made.scope.module, machine.doubt);
  scope.self = self;
  for (const member of made.node.body.body) {
    if (member.type !== 'PropertyDefinition' || member.static) continue;
    const name = keyName(machine, member, scope);
    if (name === undefined) continue;
    const value = member.value ? evaluate(machine, member.value, scope) : undefinedValue;
    if (value.k === 'closure') value.name ??= name;
    self.members.set(name, value);
  }
}

/** A method, getter or static that a class or one of its ancestors defines. */
export function inherited(
  made: Class,
  kind: 'methods' | 'getters' | 'statics',
  name: string,
): Value | undefined {
  let at: Value | undefined = made;
  for (let depth = 0; at?.k === 'class' && depth < 20; depth += 1) {
    const found = at[kind].get(name);
    if (found) return found;
    at = at.parent;
  }
  return undefined;
}

/** Whether something above the class comes from a package or is not known. */
export function hasForeignAncestor(value: Record_['proto']): boolean {
  let at: Value | undefined = value;
  for (let depth = 0; at?.k === 'class' && depth < 20; depth += 1) at = at.parent;
  return at !== undefined && at.k !== 'class' && at.k !== 'record';
}
