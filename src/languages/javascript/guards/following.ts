import { type Fn, isFunction, memberName } from '../facts/patterns.ts';
import { originOf, type Source } from '../facts/source.ts';
import { returned, settle } from '../facts/values.ts';
import { type Node, walk } from '../parse.ts';
import { guardByLibrary } from './library.ts';
import type { Recognised } from './recognised.ts';

/** `authorize('admin')` is a function that returns the middleware. */
export function innermost(node: Node, source: Source): Node {
  let at = node;
  for (let depth = 0; depth < 3; depth += 1) {
    if (!isFunction(at)) return at;
    const result = returned(at) ?? lastReturn(at);
    const target = result && settle(result, source)?.node;
    if (!target || !isFunction(target) || takesRequest(at)) return at;
    at = target;
  }
  return at;
}

export function lastReturn(fn: Fn): Node | undefined {
  if (fn.body?.type !== 'BlockStatement') return undefined;
  const last = fn.body.body.at(-1);
  return last?.type === 'ReturnStatement' ? (last.argument ?? undefined) : undefined;
}

export function takesRequest(fn: Fn): boolean {
  const [first, second] = fn.params;
  return (
    first?.type === 'Identifier' &&
    second?.type === 'Identifier' &&
    /^_?req|^ctx$|^context$/i.test(first.name)
  );
}

export interface Part {
  node: Node;
  source: Source;
}

export function followed(node: Node, source: Source, depth: number, seen: Set<Node>): Part[] {
  seen.add(node);
  const parts: Part[] = [{ node, source }];
  if (depth >= 2) return parts;
  walk(node, (one) => {
    if (one.type !== 'CallExpression') return;
    const { callee } = one;
    const target =
      callee.type === 'MemberExpression' && callee.object.type === 'ThisExpression'
        ? methodOf(memberName(callee), source)
        : settle(callee, source);
    const at = target && 'node' in target ? target : undefined;
    if (!at || !isFunction(at.node) || seen.has(at.node)) return;
    parts.push(...followed(at.node, at.source, depth + 1, seen));
  });
  return parts;
}

export function methodOf(name: string | undefined, source: Source): Part | undefined {
  if (name === undefined) return undefined;
  const found = source.nodes.find(
    (one) =>
      one.type === 'MethodDefinition' && one.key.type === 'Identifier' && one.key.name === name,
  );
  return found?.type === 'MethodDefinition' ? { node: found.value, source } : undefined;
}

/** Known guards that the body calls: `passport.authenticate('jwt')(req, res, next)`. */
export function called(node: Node, source: Source): Recognised[] {
  const found: Recognised[] = [];
  walk(node, (one) => {
    if (one.type !== 'CallExpression' && one.type !== 'NewExpression') return;
    const origin = originOf(one.callee, source);
    if (!origin || /^(?:express|winston|express-validator)$/.test(origin.package)) return;
    const guard = guardByLibrary(
      origin.package,
      origin.path.filter((part) => part !== '()' && part !== 'new').join('.'),
      one.arguments,
      source.parsed,
    );
    if (guard && guard.kinds.length > 0 && !guard.kinds.includes('unknown')) found.push(guard);
  });
  return found;
}

export function nameOf(fn: Fn, source: Source): string {
  if ('id' in fn && fn.id) return fn.id.name;
  for (let at: Node | undefined = source.parentOf(fn); at; at = source.parentOf(at)) {
    if (at.type === 'VariableDeclarator') return at.id.type === 'Identifier' ? at.id.name : '';
    if (at.type === 'FunctionDeclaration') return at.id?.name ?? '';
    if (at.type === 'AssignmentExpression') return memberName(at.left) ?? '';
    if (at.type === 'CallExpression' || at.type === 'ClassBody') return '';
  }
  return '';
}
