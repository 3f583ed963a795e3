import { evaluate } from '../evaluate.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Run } from '../run.ts';
import { type Module, nameOf, type Value } from '../values.ts';

/** One file while its facts are stated: what stands around a node, and what names and expressions stand for. */
export interface Source {
  file: string;
  /** The name that a call reaches through the imports: `jose.jwt.encode` of `jwt.encode`. */
  called: (node: PyNode) => string;
  /** The constant that an expression is; nothing is run for it. */
  constant: (node: PyNode | undefined) => Value | undefined;
  /** Names of what holds a node: its function and class, its target, its keyword, the call around it. */
  around: (node: PyNode) => string;
  /** The nodes around a node, nearest first. */
  outside: (node: PyNode) => PyNode[];
}

export function sourceOf(run: Run, file: string, root: PyNode): Source {
  const parents = new Map<PyNode, PyNode>();
  for (const node of walk(root)) for (const kid of node.kids) parents.set(kid, node);
  const module = run.modules.get(file);
  const outside = (node: PyNode): PyNode[] => {
    const found: PyNode[] = [];
    for (let at = parents.get(node); at !== undefined; at = parents.get(at)) found.push(at);
    return found;
  };
  const calledAs = new Map<PyNode, string>();
  const imports = new Map<PyNode, ReadonlyMap<string, string>>();
  const importsIn = (func: PyNode): ReadonlyMap<string, string> => {
    const known = imports.get(func) ?? importedIn(func);
    imports.set(func, known);
    return known;
  };
  const called = (node: PyNode): string => {
    const known =
      calledAs.get(node) ?? canonical(node.field('function'), module, outside(node), importsIn);
    calledAs.set(node, known);
    return known;
  };
  const constant = (node: PyNode | undefined): Value | undefined =>
    node === undefined || module === undefined
      ? undefined
      : constantOf(run, module, node, outside(node));
  return {
    file,
    outside,
    constant,
    called,
    around: (node) => [node, ...outside(node)].flatMap(nameAt).join(' '),
  };
}

function nameAt(node: PyNode): string[] {
  switch (node.type) {
    case 'function_definition':
    case 'class_definition':
    case 'keyword_argument':
      return [node.field('name')?.text ?? ''];
    case 'assignment':
      return [node.field('left')?.text ?? ''];
    case 'pair':
      return [node.field('key')?.text ?? ''];
    case 'call':
      return [node.field('function')?.text ?? ''];
    default:
      return [];
  }
}

/** `jwt.encode` as its import says; the text itself where the name is made here. */
function canonical(
  node: PyNode | undefined,
  module: Module | undefined,
  around: readonly PyNode[],
  importsIn: (func: PyNode) => ReadonlyMap<string, string>,
): string {
  const text = node?.text ?? '';
  const [first = '', ...rest] = text.split('.');
  const functions = around.filter((one) => one.type === 'function_definition');
  const local = functions.map((one) => importsIn(one).get(first)).find((one) => one !== undefined);
  const named = local ?? nameOf(importedAs(module?.names.get(first)));
  return named === '' ? text : [named, ...rest].join('.');
}

function importedAs(value: Value | undefined): Value | undefined {
  return value?.t === 'ext' ? value : undefined;
}

/** Imports inside a function, by their local name. */
function importedIn(func: PyNode): Map<string, string> {
  const found = new Map<string, string>();
  for (const one of walk(func)) {
    if (one.type !== 'import_from_statement') continue;
    const from = one.field('module_name')?.text ?? '';
    for (const each of one.all('name')) {
      const own = (each.field('name') ?? each).text;
      found.set(each.field('alias')?.text ?? own, `${from}.${own}`);
    }
  }
  return found;
}

function constantOf(
  run: Run,
  module: Module,
  node: PyNode,
  around: readonly PyNode[],
): Value | undefined {
  if (node.type === 'true' || node.type === 'false') return { t: 'bool', v: node.type === 'true' };
  if (/^(?:call|await|none|lambda|integer|float)$/.test(node.type) || hasCall(node))
    return undefined;
  const names = new Map<string, Value>();
  const parent = { names: module.names, parent: undefined };
  const scope = { names, parent };
  const func = around.find((one) => one.type === 'function_definition');
  for (const one of func === undefined ? [] : walk(func)) {
    const left = one.type === 'assignment' ? one.field('left') : undefined;
    const right = one.field('right');
    if (left?.type !== 'identifier' || right === undefined || one.start > node.start) continue;
    if (hasCall(right)) names.set(left.text, { t: 'unknown', text: right.text });
    else names.set(left.text, evaluate(run, right, module, scope));
  }
  for (const name of parametersOf(func)) {
    if (!names.has(name)) names.set(name, { t: 'unknown', text: name });
  }
  const value = evaluate(run, node, module, scope);
  return value.t === 'unknown' ? undefined : value;
}

function hasCall(node: PyNode): boolean {
  return [...walk(node)].some((one) => one.type === 'call' || one.type === 'await');
}

/** Names of a function's parameters. */
export function parametersOf(func: PyNode | undefined): string[] {
  return (func?.field('parameters')?.kids ?? []).map(
    (kid) => (kid.field('name') ?? kid.kids[0] ?? kid).text,
  );
}
