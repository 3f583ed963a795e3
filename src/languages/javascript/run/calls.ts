import type { Node } from '../parse.ts';
import { construct, runConstructor, superOf } from './construct.ts';
import { evaluate } from './expressions.ts';
import { arrayOf } from './literals.ts';
import { Exhausted, type Machine } from './machine.ts';
import { getMember } from './members.ts';
import { destructure, memberName } from './patterns.ts';
import { Scope } from './scope.ts';
import { runBody } from './statements.ts';
import {
  type Closure,
  type External,
  either,
  list,
  optionsOf,
  type Site,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' }>;

/** Evaluates a call expression. */
export function callSite(machine: Machine, node: Call, scope: Scope): Value {
  const site: Site = { scope, node };
  const { callee } = node;
  if (callee.type === 'Super') {
    const self = scope.thisValue();
    const parent =
      self.k === 'record' && self.proto?.k === 'class' ? superOf(scope, self.proto) : undefined;
    const args = argumentsOf(machine, node, scope);
    if (parent?.k === 'class' && self.k === 'record') runConstructor(machine, parent, self, args);
    if (parent?.k === 'external' && self.k === 'record') {
      const made = machine.host.externalCall(parent, args, site, 'new');
      for (const [name, one] of made?.k === 'record' ? made.members : [])
        self.members.set(name, one);
    }
    return undefinedValue;
  }
  if (callee.type === 'MemberExpression' && callee.object.type !== 'Super') {
    const target = evaluate(machine, callee.object, scope);
    const name = memberName(machine, scope, callee);
    const args = argumentsOf(machine, node, scope);
    const results = optionsOf(target).map((one) => {
      const fn =
        name === undefined ? { k: 'unknown' as const, of: [one] } : getMember(machine, one, name);
      return callValue(machine, fn, args, site, one);
    });
    return either(...results);
  }
  const fn = evaluate(machine, callee, scope);
  const self = callee.type === 'MemberExpression' ? scope.thisValue() : undefinedValue;
  return callValue(machine, fn, argumentsOf(machine, node, scope), site, self);
}

/** The values of an argument list, spreads opened. */
export function argumentsOf(
  machine: Machine,
  node: { arguments: readonly Node[] },
  scope: Scope,
): readonly Value[] {
  const args = arrayOf(machine, node.arguments, scope);
  return args.k === 'list' ? args.items : [];
}

/** Calls a value. */
export function callValue(
  machine: Machine,
  fn: Value,
  args: readonly Value[],
  site: Site | undefined,
  self: Value,
): Value {
  switch (fn.k) {
    case 'closure':
      return callClosure(machine, fn, args, fn.self ?? self);
    case 'native':
      if (fn.call && site) return fn.call(args, site, self);
      return { k: 'unknown', of: [fn] };
    case 'external':
      return site ? callExternal(machine, fn, args, site, 'call') : unknown;
    case 'either':
      return either(...fn.options.map((one) => callValue(machine, one, args, site, self)));
    default: {
      if (site) machine.host.escaped(fn, args, site);
      runCallbacks(machine, args);
      const of = [...(fn.k === 'unknown' ? fn.of : []), ...args];
      return { k: 'unknown', of: of.filter((one) => one.k === 'native' && one.data !== undefined) };
    }
  }
}

// A function that calls itself on a nested table goes as deep as the table; more is a ring.
const deepest = 120;
const mostOfOne = 12;
// Steps for one function that registers nothing: enough to make the paths of thousands of routes.
const mostWithoutEffect = 60_000;

/** Runs the body of a function of the project. */
export function callClosure(
  machine: Machine,
  fn: Closure,
  args: readonly Value[],
  self: Value,
): Value {
  const { node } = fn;
  const active = machine.active.get(node) ?? 0;
  if (machine.depth > deepest || active >= mostOfOne || !node.body) return unknown;
  if ((machine.spent.get(node) ?? 0) > mostWithoutEffect) return unknown;
  const [effects, steps] = [machine.effects, machine.steps];
  machine.ran.add(node);
  machine.active.set(node, active + 1);
  machine.depth += 1;
  const returns = machine.returns;
  machine.returns = [];
  const scope = new Scope(fn.scope, fn.scope.module, machine.doubt);
  scope.isFunction = true;
  scope.home = fn.home;
  if (node.type !== 'ArrowFunctionExpression') scope.self = self;
  try {
    bindParameters(machine, node, [...(fn.boundArguments ?? []), ...args], scope);
    if (node.body.type !== 'BlockStatement') return evaluate(machine, node.body, scope);
    const completion = runBody(machine, node.body.body, scope);
    const last =
      completion?.end === 'return' ? [completion.value] : completion ? [] : [undefinedValue];
    const all = [...machine.returns, ...last];
    return all.length === 0 ? unknown : either(...all);
  } catch (error) {
    if (error instanceof Exhausted && error.module === fn.scope.module) return unknown;
    throw error;
  } finally {
    machine.returns = returns;
    machine.depth -= 1;
    machine.active.set(node, active);
    if (machine.effects === effects) {
      machine.spent.set(node, (machine.spent.get(node) ?? 0) + machine.steps - steps);
    }
  }
}

function bindParameters(
  machine: Machine,
  node: Closure['node'],
  args: readonly Value[],
  scope: Scope,
): void {
  if (node.type === 'FunctionExpression' && node.id && !scope.owner(node.id.name)) {
    scope.declare(node.id.name, {
      k: 'closure',
      node,
      scope,
      name: node.id.name,
      members: new Map(),
    });
  }
  if (node.type !== 'ArrowFunctionExpression') scope.declare('arguments', list([...args]));
  const bind = (name: string, value: Value) => scope.declare(name, value);
  for (const [index, parameter] of node.params.entries()) {
    if (parameter.type === 'RestElement') {
      destructure(machine, scope, parameter.argument, list(args.slice(index)), bind);
      continue;
    }
    const value = args[index] ?? undefinedValue;
    const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
    destructure(machine, scope, pattern, value, bind);
    if (parameter.type === 'TSParameterProperty') keepAsField(parameter, scope);
  }
}

/** `constructor(private app: Application)` sets a field of the same name. */
function keepAsField(
  parameter: Extract<Node, { type: 'TSParameterProperty' }>,
  scope: Scope,
): void {
  const pattern =
    parameter.parameter.type === 'AssignmentPattern'
      ? parameter.parameter.left
      : parameter.parameter;
  const self = scope.self;
  if (pattern.type !== 'Identifier' || self?.k !== 'record') return;
  self.members.set(pattern.name, scope.lookup(pattern.name) ?? unknown);
}

/** Calls something of a package. */
export function callExternal(
  machine: Machine,
  callee: External,
  args: readonly Value[],
  site: Site,
  made: 'call' | 'new',
): Value {
  const known = machine.host.externalCall(callee, args, site, made);
  if (known) return known;
  machine.host.escaped(callee, args, site);
  runCallbacks(machine, args);
  const container = args[0]?.k === 'class' && /^(?:get|resolve)$/.test(callee.path.at(-1) ?? '');
  // A container of dependencies gives an instance of the class that it is asked for.
  if (container) return construct(machine, args[0]!, [], site);
  return {
    k: 'external',
    module: callee.module,
    path: callee.path,
    args,
    made,
    base: callee,
    site,
    members: new Map(),
  };
}

const requestNames = /^_?(?:req|request|ctx|context|err|error|socket|ws)$/i;

/** Runs the callbacks that were handed to code we cannot see, once each; request handlers wait for requests. */
export function runCallbacks(
  machine: Machine,
  args: readonly Value[],
  given: readonly Value[] = [],
): void {
  for (const one of args) {
    if (one.k !== 'closure' || machine.ran.has(one.node)) continue;
    const names = one.node.params.map((parameter) =>
      parameter.type === 'Identifier' ? parameter.name : '',
    );
    const isHandler =
      requestNames.test(names[0] ?? '') && (names.length > 1 || !/^err/i.test(names[0] ?? ''));
    const takesResponse = /^_?(?:res|response|reply)$/i.test(names[1] ?? '');
    if (takesResponse || (isHandler && !/^err/i.test(names[0] ?? ''))) continue;
    const made = one.node.params.map((_, index) => given[index] ?? unknown);
    callClosure(machine, one, made, unknown);
  }
}
