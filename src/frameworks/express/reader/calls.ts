import { propertyName } from '../../../languages/javascript/literal.ts';
import { childrenOf, type Node } from '../../../languages/javascript/parse.ts';
import { evaluate } from '../../../languages/javascript/run/expressions.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import { getMember } from '../../../languages/javascript/run/members.ts';
import type { Scope } from '../../../languages/javascript/run/scope.ts';
import type { Closure, Value } from '../../../languages/javascript/run/values.ts';
import { type Routing, routingOf } from './routing.ts';

/** The value that an expression names, found without running anything: `check`, `service.check`, `this.check`. */
export function named(machine: Machine, node: Node, fn: Closure): Value | undefined {
  if (node.type === 'Identifier') return fn.scope.lookup(node.name);
  if (node.type === 'ThisExpression') return thisOf(fn);
  if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression') {
    return named(machine, node.expression, fn);
  }
  if (node.type !== 'MemberExpression') return undefined;
  const name = propertyName({ key: node.property, computed: node.computed });
  const target = named(machine, node.object, fn);
  if (!target || name === undefined) return undefined;
  if (target.k === 'class') {
    return target.methods.get(name) ?? target.statics.get(name);
  }
  return target.k === 'record' ||
    target.k === 'external' ||
    target.k === 'closure' ||
    target.k === 'native'
    ? getMember(machine, target, name)
    : undefined;
}

function thisOf(fn: Closure): Value | undefined {
  if (fn.self) return fn.self;
  if (fn.node.type === 'ArrowFunctionExpression') {
    const self = (fn.scope as Scope).thisValue();
    return self.k === 'unknown' ? fn.home : self;
  }
  return fn.home;
}

/** Functions and package members that a body calls, one level. */
export function calledBy(machine: Machine, fn: Closure): Value[] {
  const found: Value[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression') {
      const value = named(machine, node.callee, fn);
      if (value?.k === 'closure' && value.node !== fn.node) found.push(value);
      // What a package's member is called with is told where it stands.
      if (value?.k === 'external') {
        found.push({ ...value, site: { scope: fn.scope, node }, made: 'call' });
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  if (fn.node.body) visit(fn.node.body);
  return found;
}

/** Routers that a function hands its request to: `(req, res, next) => router(req, res, next)`, also loaded there. */
export function routersCalledBy(machine: Machine, fn: Closure): Routing[] {
  const found: Routing[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression' && node.arguments.length >= 2) {
      const loads = node.callee.type !== 'Identifier' && holdsImport(node.callee);
      const value = loads
        ? evaluate(machine, node.callee, fn.scope)
        : named(machine, node.callee, fn);
      const routing = routingOf(value);
      if (routing) found.push(routing);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  if (fn.node.body) visit(fn.node.body);
  return found;
}

function holdsImport(node: Node): boolean {
  if (node.type === 'ImportExpression') return true;
  const isRequire =
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'require';
  return isRequire || childrenOf(node).some(holdsImport);
}
