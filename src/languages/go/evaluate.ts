import type { Place } from '../../surface/surface.ts';
import { field, type GoNode, stringOf } from './parse.ts';
import type { Run } from './run.ts';
import { composite, structMember, zeroOf } from './structs.ts';
import { lookup, type Scope, unknown, type Value } from './values.ts';

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
    case 'type_assertion_expression': {
      const asserted = run.evaluate(field(node, 'operand') ?? node.kids[0], scope);
      if (asserted.k !== 'unknown' && asserted.k !== 'external') return asserted;
      const type = field(node, 'type')?.text ?? '';
      return run.host.parameter(type, placeOf(node, scope)) ?? asserted;
    }
    case 'unary_expression':
    case 'parenthesized_expression':
    case 'slice_expression':
    case 'literal_element':
      return run.evaluate(field(node, 'operand') ?? node.kids[0], scope);
    case 'index_expression':
      return indexed(run, node, scope);
    case 'type_conversion_expression':
      return calledElement(run, node, scope) ?? run.evaluate(field(node, 'operand'), scope);
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
  if (target?.text === 'new') {
    return zeroOf(run, field(node, 'arguments')?.kids[0], scope.file, scope.pkg);
  }
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
  if (callee.k === 'func') return run.call(callee, args);
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

function joined(run: Run, node: GoNode, scope: Scope): Value {
  const [left, right] = [field(node, 'left'), field(node, 'right')].map((each) =>
    run.evaluate(each, scope),
  );
  const texts = [left, right].filter((each) => each?.k === 'text');
  if (texts.length === 0 || field(node, 'operator')?.text !== '+') {
    return unknown(node.text.slice(0, 80));
  }
  const value = texts.map((each) => each.value).join('');
  const whole = texts.length === 2 && texts.every((each) => each.partial === undefined);
  return whole ? { k: 'text', value } : { k: 'text', value, partial: true };
}

function indexed(run: Run, node: GoNode, scope: Scope): Value {
  const list = run.evaluate(field(node, 'operand'), scope);
  const index = field(node, 'index');
  const named = index?.type === 'identifier' ? run.evaluate(index, scope) : undefined;
  const at = Number(named?.k === 'text' ? named.value : index?.text);
  return list.k === 'list' ? (list.items[at] ?? unknown(node.text)) : unknown(node.text);
}

/** `registrars[i](r)`: the grammar takes it for a conversion to a generic type. */
function calledElement(run: Run, node: GoNode, scope: Scope): Value | undefined {
  const type = field(node, 'type');
  const base = type?.type === 'generic_type' ? field(type, 'type') : undefined;
  if (type === undefined || base === undefined) return undefined;
  const [owner, name = ''] = base.text.split('.');
  const held = nameIn(run, owner ?? '', scope);
  const list = held?.k === 'package' ? held.local?.names.get(name) : held;
  if (list?.k !== 'list') return undefined;
  const index = field(type, 'type_arguments')?.kids[0]?.text ?? '';
  const named = nameIn(run, index, scope);
  const callee = list.items[Number(named?.k === 'text' ? named.value : index)];
  if (callee === undefined) return undefined;
  const args = [run.evaluate(field(node, 'operand'), scope)];
  return callValue(run, callee, base.text, args, placeOf(node, scope));
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
