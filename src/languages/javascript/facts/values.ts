import { type Node, propertyName, stringLiteral } from '../parse.ts';
import { isFunction, memberName } from './patterns.ts';
import { across, originOf, type Source } from './source.ts';

/** An expression together with the file that it stands in. */
export interface At {
  node: Node;
  source: Source;
}

/** The expression behind names, casts, members and imports, as far as it can be followed. */
export function settle(node: Node | null | undefined, source: Source, depth = 0): At | undefined {
  if (!node) return undefined;
  if (depth > 12) return { node, source };
  const next = (one: Node | null | undefined, from = source) => settle(one, from, depth + 1);
  switch (node.type) {
    case 'Identifier': {
      const binding = source.lookup(node.name, node);
      if (binding === undefined) return { node, source };
      if (binding.from !== undefined) {
        const other = across(binding.from, binding.imported ?? 'default', source);
        return other ? next(other.node, other.source) : { node, source };
      }
      if (binding.kind === 'function' && binding.init) return { node: binding.init, source };
      if (binding.kind !== 'variable' || binding.assigned.length > (binding.init ? 0 : 1))
        return { node, source };
      const init = next(binding.init ?? binding.assigned[0]);
      if (init === undefined) return { node, source };
      return (
        binding.path.reduce<At | undefined>(
          (at, name) => at && memberAt(at, name, depth),
          init,
        ) ?? { node, source }
      );
    }
    case 'MemberExpression': {
      const name = memberName(node);
      if (name === undefined) return { node, source };
      if (node.object.type === 'ThisExpression')
        return next(source.own.get(name)) ?? { node, source };
      const object = next(node.object);
      return (object && memberAt(object, name, depth)) ?? { node, source };
    }
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
    case 'TSTypeAssertion':
    case 'ChainExpression':
      return next(node.expression);
    case 'AwaitExpression':
      return next(node.argument);
    case 'CallExpression': {
      const from = moduleOf({ node, source });
      if (from !== undefined) {
        const other = across(from, 'default', source);
        return other ? next(other.node, other.source) : { node, source };
      }
      if (/^(?:Object\.freeze|registerAs)$/.test(calleeText(node)))
        return next(node.arguments.at(-1));
      const fn = next(node.callee);
      const only =
        fn && isFunction(fn.node) && node.arguments.length === 0 ? returned(fn.node) : undefined;
      return only && fn ? next(only, fn.source) : { node, source };
    }
    default:
      return { node, source };
  }
}

function memberAt(at: At, name: string, depth: number): At | undefined {
  const from = moduleOf(at);
  if (from !== undefined) {
    const other = across(from, name, at.source);
    return other && settle(other.node, other.source, depth + 1);
  }
  if (at.node.type !== 'ObjectExpression') return undefined;
  const property = at.node.properties.findLast(
    (one) => one.type === 'Property' && propertyName(one) === name,
  );
  return property?.type === 'Property' ? settle(property.value, at.source, depth + 1) : undefined;
}

/** The module that a whole import or a `require` call stands for. */
function moduleOf({ node, source }: At): string | undefined {
  if (node.type === 'Identifier') {
    const binding = source.lookup(node.name, node);
    return binding?.imported === '*' ? binding.from : undefined;
  }
  const isRequire = node.type === 'CallExpression' && calleeText(node) === 'require';
  return isRequire ? stringLiteral(node.arguments[0]) : undefined;
}

/** The one expression that a function returns. */
export function returned(fn: Node): Node | undefined {
  if (!isFunction(fn) || !fn.body) return undefined;
  if (fn.body.type !== 'BlockStatement') return fn.body;
  const [only, ...more] = fn.body.body.filter((one) => one.type !== 'VariableDeclaration');
  return only?.type === 'ReturnStatement' && more.length === 0
    ? (only.argument ?? undefined)
    : undefined;
}

/** `a.b.c` of a callee, without following names. */
export function calleeText(node: Node): string {
  if (node.type === 'CallExpression' || node.type === 'NewExpression')
    return calleeText(node.callee);
  if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression')
    return calleeText(node.expression);
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type === 'Super') return 'super';
  if (node.type === 'MemberExpression')
    return `${calleeText(node.object)}.${memberName(node) ?? '?'}`;
  return '?';
}

/** A text that the source states, through names and files. */
export function textValue(
  node: Node | null | undefined,
  source: Source,
): { value: string; at: At } | undefined {
  const at = settle(node, source);
  if (at === undefined) return undefined;
  const { node: end } = at;
  if (end.type === 'Literal')
    return typeof end.value === 'string' ? { value: end.value, at } : undefined;
  if (end.type === 'TemplateLiteral') {
    let value = '';
    for (const [index, quasi] of end.quasis.entries()) {
      value += quasi.value.cooked ?? '';
      const hole = end.expressions[index];
      const part = hole && textValue(hole, at.source);
      if (hole && part === undefined) return undefined;
      value += part?.value ?? '';
    }
    return { value, at };
  }
  if (end.type === 'BinaryExpression' && end.operator === '+') {
    const left = textValue(end.left, at.source);
    const right = textValue(end.right, at.source);
    return left && right && { value: left.value + right.value, at };
  }
  return undefined;
}

/** A number that the source states: `10`, `10 * 1024`, `'10mb'` stays undefined here. */
export function numberValue(node: Node | null | undefined, source: Source): number | undefined {
  const at = settle(node, source);
  if (at === undefined) return undefined;
  const { node: end } = at;
  if (end.type === 'Literal') return typeof end.value === 'number' ? end.value : undefined;
  if (end.type === 'Identifier' && end.name === 'Infinity') return Number.POSITIVE_INFINITY;
  if (end.type !== 'BinaryExpression') return undefined;
  const left = numberValue(end.left, at.source);
  const right = numberValue(end.right, at.source);
  if (left === undefined || right === undefined) return undefined;
  if (end.operator === '*') return left * right;
  if (end.operator === '+') return left + right;
  if (end.operator === '**') return left ** right;
  return end.operator === '/' ? left / right : undefined;
}

export function flagValue(node: Node | null | undefined, source: Source): boolean | undefined {
  const end = settle(node, source)?.node;
  if (end?.type === 'Literal' && typeof end.value === 'boolean') return end.value;
  if (end?.type === 'UnaryExpression' && end.operator === '!' && end.argument.type === 'Literal') {
    return !end.argument.value;
  }
  return undefined;
}

/** Whether the expression reads the environment or a configuration. */
export function isEnvironment(node: Node, source: Source): boolean {
  const name = calleeText(node);
  if (/^process\.env\b|^import\.meta\.env\b|^Bun\.env\b|^Deno\.env\b/.test(name)) return true;
  if (node.type === 'CallExpression') {
    return (
      /(?:^|\.)(?:get|getOrThrow|env|require|required)$/.test(name) && /config|env/i.test(name)
    );
  }
  return (
    originOf(node, source)?.package === 'config' ||
    /(?:^|\.)(?:config|env|settings)\w*\./i.test(name)
  );
}
