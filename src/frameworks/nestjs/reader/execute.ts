import type { Node } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { lookup } from './names.ts';
import { bindPattern } from './patterns.ts';
import type { Scope } from './program.ts';
import {
  type ClassValue,
  choice,
  type FunctionValue,
  known,
  type ObjectValue,
  options,
  unknown,
  type Value,
} from './values.ts';

const deepest = 24;
const longest = 60;

/** Runs a function of the project and gives what it returns; unknown arguments stay unknown. */
export function run(m: Machine, callee: FunctionValue, args: readonly Value[]): Value {
  const { node } = callee;
  if (m.stack.length > deepest || m.stack.filter((one) => one === node).length > 1) return unknown;
  const scope: Scope = { names: new Map(), parent: callee.scope, file: callee.file };
  if (callee.self) scope.names.set('this', callee.self);
  bindParameters(m, node.params, args, scope);
  if (!node.body) return unknown;
  m.stack.push(node);
  m.onRun(callee);
  // A call may spend half of what is left, so that what stands after it is read in any case.
  const kept = Math.floor(m.budget / 2);
  m.budget -= kept;
  const result =
    node.body.type === 'BlockStatement'
      ? returned(m, node.body.body, scope)
      : evaluate(m, node.body, scope);
  m.budget = Math.max(m.budget, 0) + kept;
  m.stack.pop();
  return result;
}

function bindParameters(
  m: Machine,
  params: readonly Node[],
  args: readonly Value[],
  scope: Scope,
): void {
  for (const [index, param] of params.entries()) {
    if (param.type === 'RestElement') {
      const rest = args.slice(index);
      bindPattern(m, param.argument, { kind: 'array', items: rest, open: false }, scope);
      return;
    }
    if (param.type === 'TSParameterProperty') {
      const value = args[index] ?? injected(m, param.parameter, scope);
      bindPattern(m, param.parameter, value, scope);
      const self = scope.names.get('this');
      if (self?.kind === 'object' && param.parameter.type === 'Identifier') {
        self.members.set(param.parameter.name, value);
      }
      continue;
    }
    bindPattern(m, param, args[index] ?? injected(m, param, scope), scope);
  }
}

/** What dependency injection hands over: an instance of the annotated class. */
export function injected(m: Machine, param: Node, scope: Scope): Value {
  const annotation = 'typeAnnotation' in param ? param.typeAnnotation : undefined;
  const type = annotation && 'typeAnnotation' in annotation ? annotation.typeAnnotation : undefined;
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return unknown;
  const named = lookup(m, scope, type.typeName.name);
  return instanceOf(m, named);
}

export function instanceOf(m: Machine, named: Value): Value {
  if (named.kind === 'class') {
    return m.stack.includes(named.node) ? unknown : construct(m, named, []);
  }
  return named.kind === 'external' ? { kind: 'member', of: named, name: 'instance' } : unknown;
}

/** An instance of a class of the project: its fields, then its constructor. */
export function construct(m: Machine, of: ClassValue, args: readonly Value[]): Value {
  const self: ObjectValue = { kind: 'object', members: new Map(), open: true, of };
  if (m.stack.length > deepest || m.stack.includes(of.node)) return self;
  m.stack.push(of.node);
  const scope: Scope = { names: new Map([['this', self]]), parent: of.scope, file: of.file };
  for (const one of of.node.body.body) {
    if (one.type !== 'PropertyDefinition' || one.static || !one.value) continue;
    if (one.key.type === 'Identifier')
      self.members.set(one.key.name, evaluate(m, one.value, scope));
  }
  const made = of.node.body.body.find(
    (one) => one.type === 'MethodDefinition' && one.kind === 'constructor',
  );
  if (made?.type === 'MethodDefinition' && made.value.type === 'FunctionExpression') {
    run(m, { kind: 'function', file: of.file, node: made.value, scope, self }, args);
  } else if (of.node.superClass) {
    inherit(m, evaluate(m, of.node.superClass, of.scope), args, self);
  }
  m.stack.pop();
  return self;
}

function inherit(m: Machine, parent: Value, args: readonly Value[], self: ObjectValue): void {
  if (parent.kind !== 'class') return;
  const base = construct(m, parent, args);
  if (base.kind !== 'object') return;
  for (const [name, value] of base.members)
    if (!self.members.has(name)) self.members.set(name, value);
}

function returned(m: Machine, body: readonly Node[], scope: Scope): Value {
  for (const one of body) {
    if (one.type === 'FunctionDeclaration' && one.id) {
      scope.names.set(one.id.name, evaluate(m, one, scope));
    }
    if (one.type === 'ClassDeclaration' && one.id) {
      scope.names.set(one.id.name, { kind: 'class', file: scope.file, node: one, scope });
    }
  }
  const values: Value[] = [];
  execute(m, body, scope, values);
  return values.length === 0 ? known(undefined) : choice(values);
}

/** Runs statements in order; `true` when the rest cannot be reached. */
export function execute(m: Machine, body: readonly Node[], scope: Scope, values: Value[]): boolean {
  return body.some((statement) => step(m, statement, scope, values));
}

function step(m: Machine, node: Node, scope: Scope, values: Value[]): boolean {
  if (m.budget-- <= 0) return true;
  switch (node.type) {
    case 'ExpressionStatement':
      evaluate(m, node.expression, scope);
      return false;
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations) {
        bindPattern(m, id, init ? evaluate(m, init, scope) : unknown, scope);
      }
      return false;
    case 'ReturnStatement':
      values.push(node.argument ? evaluate(m, node.argument, scope) : known(undefined));
      return true;
    case 'ThrowStatement':
      m.thrown.push(evaluate(m, node.argument, scope));
      return true;
    case 'BlockStatement':
      return execute(m, node.body, scope, values);
    case 'IfStatement': {
      const test = evaluate(m, node.test, scope);
      if (test.kind === 'literal' && test.sure) {
        const branch = test.value ? node.consequent : node.alternate;
        return branch ? step(m, branch, scope, values) : false;
      }
      const one = step(m, node.consequent, scope, values);
      const other = node.alternate ? step(m, node.alternate, scope, values) : false;
      return one && other;
    }
    case 'TryStatement': {
      const before = m.thrown.length;
      const ended = execute(m, node.block.body, scope, values);
      if (node.handler) {
        m.thrown.splice(before);
        execute(m, node.handler.body.body, scope, values);
      }
      if (node.finalizer) execute(m, node.finalizer.body, scope, values);
      return ended;
    }
    case 'SwitchStatement':
      for (const one of node.cases) execute(m, one.consequent, scope, values);
      return false;
    case 'ForOfStatement':
      loop(m, node, scope, values);
      return false;
    case 'ForStatement':
    case 'WhileStatement':
    case 'ForInStatement':
      step(m, node.body, scope, values);
      return false;
    case 'ExportNamedDeclaration':
      return node.declaration ? step(m, node.declaration, scope, values) : false;
    default:
      return false;
  }
}

function loop(
  m: Machine,
  node: Extract<Node, { type: 'ForOfStatement' }>,
  scope: Scope,
  values: Value[],
): void {
  const pattern =
    node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
  if (!pattern) return;
  for (const one of options(evaluate(m, node.right, scope))) {
    const items = one.kind === 'array' ? one.items.slice(0, longest) : [unknown];
    for (const item of items) {
      bindPattern(m, pattern, item, scope);
      step(m, node.body, scope, values);
    }
  }
}
