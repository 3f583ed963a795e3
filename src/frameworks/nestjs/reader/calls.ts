import type { Node } from '../../../languages/javascript/parse.ts';
import { callBuiltin } from './builtins.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { construct, run } from './execute.ts';
import { argumentsOf } from './literals.ts';
import { lookup } from './names.ts';
import type { Scope } from './program.ts';
import {
  type CallValue,
  choice,
  known,
  options,
  textOfValue,
  unknown,
  type Value,
} from './values.ts';

export function importValue(m: Machine, node: Node, scope: Scope): Value {
  const source = 'source' in node ? evaluate(m, node.source as Node, scope) : unknown;
  const text = textOfValue(source);
  return text ? lookup(m, scope, `import:${text.text}`) : unknown;
}

export function call(
  m: Machine,
  node: Extract<Node, { type: 'CallExpression' }>,
  scope: Scope,
): Value {
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
    const missing = callee.node.params
      .slice(args.length)
      .filter((one) => one.type !== 'RestElement')
      .map(() => known(undefined));
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
