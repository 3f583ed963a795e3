import { propertyName } from '../literal.ts';
import { childrenOf, type Node, textOf } from '../parse.ts';
import { callSite, callValue } from './calls.ts';
import { classValue, inherited } from './classes.ts';
import { constructSite } from './construct.ts';
import { arrayOf, objectOf, template } from './literals.ts';
import type { Machine } from './machine.ts';
import { getMember } from './members.ts';
import { binary, unary } from './operators.ts';
import { assignMember, destructure, memberName } from './patterns.ts';
import type { Scope } from './scope.ts';
import {
  type Closure,
  either,
  type FunctionNode,
  hole,
  primitive,
  record,
  stringOf,
  truth,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** The value of an expression, as far as the source says. */
export function evaluate(machine: Machine, node: Node, scope: Scope): Value {
  machine.tick(scope.module);
  const next = (child: Node) => evaluate(machine, child, scope);
  switch (node.type) {
    case 'Literal':
      if ('regex' in node)
        return { k: 'regexp', source: node.regex.pattern, flags: node.regex.flags };
      return typeof node.value === 'bigint' ? unknown : primitive(node.value as string);
    case 'TemplateLiteral':
      return template(node, next);
    case 'Identifier':
      if (node.name === 'undefined') return undefinedValue;
      return scope.lookup(node.name) ?? machine.globals.get(node.name) ?? unknown;
    case 'ThisExpression':
      return scope.thisValue();
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return closure(node, scope, node.id?.name);
    case 'ClassExpression':
      return classValue(machine, node, scope);
    case 'ArrayExpression':
      return arrayOf(machine, node.elements, scope);
    case 'ObjectExpression':
      return objectOf(machine, node, scope);
    case 'CallExpression':
      return callSite(machine, node, scope);
    case 'NewExpression':
      return constructSite(machine, node, scope);
    case 'ImportExpression':
      return dynamicImport(machine, next(node.source), scope);
    case 'MemberExpression':
      return member(machine, node, scope);
    case 'AssignmentExpression':
      return assign(machine, node, scope);
    case 'ConditionalExpression':
      return conditional(machine, node, scope);
    case 'LogicalExpression':
      return logical(machine, node.operator, next(node.left), node.right, scope);
    case 'BinaryExpression':
      return binary(node.operator, next(node.left), next(node.right));
    case 'UnaryExpression':
      return unary(node.operator, next(node.argument));
    case 'UpdateExpression':
      return update(machine, node, scope);
    case 'SequenceExpression':
      return node.expressions.map(next).at(-1) ?? unknown;
    case 'AwaitExpression':
    case 'SpreadElement':
      return next(node.argument);
    case 'YieldExpression':
      return node.argument ? next(node.argument) : unknown;
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
      return next(node.expression);
    case 'TaggedTemplateExpression':
      return unknown;
    case 'MetaProperty':
      return importMeta(scope);
    default:
      // Whatever is not known as a whole may still hold calls.
      for (const child of childrenOf(node)) if (!child.type.startsWith('TS')) next(child);
      return unknown;
  }
}

export function closure(node: FunctionNode, scope: Scope, name?: string): Closure {
  return { k: 'closure', node, scope, name, members: new Map() };
}

function dynamicImport(machine: Machine, source: Value, scope: Scope): Value {
  const specifier = stringOf(source);
  if (specifier === undefined || specifier.includes(hole)) return unknown;
  const found = machine.import(scope.module.parsed.path, specifier.replace(/^file:\/\//, ''));
  const space = machine.namespace(found);
  // `import()` of CommonJS gives its exports as `default` too.
  if (space.k !== 'record' || space.members.has('default')) return space;
  return record([...space.members, ['default', space]], space.more);
}

function member(
  machine: Machine,
  node: Extract<Node, { type: 'MemberExpression' }>,
  scope: Scope,
): Value {
  if (node.object.type === 'Super') {
    const name = memberName(machine, scope, node);
    return name === undefined ? unknown : superMember(machine, scope, name);
  }
  const target = evaluate(machine, node.object, scope);
  const name = memberName(machine, scope, node);
  if (name !== undefined && !name.includes(hole)) return getMember(machine, target, name);
  // An unknown key may be any of the members.
  if (
    target.k === 'record' &&
    target.members.size > 0 &&
    target.members.size <= 8 &&
    !target.more
  ) {
    return either(...target.members.values());
  }
  return { k: 'unknown', of: [target] };
}

// In a method, `super` is the parent of the class that the method belongs to, not of the instance's.
function superMember(machine: Machine, scope: Scope, name: string): Value {
  const self = scope.thisValue();
  const made = self.k === 'record' && self.proto?.k === 'class' ? self.proto : undefined;
  const parent = scope.homeClass()?.parent ?? made?.parent;
  if (parent?.k !== 'class') return parent ? getMember(machine, parent, name) : unknown;
  const method = inherited(parent, 'methods', name) ?? inherited(parent, 'statics', name);
  if (method) return method;
  const getter = inherited(parent, 'getters', name);
  return getter ? callValue(machine, getter, [], undefined, self) : getMember(machine, self, name);
}

function assign(
  machine: Machine,
  node: Extract<Node, { type: 'AssignmentExpression' }>,
  scope: Scope,
): Value {
  const { left, operator } = node;
  if (operator === '=') {
    const value = evaluate(machine, node.right, scope);
    nameAfter(value, left);
    destructure(machine, scope, left, value);
    return value;
  }
  const former = evaluate(machine, left as Node, scope);
  const short = operator === '||=' || operator === '&&=' || operator === '??=';
  const value = short
    ? logical(machine, operator.slice(0, -1), former, node.right, scope)
    : binary(operator.slice(0, -1), former, evaluate(machine, node.right, scope));
  if (left.type === 'Identifier') scope.assign(left.name, value, machine.doubt);
  if (left.type === 'MemberExpression') assignMember(machine, scope, left, value);
  return value;
}

/** `const name = function () {}` names the function, as the language does. */
export function nameAfter(value: Value, target: Node): void {
  if ((value.k !== 'closure' && value.k !== 'class') || value.name !== undefined) return;
  if (target.type === 'Identifier') value.name = target.name;
  if (target.type === 'MemberExpression') {
    const name = propertyName({ key: target.property, computed: target.computed });
    if (name !== undefined && name !== 'exports') value.name = name;
  }
}

function conditional(
  machine: Machine,
  node: Extract<Node, { type: 'ConditionalExpression' }>,
  scope: Scope,
): Value {
  const known = truth(evaluate(machine, node.test, scope));
  if (known === true) return evaluate(machine, node.consequent, scope);
  if (known === false) return evaluate(machine, node.alternate, scope);
  return doubtfully(machine, textOf(scope.module.parsed, node.test), () =>
    either(evaluate(machine, node.consequent, scope), evaluate(machine, node.alternate, scope)),
  );
}

/** Runs something that may not run at all; what it assigns adds to what was there. */
export function doubtfully<T>(machine: Machine, condition: string, run: () => T): T {
  machine.conditions.push(condition);
  try {
    return run();
  } finally {
    machine.conditions.pop();
  }
}

function logical(
  machine: Machine,
  operator: string,
  left: Value,
  right: Node,
  scope: Scope,
): Value {
  const known = operator === '??' ? isPresent(left) : truth(left);
  if (known !== undefined) {
    const takesRight = operator === '&&' ? known : !known;
    return takesRight ? evaluate(machine, right, scope) : left;
  }
  const run = () => evaluate(machine, right, scope);
  const other = doubtfully(machine, textOf(scope.module.parsed, right), run);
  return operator === '&&' ? other : either(left, other);
}

function isPresent(value: Value): boolean | undefined {
  if (value.k === 'primitive') return value.value !== null && value.value !== undefined;
  return value.k === 'unknown' || value.k === 'external' || value.k === 'either' ? undefined : true;
}

function update(
  machine: Machine,
  node: Extract<Node, { type: 'UpdateExpression' }>,
  scope: Scope,
): Value {
  const former = evaluate(machine, node.argument as Node, scope);
  const value = binary(node.operator === '++' ? '+' : '-', former, primitive(1));
  destructure(machine, scope, node.argument as Node, value);
  return node.prefix ? value : former;
}

function importMeta(scope: Scope): Value {
  const { path } = scope.module.parsed;
  const directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  return record(
    [
      ['url', primitive(`file:///${path}`)],
      ['dirname', primitive(`/${directory}`)],
      ['filename', primitive(`/${path}`)],
    ],
    true,
  );
}
