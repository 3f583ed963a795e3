import { childrenOf, type Node } from '../../../languages/javascript/parse.ts';
import type { Closure, Value } from '../../../languages/javascript/run/values.ts';

/** Express takes a function of four parameters as an error handler. */
export function isErrorHandler(value: Value): boolean {
  if (value.k !== 'closure') return false;
  return value.node.params.length === 4 && !value.boundArguments?.length;
}

/** Whether a handler hands the request on: it calls its `next` without an error, or passes `next` along. */
export function passesOn(fn: Closure, depth = 0): boolean {
  const third = fn.node.params[2];
  if (!third) return false;
  const name = third.type === 'Identifier' ? third.name : undefined;
  if (name === undefined || !fn.node.body) return true;
  return handsOn(fn.node.body, name, fn, depth);
}

function handsOn(node: Node, name: string, fn: Closure, depth: number): boolean {
  if (node.type === 'Identifier') return node.name === name;
  if (node.type === 'CallExpression') {
    const { callee } = node;
    if (callee.type === 'Identifier' && callee.name === name) return isNothing(node.arguments[0]);
    // `.catch(next)` hands an error on, not the request.
    if (callee.type === 'MemberExpression' && nameOf(callee.property) === 'catch') {
      return handsOn(callee.object, name, fn, depth);
    }
    const gives = node.arguments.some((one) => nameOf(one) === name);
    const target = callee.type === 'Identifier' ? fn.scope.lookup(callee.name) : undefined;
    if (gives && target?.k === 'closure' && depth < 3) return passesOn(target, depth + 1);
  }
  return childrenOf(node).some((child) => handsOn(child, name, fn, depth));
}

function nameOf(node: Node): string | undefined {
  return node.type === 'Identifier' ? node.name : undefined;
}

function isNothing(node: Node | undefined): boolean {
  if (!node) return true;
  return (
    node.type === 'Literal' &&
    (node.value === null || node.value === 'route' || node.value === 'router')
  );
}
