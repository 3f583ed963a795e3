import type { Place } from '../../surface/surface.ts';
import { field, type GoNode, stringOf } from './parse.ts';
import type { Run } from './run.ts';
import { lookup, type Package, type Scope, typeName, unknown, type Value } from './values.ts';

/** The value of an expression; what is not understood is unknown, and calls inside it still run. */
export function evaluate(run: Run, node: GoNode, scope: Scope): Value {
  const text = stringOf(node);
  if (text !== undefined) return { k: 'text', value: text };
  switch (node.type) {
    case 'identifier':
      return nameIn(run, node.text, scope) ?? unknown(node.text);
    case 'selector_expression':
      return memberOf(run, run.evaluate(field(node, 'operand'), scope), node, scope);
    case 'call_expression':
      return call(run, node, scope);
    case 'func_literal':
      return { k: 'func', name: '', node, pkg: scope.pkg, scope, maker: makerOf(run) };
    case 'composite_literal':
      return composite(run, field(node, 'type'), field(node, 'body'), scope);
    case 'binary_expression':
      return joined(run, node, scope);
    case 'unary_expression':
    case 'parenthesized_expression':
    case 'type_assertion_expression':
    case 'slice_expression':
    case 'literal_element':
      return run.evaluate(field(node, 'operand') ?? node.kids[0], scope);
    case 'index_expression':
      return indexed(run, node, scope);
    default:
      return unknown(node.text.slice(0, 80));
  }
}

function makerOf(run: Run): string {
  const made = run.active.at(-1);
  return (made && field(made, 'name')?.text) ?? '';
}

/** A name of the scopes, of the package, or of an import. */
function nameIn(run: Run, name: string, scope: Scope): Value | undefined {
  const found = lookup(scope, name) ?? scope.pkg.names.get(name);
  if (found !== undefined) return found;
  const path = scope.file.imports.get(name);
  if (path !== undefined) return { k: 'package', path, local: run.project.packages.get(path) };
  return undefined;
}

function memberOf(run: Run, owner: Value, node: GoNode, scope: Scope): Value {
  const name = field(node, 'field')?.text ?? '';
  const place = placeOf(node, scope);
  if (owner.k === 'package') {
    if (owner.local === undefined) {
      return { k: 'external', name: `${owner.path}.${name}`, called: false, args: [], place };
    }
    return owner.local.names.get(name) ?? unknown(node.text);
  }
  if (owner.k === 'struct') return structMember(run, owner, name) ?? unknown(node.text);
  if (owner.k === 'external') {
    return { k: 'external', name: `${owner.name}.${name}`, called: false, args: owner.args, place };
  }
  return unknown(node.text);
}

/** A field, a method, or either of an embedded struct. */
function structMember(
  run: Run,
  owner: Extract<Value, { k: 'struct' }>,
  name: string,
): Value | undefined {
  const own = owner.fields.get(name);
  if (own !== undefined) return own;
  const method = owner.pkg.methods.get(`${owner.type}.${name}`);
  if (method !== undefined) {
    const scope = { file: method.file, pkg: owner.pkg, names: new Map(), parent: undefined };
    return { k: 'func', name, node: method.node, pkg: owner.pkg, scope, self: owner };
  }
  for (const inner of owner.fields.values()) {
    if (inner.k !== 'struct' || inner === owner) continue;
    const embedded = owner.fields.get(inner.type) === inner;
    const found = embedded ? structMember(run, inner, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function call(run: Run, node: GoNode, scope: Scope): Value {
  const target = field(node, 'function');
  const args = (field(node, 'arguments')?.kids ?? []).map((each) =>
    each.type === 'variadic_argument'
      ? run.evaluate(each.kids[0], scope)
      : run.evaluate(each, scope),
  );
  const place = placeOf(node, scope);
  if (target?.type === 'selector_expression') {
    const owner = run.evaluate(field(target, 'operand'), scope);
    const name = field(target, 'field')?.text ?? '';
    const object = objectOf(run, owner, name);
    const result = object && run.host.method(object, name, args, place);
    if (result !== undefined) return result;
    return callValue(run, memberOf(run, owner, target, scope), target.text, args, place);
  }
  if (target?.text === 'append') return appended(args);
  const callee = run.evaluate(target, scope);
  return callValue(run, callee, target?.text ?? '', args, place);
}

/** An object of the framework: itself, or the one that a struct embeds. */
function objectOf(run: Run, owner: Value, name: string): object | undefined {
  if (owner.k === 'object') return owner.object;
  if (owner.k !== 'struct' || structMember(run, owner, name) !== undefined) return undefined;
  for (const [key, value] of owner.fields) {
    if (value.k === 'object' && /^(?:Engine|RouterGroup|IRouter|IRoutes)$/.test(key))
      return value.object;
  }
  return undefined;
}

function callValue(
  run: Run,
  callee: Value,
  text: string,
  args: readonly Value[],
  place: Place,
): Value {
  if (callee.k === 'func') return run.call(callee, args, place);
  if (callee.k === 'external') {
    const known = run.host.external(callee.name, args, place);
    if (known !== undefined) return known;
    if (args.some((each) => each.k === 'object')) run.host.escaped(text, place);
    return { ...callee, called: true, args, place };
  }
  if (args.some((each) => each.k === 'object')) run.host.escaped(text, place);
  return unknown(text);
}

function appended([list, ...more]: readonly Value[]): Value {
  const before = list?.k === 'list' ? list.items : [];
  const added = more.flatMap((each) => (each.k === 'list' ? each.items : [each]));
  return { k: 'list', items: [...before, ...added] };
}

function composite(
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

function joined(run: Run, node: GoNode, scope: Scope): Value {
  const [left, right] = [field(node, 'left'), field(node, 'right')].map((each) =>
    run.evaluate(each, scope),
  );
  if (left?.k === 'text' && right?.k === 'text')
    return { k: 'text', value: left.value + right.value };
  return unknown(node.text.slice(0, 80));
}

function indexed(run: Run, node: GoNode, scope: Scope): Value {
  const list = run.evaluate(field(node, 'operand'), scope);
  const at = Number(field(node, 'index')?.text);
  return list.k === 'list' ? (list.items[at] ?? unknown(node.text)) : unknown(node.text);
}

/** Writes to a name where it stands, or to a field of a struct. */
export function assignTo(run: Run, target: GoNode, value: Value, scope: Scope): void {
  if (target.type === 'selector_expression') {
    const owner = run.evaluate(field(target, 'operand'), scope);
    if (owner.k === 'struct') owner.fields.set(field(target, 'field')?.text ?? '', value);
    return;
  }
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (!at.names.has(target.text)) continue;
    at.names.set(target.text, value);
    return;
  }
  scope.pkg.names.set(target.text, value);
}

export function placeOf(node: GoNode, scope: Scope): Place {
  return { file: scope.file.path, line: node.line };
}
