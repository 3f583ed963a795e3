import type { Node } from '../../../languages/javascript/parse.ts';
import { call, callValue, importValue } from './calls.ts';
import { argumentsOf, array, object } from './literals.ts';
import { memberName, memberValue } from './members.ts';
import { lookup } from './names.ts';
import { binary, logical, template, unary } from './operators.ts';
import type { Program, Scope } from './program.ts';
import {
  type CallValue,
  choice,
  type FunctionNode,
  type FunctionValue,
  known,
  unknown,
  type Value,
} from './values.ts';

/** What one evaluation carries along. */
export interface Machine {
  program: Program;
  /** Every call that is not of the project's own code, in the order in which it runs. */
  onCall: (call: CallValue) => void;
  /** Gives a value to a call that only the framework's own knowledge can: `config.get('prefix')`. */
  answer: (call: CallValue) => Value | undefined;
  /** Every function of the project that is run. */
  onRun: (callee: FunctionValue) => void;
  /** What is thrown and not caught again on the way out. */
  thrown: Value[];
  /** Functions and declarations under way, against recursion. */
  stack: unknown[];
  /** Steps that are left: an honest bootstrap needs a few thousand. */
  budget: number;
}

export function machine(
  program: Program,
  hooks: Partial<Pick<Machine, 'onCall' | 'answer' | 'onRun'>> = {},
): Machine {
  return {
    program,
    onCall: hooks.onCall ?? (() => {}),
    answer: hooks.answer ?? (() => undefined),
    onRun: hooks.onRun ?? (() => {}),
    thrown: [],
    stack: [],
    budget: steps,
  };
}

/** Steps for one module or one controller; a budget for the whole project would starve large ones. */
const steps = 200_000;

/** Starts a new piece of work; `false` where the former one ran out of steps. */
export function refill(m: Machine): boolean {
  const left = m.budget > 0;
  m.budget = steps;
  return left;
}

/** The value of an expression in a scope. Unknown parts stay unknown; nothing is guessed. */
export function evaluate(m: Machine, node: Node | null | undefined, scope: Scope): Value {
  if (!node || m.budget-- <= 0) return unknown;
  const next = (child: Node | null | undefined) => evaluate(m, child, scope);
  switch (node.type) {
    case 'Literal':
      return 'regex' in node || typeof node.value === 'bigint'
        ? unknown
        : known(node.value as string | number | boolean | null);
    case 'TemplateLiteral':
      return template(node, next);
    case 'Identifier':
      return lookup(m, scope, node.name);
    case 'ThisExpression':
      return lookup(m, scope, 'this');
    case 'Super':
      return parentOf(m, lookup(m, scope, 'this'));
    case 'AwaitExpression':
    case 'UnaryExpression':
      return node.type === 'AwaitExpression' ? next(node.argument) : unary(node, next);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return next(node.expression);
    case 'BinaryExpression':
      return binary(node.operator, next(node.left), next(node.right));
    case 'LogicalExpression':
      return logical(node.operator, next(node.left), () => next(node.right));
    case 'ConditionalExpression': {
      const test = next(node.test);
      if (test.kind === 'literal' && test.sure)
        return next(test.value ? node.consequent : node.alternate);
      const branches = [next(node.consequent), next(node.alternate)];
      // What an owner runs without setting the environment comes first.
      if (test.kind === 'literal' && !test.value) branches.reverse();
      return choice(branches);
    }
    case 'ArrayExpression':
      return array(node.elements, next);
    case 'ObjectExpression':
      return object(m, node, scope);
    case 'MemberExpression':
      return memberValue(m, node, scope);
    case 'CallExpression':
      return call(m, node, scope);
    case 'NewExpression':
      return callValue(m, next(node.callee), argumentsOf(node.arguments, next), node, scope, true);
    case 'ImportExpression':
      return importValue(m, node, scope);
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return functionValue(node, scope);
    case 'ClassExpression':
    case 'ClassDeclaration':
      return { kind: 'class', file: scope.file, node, scope };
    case 'AssignmentExpression': {
      if (node.operator === '??=' || node.operator === '||=') {
        const old = next(node.left);
        if (old.kind === 'array' || old.kind === 'object') return old;
      }
      const value = next(node.right);
      if (node.left.type === 'Identifier') scope.names.set(node.left.name, value);
      else if (node.left.type === 'MemberExpression') assignMember(m, node.left, value, scope);
      return value;
    }
    case 'SequenceExpression':
      return node.expressions.map(next).at(-1) ?? unknown;
    default:
      return unknown;
  }
}

function parentOf(m: Machine, self: Value): Value {
  const of = self.kind === 'object' ? self.of : self.kind === 'class' ? self : undefined;
  const parent = of?.node.superClass ? evaluate(m, of.node.superClass, of.scope) : unknown;
  if (parent.kind !== 'class' || self.kind !== 'object') return parent;
  return { ...self, members: new Map(), of: parent };
}

function functionValue(node: FunctionNode, scope: Scope): Value {
  return { kind: 'function', file: scope.file, node, scope };
}

function assignMember(
  m: Machine,
  target: Extract<Node, { type: 'MemberExpression' }>,
  value: Value,
  scope: Scope,
): void {
  const object = evaluate(m, target.object, scope);
  const name = memberName(m, target, scope);
  if (object.kind === 'object' && name !== undefined) object.members.set(name, value);
}
