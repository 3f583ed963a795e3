import { childrenOf, type Node } from '../../../languages/javascript/parse.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import { type Closure, optionsOf, type Value } from '../../../languages/javascript/run/values.ts';

/**
 * The function that does the work: behind `asyncHandler(fn)` of a package or of the project, whose own
 * function only calls the one that it was given.
 */
export function innerHandler(machine: Machine, value: Value, depth = 0): Closure | undefined {
  if (depth > 4) return undefined;
  for (const one of optionsOf(value)) {
    if (one.k === 'external') {
      const inner = one.args
        ?.map((each) => innerHandler(machine, each, depth + 1))
        .find((each) => each);
      if (inner) return inner;
    }
    if (one.k === 'closure') return wrapped(one, depth) ?? one;
  }
  return undefined;
}

/** A short function that hands its request to a function of the scope around it. */
function wrapped(fn: Closure, depth: number): Closure | undefined {
  const [first] = fn.node.params;
  const name = first?.type === 'Identifier' ? first.name : undefined;
  const rest =
    first?.type === 'RestElement' && first.argument.type === 'Identifier'
      ? first.argument.name
      : undefined;
  if (!fn.node.body || depth > 4 || (name === undefined && rest === undefined)) return undefined;
  let found: Closure | undefined;
  let touches = 0;
  const visit = (node: Node): void => {
    if (
      node.type === 'MemberExpression' &&
      node.object.type === 'Identifier' &&
      node.object.name === name
    ) {
      touches += 1;
    }
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier') {
      const target = fn.scope.lookup(node.callee.name);
      const [given] = node.arguments;
      const gives =
        (given?.type === 'Identifier' && given.name === name) ||
        (given?.type === 'SpreadElement' &&
          given.argument.type === 'Identifier' &&
          given.argument.name === rest);
      const isParameter = !fn.scope.root().hasOwn(node.callee.name);
      if (gives && isParameter && target?.k === 'closure' && target !== fn) found ??= target;
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(fn.node.body);
  if (!found || touches > 0) return undefined;
  return wrapped(found, depth + 1) ?? found;
}
