import { type Node, textOf } from '../parse.ts';
import { classValue } from './classes.ts';
import { closure, doubtfully, evaluate, nameAfter } from './expressions.ts';
import { loop } from './loops.ts';
import type { Machine } from './machine.ts';
import { type Bind, destructure } from './patterns.ts';
import { Scope } from './scope.ts';
import { choose } from './switch.ts';
import { either, primitive, record, truth, undefinedValue, unknown, type Value } from './values.ts';

/** How a statement ended, when it was not by running to its end. */
export type Completion =
  | { end: 'return'; value: Value }
  | { end: 'break' | 'continue'; label: string | undefined }
  | { end: 'throw' }
  | undefined;

/** Runs a statement list in a scope: functions first, as the language hoists them. */
export function runBody(machine: Machine, body: readonly Node[], scope: Scope): Completion {
  for (const statement of body) hoist(statement, scope);
  for (const statement of body) {
    const completion = run(machine, statement, scope);
    if (completion) return completion;
  }
  return undefined;
}

/** Functions of a block are there before its first statement. */
export function hoist(statement: Node, scope: Scope): void {
  const declared = 'declaration' in statement ? statement.declaration : statement;
  if (!declared || typeof declared !== 'object' || declared.type !== 'FunctionDeclaration') return;
  const made = closure(declared, scope, declared.id?.name);
  if (declared.id) scope.declare(declared.id.name, made);
  if (statement.type === 'ExportDefaultDeclaration') scope.declare('*default', made);
}

/** Runs one statement. */
export function run(machine: Machine, node: Node, scope: Scope): Completion {
  machine.tick(scope.module);
  switch (node.type) {
    case 'ExpressionStatement':
      evaluate(machine, node.expression, scope);
      return undefined;
    case 'VariableDeclaration':
      declare(machine, node, scope);
      return undefined;
    case 'ReturnStatement':
      return {
        end: 'return',
        value: node.argument ? evaluate(machine, node.argument, scope) : undefinedValue,
      };
    case 'IfStatement':
      return branch(machine, node, scope);
    case 'BlockStatement':
      return runBody(machine, node.body, new Scope(scope, scope.module, machine.doubt));
    case 'ForStatement':
    case 'ForOfStatement':
    case 'ForInStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return loop(machine, node, scope);
    case 'SwitchStatement':
      return choose(machine, node, scope);
    case 'TryStatement':
      return attempt(machine, node, scope);
    case 'ThrowStatement':
      return { end: 'throw' };
    case 'BreakStatement':
    case 'ContinueStatement':
      return {
        end: node.type === 'BreakStatement' ? 'break' : 'continue',
        label: node.label?.name,
      };
    case 'LabeledStatement': {
      const completion = run(machine, node.body, scope);
      return completion && 'label' in completion && completion.label === node.label.name
        ? undefined
        : completion;
    }
    case 'ClassDeclaration':
      if (node.id && !node.declare) scope.declare(node.id.name, classValue(machine, node, scope));
      return undefined;
    default:
      moduleStatement(machine, node, scope);
      return undefined;
  }
}

function moduleStatement(machine: Machine, node: Node, scope: Scope): void {
  if (node.type === 'ExportNamedDeclaration' && node.declaration) {
    run(machine, node.declaration, scope);
  }
  if (node.type === 'ExportDefaultDeclaration') exportDefault(machine, node.declaration, scope);
  if (node.type === 'TSExportAssignment') {
    const holder = scope.lookup('module');
    const value = evaluate(machine, node.expression, scope);
    if (holder?.k === 'record') holder.members.set('exports', value);
  }
  if (
    node.type === 'TSImportEqualsDeclaration' &&
    node.moduleReference.type === 'TSExternalModuleReference'
  ) {
    const { path } = scope.module.parsed;
    scope.declare(node.id.name, machine.require(path, node.moduleReference.expression.value));
  }
  if (node.type === 'TSEnumDeclaration') declareEnum(machine, node, scope);
}

function exportDefault(machine: Machine, node: Node, scope: Scope): void {
  if (node.type === 'FunctionDeclaration' || node.type.startsWith('TS')) return;
  if (node.type === 'ClassDeclaration') {
    const made = classValue(machine, node, scope);
    if (node.id) scope.declare(node.id.name, made);
    scope.declare('*default', made);
    return;
  }
  scope.declare('*default', evaluate(machine, node, scope));
}

function declareEnum(
  machine: Machine,
  node: Extract<Node, { type: 'TSEnumDeclaration' }>,
  scope: Scope,
): void {
  const made = record();
  let index = 0;
  for (const member of node.body.members) {
    const name =
      member.id.type === 'Identifier'
        ? member.id.name
        : 'value' in member.id
          ? String(member.id.value)
          : '';
    const value = member.initializer
      ? evaluate(machine, member.initializer, scope)
      : primitive(index);
    if (value.k === 'primitive' && typeof value.value === 'number') index = value.value + 1;
    made.members.set(name, value);
  }
  scope.declare(node.id.name, made);
}

function declare(
  machine: Machine,
  node: Extract<Node, { type: 'VariableDeclaration' }>,
  scope: Scope,
): void {
  if (node.declare) return;
  for (const { id, init } of node.declarations) {
    const owner = node.kind === 'var' ? scope.functionScope() : scope;
    const bind: Bind = (name, value) => {
      if (node.kind === 'var' && owner.hasOwn(name)) {
        if (init) owner.assign(name, value, machine.doubt);
      } else owner.declare(name, value);
    };
    let value: Value = init ? evaluate(machine, init, scope) : undefinedValue;
    if (
      value.k === 'external' &&
      value.module.startsWith('.') &&
      value.path.length === 0 &&
      id.type === 'Identifier'
    ) {
      // Code that lives beside a copy of the package imports it by a path out of the tree.
      value = machine.host.packageValue(id.name) ?? value;
    }
    nameAfter(value, id);
    destructure(machine, scope, id, value, bind);
  }
}

function branch(
  machine: Machine,
  node: Extract<Node, { type: 'IfStatement' }>,
  scope: Scope,
): Completion {
  const known = truth(evaluate(machine, node.test, scope));
  if (known === true) return run(machine, node.consequent, scope);
  if (known === false) return node.alternate ? run(machine, node.alternate, scope) : undefined;
  const condition = textOf(scope.module.parsed, node.test);
  const one = doubtfully(machine, condition, () => run(machine, node.consequent, scope));
  const { alternate } = node;
  const other = alternate
    ? doubtfully(machine, `!(${condition})`, () => run(machine, alternate, scope))
    : undefined;
  return merge(machine, one, other);
}

/** Both sides ended early, or the rest still runs and the value of the side that returned is kept. */
function merge(machine: Machine, one: Completion, other: Completion): Completion {
  if (one?.end === 'return' && other?.end === 'return') {
    return { end: 'return', value: either(one.value, other.value) };
  }
  for (const each of [one, other]) if (each?.end === 'return') machine.returns.push(each.value);
  if (one?.end === 'throw' && other?.end === 'return') return other;
  if (other?.end === 'throw' && one?.end === 'return') return one;
  return one && other && one.end === other.end ? one : undefined;
}

function attempt(
  machine: Machine,
  node: Extract<Node, { type: 'TryStatement' }>,
  scope: Scope,
): Completion {
  const first = run(machine, node.block, scope);
  const { handler, finalizer } = node;
  let second: Completion;
  if (handler) {
    const inner = new Scope(scope, scope.module, machine.doubt);
    const { param } = handler;
    if (param)
      destructure(machine, inner, param, unknown, (name, value) => inner.declare(name, value));
    second = doubtfully(machine, 'an error', () => run(machine, handler.body, inner));
  }
  const last = finalizer ? run(machine, finalizer, scope) : undefined;
  if (last) return last;
  if (first?.end === 'return') return first;
  if (first?.end === 'throw' || first === undefined) {
    if (second?.end === 'return') machine.returns.push(second.value);
    return undefined;
  }
  return first;
}
