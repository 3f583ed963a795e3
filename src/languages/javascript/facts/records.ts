import { type Node, propertyName } from '../parse.ts';
import { isFunction, memberName } from './patterns.ts';
import { type Source, text } from './source.ts';
import { settle } from './values.ts';

export const finders =
  /^(?:find\w*|getOne|query\w*|first|fetch\w*|get\w*(?:User|Account)\w*|create|save|insert\w*)$/;

/** Whether the payload is what a query gave: a whole row, also as a spread, `toJSON()` or `toObject()`. */
export function isRecord(node: Node | undefined, source: Source, depth = 0): boolean {
  if (!node || depth > 4) return false;
  if (node.type === 'ObjectExpression') {
    return node.properties.some((one) => {
      if (one.type === 'SpreadElement') return isRecord(one.argument, source, depth + 1);
      if (one.value.type === 'Identifier' && isRecord(one.value, source, depth + 1)) return true;
      const hidden = /^(?:password|passwd|pwd|password_?hash|hashed_?password)$/i.test(
        propertyName(one) ?? '',
      );
      return hidden && !/^(?:undefined|null|''|"")$/.test(text(one.value, source));
    });
  }
  const named = node.type === 'Identifier' ? settle(node, source)?.node : undefined;
  if (named?.type === 'ObjectExpression') return isRecord(named, source, depth + 1);
  if (node.type === 'CallExpression') {
    const name = memberName(node.callee);
    if (
      node.callee.type !== 'MemberExpression' ||
      !/^(?:toJSON|toObject|get)$/.test(name ?? '') ||
      node.arguments.length > 0
    )
      return false;
    return isRecord(node.callee.object, source, depth + 1);
  }
  if (node.type === 'MemberExpression') {
    return memberName(node) === '_doc' && isRecord(node.object, source, depth + 1);
  }
  if (node.type !== 'Identifier') return false;
  const binding = source.lookup(node.name, node);
  if (binding?.kind === 'variable' && binding.path.length === 0) {
    const from = binding.init ?? binding.assigned[0];
    return isQuery(from?.type === 'AwaitExpression' ? from.argument : undefined, source);
  }
  // The result of a callback: `User.findOne(…, (err, user) => …)`, `.then((user) => …)`.
  if (binding?.kind !== 'parameter' || binding.path.length > 0 || !isFunction(binding.fn))
    return false;
  const call = source.parentOf(binding.fn);
  if (call?.type !== 'CallExpression' || call.callee === binding.fn) return false;
  if (memberName(call.callee) === 'then' && call.callee.type === 'MemberExpression') {
    return binding.index === 0 && isQuery(call.callee.object, source);
  }
  return binding.index === 1 && isQuery(call, source);
}

export function isQuery(node: Node | undefined, _source: Source): boolean {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const name = memberName(node.callee) ?? '';
  // A selection of columns is a choice.
  if (/^(?:select|lean|exec|populate|then)$/.test(name))
    return name !== 'select' && isQuery(node.callee.object, _source);
  if (!finders.test(name) || /^(?:fetch|query)/.test(name)) return false;
  return !node.arguments.some(
    (one) =>
      one.type === 'ObjectExpression' &&
      /\b(?:select|attributes|projection)\s*:/.test(text(one, _source)),
  );
}
