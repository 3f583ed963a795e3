import type { Node } from '../parse.ts';
import { conditional } from './parsing.ts';
import { isFunction, memberName } from './patterns.ts';
import { isResponse, rootOf } from './responses.ts';
import { type Say, type Source, text } from './source.ts';

const answering = /^(?:json|send|end|write|jsonp|render)$/;
const errorName = /^(?:e|ex|err|error|exception|\w+(?:Error|Err))$/;

/** Errors whose stack or message goes into an answer. */
export function answerFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
  if (!answering.test(memberName(node.callee) ?? '') || !isResponse(node.callee.object, source))
    return;
  for (const argument of node.arguments) {
    const found = leak(argument, source, 0);
    if (found === undefined) continue;
    // Behind a test of the environment it is for the developer.
    if (forDevelopment(found.node, source)) continue;
    say(
      'request-to-error',
      { what: found.what },
      node,
      memberName(found.node) === 'stack' ? 'high' : 'medium',
    );
    return;
  }
}

interface Leak {
  what: 'stack' | 'message';
  node: Node;
}

function leak(node: Node | null | undefined, source: Source, depth: number): Leak | undefined {
  if (!node || depth > 6) return undefined;
  const next = (one: Node | null | undefined) => leak(one, source, depth + 1);
  const worst = (ones: readonly (Node | null | undefined)[]): Leak | undefined => {
    const found = ones.flatMap((one) => next(one) ?? []);
    return found.find(({ what }) => what === 'stack') ?? found[0];
  };
  switch (node.type) {
    case 'Identifier':
      return isError(node, source) ? { what: 'stack', node } : undefined;
    case 'MemberExpression': {
      const name = memberName(node);
      if (name === 'stack')
        return looksLikeError(node.object, source) ? { what: 'stack', node } : undefined;
      return name === 'message' && isError(node.object, source)
        ? { what: 'message', node }
        : undefined;
    }
    case 'ObjectExpression':
      return worst(
        node.properties.map((one) => (one.type === 'Property' ? one.value : one.argument)),
      );
    case 'CallExpression': {
      if (memberName(node.callee) === 'toString' && node.callee.type === 'MemberExpression') {
        return isError(node.callee.object, source) ? { what: 'message', node } : undefined;
      }
      const name = text(node.callee, source);
      if (/^(?:String|util\.inspect|inspect)$/.test(name)) {
        const inner = next(node.arguments[0]);
        return inner && { what: name === 'String' ? 'message' : 'stack', node: inner.node };
      }
      return /^JSON\.stringify$/.test(name) ? next(node.arguments[0]) : undefined;
    }
    case 'TemplateLiteral':
      return asText(worst(node.expressions));
    case 'BinaryExpression':
      return node.operator === '+' ? asText(worst([node.left, node.right])) : undefined;
    case 'LogicalExpression':
      return worst([node.left, node.right]);
    case 'ConditionalExpression':
      return worst([node.consequent, node.alternate]);
    case 'ChainExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return next(node.expression);
    default:
      return undefined;
  }
}

/** An error inside of a text is its message, unless the stack was asked for. */
function asText(found: Leak | undefined): Leak | undefined {
  return found?.node.type === 'Identifier' ? { ...found, what: 'message' } : found;
}

function looksLikeError(node: Node, source: Source): boolean {
  const root = rootOf(node);
  return isError(node, source) || (root.type === 'Identifier' && errorName.test(root.name));
}

/** A caught value, the first parameter of a callback, or the error of an error handler. */
function isError(node: Node, source: Source): boolean {
  if (node.type === 'TSAsExpression' || node.type === 'TSNonNullExpression')
    return isError(node.expression, source);
  if (node.type !== 'Identifier') return false;
  const binding = source.lookup(node.name, node);
  if (binding?.kind === 'catch') return binding.path.length === 0;
  if (binding?.kind !== 'parameter' || binding.path.length > 0 || !errorName.test(node.name))
    return false;
  return isFunction(binding.fn) && (binding.index === 0 || binding.fn.params.length <= 2);
}

function forDevelopment(node: Node, source: Source): boolean {
  for (let at: Node | undefined = node; at && !isFunction(at); at = source.parentOf(at)) {
    const test =
      at.type === 'ConditionalExpression' || at.type === 'IfStatement'
        ? at.test
        : at.type === 'LogicalExpression'
          ? at.left
          : undefined;
    if (test && test !== node && /env|prod|\bdev|debug/i.test(text(test, source))) return true;
  }
  return conditional(node, source) && /NODE_ENV/.test(text(source.parentOf(node) ?? node, source));
}
