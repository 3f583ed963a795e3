import { type Node, propertyName } from '../../../languages/javascript/parse.ts';
import { callBuiltin } from './builtins.ts';
import { construct, run } from './execute.ts';
import { declarationValue, lookup } from './names.ts';
import type { Program, Scope } from './program.ts';
import {
  type CallValue,
  choice,
  type FunctionNode,
  type FunctionValue,
  known,
  options,
  textOfValue,
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
      return choice([next(node.consequent), next(node.alternate)]);
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

function template(
  node: Extract<Node, { type: 'TemplateLiteral' }>,
  next: (child: Node) => Value,
): Value {
  let text = '';
  let sure = true;
  for (const [index, quasi] of node.quasis.entries()) {
    text += quasi.value.cooked ?? quasi.value.raw;
    const expression = node.expressions[index];
    if (!expression) continue;
    const part = textOfValue(next(expression));
    if (!part) return unknown;
    text += part.text;
    sure &&= part.sure;
  }
  return known(text, sure);
}

function unary(
  node: Extract<Node, { type: 'UnaryExpression' }>,
  next: (child: Node) => Value,
): Value {
  const value = next(node.argument);
  if (node.operator === 'void') return known(undefined);
  if (node.operator === '!' && /^(array|object|class|function)$/.test(value.kind)) {
    return known(false);
  }
  if (value.kind !== 'literal') return unknown;
  if (node.operator === '!') return known(!value.value, value.sure);
  if (node.operator === '-' && typeof value.value === 'number') return known(-value.value);
  if (node.operator === '+') return known(Number(value.value), value.sure);
  return unknown;
}

function binary(operator: string, left: Value, right: Value): Value {
  if (operator === '+') {
    if (left.kind === 'literal' && right.kind === 'literal') {
      const [a, b] = [left.value, right.value];
      if (typeof a === 'number' && typeof b === 'number') return known(a + b);
    }
    const [a, b] = [textOfValue(left), textOfValue(right)];
    return a && b ? known(a.text + b.text, a.sure && b.sure) : unknown;
  }
  if (left.kind !== 'literal' || right.kind !== 'literal') return unknown;
  const sure = left.sure && right.sure;
  if (operator === '===' || operator === '==') return known(left.value === right.value, sure);
  if (operator === '!==' || operator === '!=') return known(left.value !== right.value, sure);
  const [a, b] = [Number(left.value), Number(right.value)];
  if (operator === '*') return known(a * b, sure);
  if (operator === '-') return known(a - b, sure);
  return unknown;
}

function logical(operator: string, left: Value, right: () => Value): Value {
  if (operator === '&&') {
    if (left.kind === 'literal' && left.sure && !left.value) return left;
    return right();
  }
  if (left.kind === 'literal') {
    const empty = operator === '??' ? left.value === null || left.value === undefined : !left.value;
    if (!empty) return left;
    const other = right();
    return other.kind === 'literal' ? { ...other, sure: other.sure && left.sure } : other;
  }
  const opaque = left.kind === 'unknown' || left.kind === 'call' || left.kind === 'member';
  const other = right();
  if (!opaque && left.kind !== 'choice') return left;
  // The environment is not known: what stands behind `||` is what an owner runs without setting it.
  if (other.kind === 'literal') return { ...other, sure: false };
  return left.kind === 'unknown' ? other : choice([left, other]);
}

function array(elements: readonly (Node | null)[], next: (child: Node) => Value): Value {
  const items: Value[] = [];
  let open = false;
  for (const element of elements) {
    if (!element) continue;
    if (element.type !== 'SpreadElement') {
      items.push(next(element));
      continue;
    }
    for (const one of options(next(element.argument))) {
      if (one.kind === 'array') {
        items.push(...one.items);
        open ||= one.open;
      } else if (one.kind !== 'literal') {
        open = true;
        items.push(one);
      }
    }
  }
  return { kind: 'array', items, open };
}

function object(
  m: Machine,
  node: Extract<Node, { type: 'ObjectExpression' }>,
  scope: Scope,
): Value {
  const result = { kind: 'object' as const, members: new Map<string, Value>(), open: false };
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      for (const one of options(evaluate(m, property.argument, scope))) {
        if (one.kind === 'object') {
          for (const [name, value] of one.members) result.members.set(name, value);
        } else if (one.kind !== 'literal') result.open = true;
      }
      continue;
    }
    const name = property.computed
      ? textOfValue(evaluate(m, property.key, scope))?.text
      : propertyName(property);
    if (name === undefined) result.open = true;
    else result.members.set(name, evaluate(m, property.value, scope));
  }
  return result;
}

export function argumentsOf(nodes: readonly Node[], next: (child: Node) => Value): Value[] {
  const result = array(nodes, next);
  return result.kind === 'array' ? [...result.items] : [];
}

function memberName(
  m: Machine,
  node: Extract<Node, { type: 'MemberExpression' }>,
  scope: Scope,
): string | undefined {
  if (!node.computed) return 'name' in node.property ? node.property.name : undefined;
  return textOfValue(evaluate(m, node.property, scope))?.text;
}

function memberValue(
  m: Machine,
  node: Extract<Node, { type: 'MemberExpression' }>,
  scope: Scope,
): Value {
  const name = memberName(m, node, scope);
  const object = evaluate(m, node.object, scope);
  if (name === undefined) return choice(options(object).map(() => unknown));
  return choice(options(object).map((one) => memberOf(m, one, name)));
}

/** A member of one value; getters and inherited members included. */
export function memberOf(m: Machine, object: Value, name: string): Value {
  switch (object.kind) {
    case 'object': {
      const own = object.members.get(name);
      if (own) return own;
      const inherited = object.of && declarationValue(m, object.of, name, object);
      if (!inherited && !object.open && !object.of) return known(undefined);
      return inherited ?? { kind: 'member', of: object, name };
    }
    case 'class':
      return declarationValue(m, object, name, undefined) ?? { kind: 'member', of: object, name };
    case 'namespace':
      return lookup(m, object.file.scope, `export:${name}`);
    case 'external':
      return environmentMember(m, object, name);
    case 'array': {
      const index = Number(name);
      if (name === 'length' && !object.open) return known(object.items.length);
      return object.items[index] ?? { kind: 'member', of: object, name };
    }
    case 'literal':
      if (object.value === undefined || object.value === null) return known(undefined, object.sure);
      return { kind: 'member', of: object, name };
    default:
      return { kind: 'member', of: object, name };
  }
}

function environmentMember(
  m: Machine,
  object: Extract<Value, { kind: 'external' }>,
  name: string,
): Value {
  if (object.from === 'global' && object.name === 'process.env') {
    const set = m.program.environment.get(name);
    return set === undefined || set === '' ? unknown : known(set, false);
  }
  return {
    kind: 'external',
    from: object.from,
    name: object.name === '*' ? name : `${object.name}.${name}`,
  };
}

function importValue(m: Machine, node: Node, scope: Scope): Value {
  const source = 'source' in node ? evaluate(m, node.source as Node, scope) : unknown;
  const text = textOfValue(source);
  return text ? lookup(m, scope, `import:${text.text}`) : unknown;
}

function call(m: Machine, node: Extract<Node, { type: 'CallExpression' }>, scope: Scope): Value {
  const next = (child: Node) => evaluate(m, child, scope);
  if (node.callee.type === 'Identifier' && node.callee.name === 'require') {
    const text = textOfValue(node.arguments[0] && next(node.arguments[0]));
    if (text) return lookup(m, scope, `import:${text.text}`);
  }
  const callee = next(node.callee);
  const args = argumentsOf(node.arguments, next);
  if (node.callee.type === 'MemberExpression' && node.callee.object.type === 'Super') {
    const self = lookup(m, scope, 'this');
    // `super.register(options)` of `ConfigurableModuleClass`: a dynamic module of this class.
    if (self.kind === 'class' && callee.kind !== 'function') {
      return { kind: 'object', members: new Map([['module', self as Value]]), open: true };
    }
  }
  return choice(options(callee).map((one) => callValue(m, one, args, node, scope, false)));
}

/** Runs a call of the project's own code, or keeps it as a call and tells the listener. */
export function callValue(
  m: Machine,
  callee: Value,
  args: readonly Value[],
  node: Node,
  scope: Scope,
  isNew: boolean,
): Value {
  if (isNew && callee.kind === 'class') return construct(m, callee, args);
  if (!isNew && callee.kind === 'function') {
    // What a caller leaves out is undefined; only the container fills in what is missing.
    const missing = callee.node.params.slice(args.length).map(() => known(undefined));
    return run(m, callee, [...args, ...missing]);
  }
  if (callee.kind === 'external' && callee.name === 'process.cwd') return known('.', false);
  if (!isNew) {
    const built = callBuiltin(m, callee, args, node, scope);
    if (built) return built;
  }
  const kept: CallValue = { kind: 'call', callee, args, isNew, file: scope.file, node };
  const answered = m.answer(kept);
  if (answered) return answered;
  m.onCall(kept);
  runCallbacks(m, kept);
  return kept;
}

// `clusterize(bootstrap)`, `.then(() => …)`: a function that is handed over may run. Decorators are not run here.
function runCallbacks(m: Machine, call: CallValue): void {
  if (call.callee.kind === 'external' && call.callee.from.startsWith('@')) return;
  for (const argument of call.args) {
    if (argument.kind !== 'function' || m.stack.includes(argument.node)) continue;
    run(m, argument, []);
  }
}
