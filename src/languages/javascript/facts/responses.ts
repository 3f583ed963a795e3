import { type Node, propertyName } from '../parse.ts';
import { optionsOf } from './options.ts';
import { isFunction, memberName } from './patterns.ts';
import { type Source, text } from './source.ts';
import { textValue } from './values.ts';

/** One response header that code sets. */
export interface HeaderWrite {
  /** Where the name or the call stands. */
  place: Node;
  nameNode: Node | undefined;
  name: string | undefined;
  value: Node | undefined;
}

/** The object on which a chain of calls begins: `res` of `res.status(200).json(x)`. */
export function rootOf(node: Node): Node {
  let at: Node = node;
  for (;;) {
    if (at.type === 'MemberExpression') at = at.object;
    else if (at.type === 'CallExpression') at = at.callee;
    else if (at.type === 'ChainExpression' || at.type === 'TSNonNullExpression') at = at.expression;
    else if (at.type === 'TSAsExpression' || at.type === 'ParenthesizedExpression')
      at = at.expression;
    else return at;
  }
}

/** Whether a chain begins at the response object of a handler. */
export function isResponse(node: Node, source: Source): boolean {
  const root = rootOf(node);
  if (root.type !== 'Identifier') return false;
  const binding = source.lookup(root.name, root);
  if (/^_?(?:res|response|reply|resp)$/i.test(root.name)) {
    // `const response = await fetch()` is an answer of somebody else.
    return binding === undefined || binding.kind === 'parameter';
  }
  if (binding?.kind !== 'parameter') return false;
  const typed = binding.node.type === 'Identifier' ? text(binding.node.typeAnnotation, source) : '';
  if (/\b(?:\w*Response|ServerResponse)\b/.test(typed)) return true;
  const call = binding.fn && source.parentOf(binding.fn);
  if (call?.type !== 'CallExpression' || !isFunction(binding.fn)) return false;
  const verb = /^(?:get|post|put|patch|delete|all|use)$/.test(memberName(call.callee) ?? '');
  return (
    verb &&
    binding.fn.params.length >= 2 &&
    binding.index === (binding.fn.params.length === 4 ? 2 : 1)
  );
}

/** Response headers that this call sets. */
export function headerWrites(node: Node, source: Source): HeaderWrite[] {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return [];
  const method = memberName(node.callee) ?? '';
  if (!/^(?:set|setHeader|header|append|appendHeader|writeHead|location)$/.test(method)) return [];
  if (!isResponse(node.callee.object, source)) return [];
  if (method === 'location') {
    return [{ place: node, nameNode: undefined, name: 'Location', value: node.arguments[0] }];
  }
  const [first, second] = node.arguments;
  const table =
    method === 'writeHead' ? node.arguments.at(-1) : second === undefined ? first : undefined;
  if (table !== undefined) {
    const options = optionsOf(table, source);
    return options.names.map((name) => {
      const option = options.get(name)!;
      const inline = table.type === 'ObjectExpression' && option.source === source;
      return { place: inline ? option.key : node, nameNode: undefined, name, value: option.node };
    });
  }
  return [{ place: node, nameNode: first, name: textValue(first, source)?.value, value: second }];
}

/** Whether a function is mounted for every request: `app.use(fn)`. */
export function runsEverywhere(node: Node, source: Source): boolean {
  for (let at: Node | undefined = node; at; at = source.parentOf(at)) {
    if (!isFunction(at)) continue;
    const call = source.parentOf(at);
    if (call?.type === 'CallExpression') {
      return memberName(call.callee) === 'use' && call.arguments[0] === at;
    }
    const name =
      at.type === 'FunctionDeclaration'
        ? at.id?.name
        : call?.type === 'VariableDeclarator' && call.id.type === 'Identifier'
          ? call.id.name
          : undefined;
    if (name === undefined) continue;
    return [...source.world.sources.values(), source].some((one) =>
      new RegExp(`\\.use\\(\\s*(?:\\w+\\.)?${name.replace(/\$/g, '\\$')}\\s*[,)]`).test(
        one.parsed.text,
      ),
    );
  }
  return false;
}

/** The property of an object literal around a value, with its name. */
export function keyAround(node: Node, source: Source): string | undefined {
  const parent = source.parentOf(node);
  return parent?.type === 'Property' ? propertyName(parent) : undefined;
}
