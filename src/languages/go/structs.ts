import { field, type GoNode } from './parse.ts';
import type { Run } from './run.ts';
import { type GoFile, type Package, type Scope, typeName, unknown, type Value } from './values.ts';

/** A field, a method, or either of an embedded struct. */
export function structMember(
  run: Run,
  owner: Extract<Value, { k: 'struct' }>,
  name: string,
  depth = 0,
): Value | undefined {
  const own = owner.fields.get(name);
  if (own !== undefined) return own;
  const method = owner.pkg.methods.get(`${owner.type}.${name}`);
  if (method !== undefined) {
    const scope = { file: method.file, pkg: owner.pkg, names: new Map(), parent: undefined };
    return { k: 'func', name, node: method.node, pkg: owner.pkg, scope, self: owner };
  }
  if (depth > 4) return undefined;
  const declared = fieldsOf(owner);
  const field = declared.find((each) => each.name === name);
  if (field !== undefined) return fieldValue(run, owner, field);
  for (const each of declared) {
    const inner = each.embedded ? fieldValue(run, owner, each) : undefined;
    const found = inner?.k === 'struct' ? structMember(run, inner, name, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Declared {
  name: string;
  type: GoNode | undefined;
  embedded: boolean;
}

/** The fields that a struct's type declares. */
function fieldsOf({ pkg, type }: Extract<Value, { k: 'struct' }>): Declared[] {
  const spec = pkg.types.get(type);
  const struct = spec && field(spec, 'type');
  const list = struct?.kids.find((kid) => kid.type === 'field_declaration_list');
  return (list?.kids ?? []).flatMap((each): Declared[] => {
    const names = each.fields.get('name') ?? [];
    const of = field(each, 'type');
    if (names.length > 0) {
      return names.map(({ text }) => ({ name: text, type: of, embedded: false }));
    }
    return [{ name: typeName(of).split('.').at(-1) ?? '', type: of, embedded: true }];
  });
}

/** What a field holds: what was put there, or the empty struct of its type. */
function fieldValue(
  run: Run,
  owner: Extract<Value, { k: 'struct' }>,
  { name, type }: Declared,
): Value | undefined {
  const held = owner.fields.get(name);
  if (held !== undefined) return held;
  const file = owner.pkg.files.find(({ root }) =>
    root.kids.some((kid) => kid.kids.includes(owner.pkg.types.get(owner.type)!)),
  );
  const made = file && zeroOf(run, type, file, owner.pkg);
  if (made?.k !== 'struct') return undefined;
  owner.fields.set(name, made);
  return made;
}

/** An empty struct where the type is one of the project. */
export function zeroOf(run: Run, type: GoNode | undefined, file: GoFile, pkg: Package): Value {
  const text = type?.text ?? '';
  if (type === undefined || !/^\*?[\w.]+$/.test(text)) return unknown(text);
  const [first = '', second] = typeName(type).split('.');
  const at = second === undefined ? pkg : run.project.packages.get(file.imports.get(first) ?? '');
  const name = second ?? first;
  const spec = at?.types.get(name);
  if (at === undefined || spec === undefined) return unknown(text);
  const kind = field(spec, 'type')?.type;
  return kind === 'struct_type'
    ? { k: 'struct', type: name, pkg: at, fields: new Map() }
    : unknown(text);
}

export function composite(
  run: Run,
  type: GoNode | undefined,
  body: GoNode | undefined,
  scope: Scope,
): Value {
  const elements = body?.kids ?? [];
  const listed =
    type?.type === 'slice_type' || type?.type === 'array_type' || type?.type.startsWith('implicit');
  if (listed || type?.type === 'map_type') {
    const inner = field(type!, 'element') ?? field(type!, 'value');
    const items = elements.map((each) => element(run, each, inner, scope));
    return { k: 'list', items };
  }
  const pkg = packageOfType(run, type, scope);
  const name = typeName(type).split('.').at(-1) ?? '';
  if (pkg === undefined) {
    for (const each of elements) run.evaluate(valueNode(each), scope);
    return unknown(type?.text ?? 'struct');
  }
  const fields = new Map<string, Value>();
  const declared = pkg.types.get(name);
  const names = fieldNames(
    type?.type === 'struct_type' ? type : declared && field(declared, 'type'),
  );
  elements.forEach((each, i) => {
    const key = each.type === 'keyed_element' ? field(each, 'key')?.text : names[i];
    if (key !== undefined) fields.set(key, run.evaluate(valueNode(each), scope));
  });
  return { k: 'struct', type: name, pkg, fields };
}

/** `{…}` without a type takes the type of the list's elements. */
function element(run: Run, node: GoNode, type: GoNode | undefined, scope: Scope): Value {
  const value = valueNode(node);
  return value.type === 'literal_value'
    ? composite(run, type, value, scope)
    : run.evaluate(value, scope);
}

function valueNode(node: GoNode): GoNode {
  const value = node.type === 'keyed_element' ? (field(node, 'value') ?? node) : node;
  return value.type === 'literal_element' ? (value.kids[0] ?? value) : value;
}

function packageOfType(run: Run, type: GoNode | undefined, scope: Scope): Package | undefined {
  if (type === undefined) return undefined;
  if (type.type === 'struct_type') return scope.pkg;
  const [first, second] = typeName(type).split('.');
  if (second === undefined) return scope.pkg.types.has(first ?? '') ? scope.pkg : undefined;
  return run.project.packages.get(scope.file.imports.get(first ?? '') ?? '');
}

/** Names of a struct's fields in order; an embedded one has the name of its type. */
function fieldNames(struct: GoNode | undefined): string[] {
  const list = struct?.kids.find((kid) => kid.type === 'field_declaration_list');
  return (list?.kids ?? []).flatMap((each) => {
    const names = (each.fields.get('name') ?? []).map((name) => name.text);
    return names.length > 0 ? names : [typeName(field(each, 'type')).split('.').at(-1) ?? ''];
  });
}
