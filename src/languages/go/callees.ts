import type { GoProject } from './packages.ts';
import { field, type GoNode, walk } from './parse.ts';
import { lookup, type Package, type Value } from './values.ts';

type Func = Extract<Value, { k: 'func' }>;

/** Names that half of all types have: following them by name alone would lead anywhere. */
const usual =
  /^(?:Next|Set|Get|Error|String|Close|Run|New|Do|Add|Find|Create|Update|Delete|Save|Init|Handle|Query|Exec|Read|Write|Parse|Validate|Info|Warn|Debug|With\w*)$/;

/** Functions of the project that a function calls or hands on, as far as names and packages tell. */
export function calleesOf(func: Func, project: GoProject | undefined): Func[] {
  const known = declared.get(func.node);
  if (known !== undefined) return known;
  const all = namedIn(func, project);
  // What a literal calls hangs on the variables around it.
  if (func.node.type !== 'func_literal') declared.set(func.node, all);
  return all;
}

const declared = new WeakMap<GoNode, Func[]>();

function namedIn(func: Func, project: GoProject | undefined): Func[] {
  const found = new Map<GoNode, Func>();
  const add = (value: Value | undefined): void => {
    if (value?.k === 'func' && value.node !== func.node) found.set(value.node, value);
  };
  for (const node of walk(func.node)) {
    if (node.type === 'identifier')
      add(lookup(func.scope, node.text) ?? func.pkg.names.get(node.text));
    if (node.type !== 'selector_expression') continue;
    const owner = field(node, 'operand');
    const name = field(node, 'field')?.text ?? '';
    for (const one of selected(func, owner, name, project)) add(one);
  }
  return [...found.values()];
}

function selected(
  func: Func,
  owner: GoNode | undefined,
  name: string,
  project: GoProject | undefined,
): (Value | undefined)[] {
  const held = owner?.type === 'identifier' ? lookup(func.scope, owner.text) : undefined;
  if (held?.k === 'struct') {
    const own = held.fields.get(name) ?? methodOf(held.pkg, held.type, name);
    if (own !== undefined) return [own];
  }
  const path = func.scope?.file.imports.get(owner?.text ?? '');
  if (path !== undefined) return [project?.packages.get(path)?.names.get(name)];
  const type = receiverOf(func.node);
  if (type !== undefined && owner?.text === type.name) return [methodOf(func.pkg, type.type, name)];
  if (usual.test(name)) return [];
  return methodsNamed(func.pkg, name, project);
}

function receiverOf(node: GoNode): { name: string; type: string } | undefined {
  const receiver = field(node, 'receiver')?.kids[0];
  const name = receiver && field(receiver, 'name')?.text;
  const type = receiver && field(receiver, 'type')?.text.replace(/^\*/, '').replace(/\[.*$/, '');
  return name === undefined || type === undefined ? undefined : { name, type };
}

function methodOf(pkg: Package, type: string, name: string): Func | undefined {
  const method = pkg.methods.get(`${type}.${name}`);
  if (method === undefined) return undefined;
  const scope = { file: method.file, pkg, names: new Map(), parent: undefined };
  return { k: 'func', name, node: method.node, pkg, scope };
}

/** Methods of that name: of the same package first, else of the project where there are few. */
function methodsNamed(pkg: Package, name: string, project: GoProject | undefined): Func[] {
  const own = named(pkg, name);
  if (own.length > 0) return own;
  const all = [...(project?.packages.values() ?? [])].flatMap((one) => named(one, name));
  return all.length <= 3 ? all : [];
}

function named(pkg: Package, name: string): Func[] {
  const known = methods.get(pkg) ?? byName(pkg);
  methods.set(pkg, known);
  return (known.get(name) ?? []).flatMap((type) => methodOf(pkg, type, name) ?? []);
}

const methods = new WeakMap<Package, ReadonlyMap<string, readonly string[]>>();

/** Types of a package by the names of their methods. */
function byName(pkg: Package): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of pkg.methods.keys()) {
    const [type = '', name = ''] = key.split('.');
    found.set(name, [...(found.get(name) ?? []), type]);
  }
  return found;
}
