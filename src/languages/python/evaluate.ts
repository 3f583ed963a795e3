import { attributeOf } from './attributes.ts';
import type { PyNode } from './parse.ts';
import { gap } from './paths.ts';
import type { Run } from './run.ts';
import { filled, stringCall, text } from './texts.ts';
import {
  type Class,
  isKnown,
  type Module,
  none,
  type Scope,
  unknown,
  type Value,
} from './values.ts';

/** What an expression is in a module and scope. */
export function evaluate(run: Run, node: PyNode | undefined, module: Module, scope: Scope): Value {
  if (node === undefined) return none;
  const value = (kid: PyNode | undefined): Value => evaluate(run, kid, module, scope);
  switch (node.type) {
    case 'identifier':
      return lookup(scope, node.text);
    case 'string':
    case 'concatenated_string':
      return text(node, value);
    case 'integer':
    case 'float':
      return { t: 'num', v: Number(node.text.replaceAll('_', '')) };
    case 'true':
    case 'false':
      return { t: 'bool', v: node.type === 'true' };
    case 'none':
      return none;
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
      return { t: 'list', items: node.kids.flatMap((kid) => spread(kid, value)) };
    case 'dictionary':
      return dictionary(node, value);
    case 'attribute':
      return attributeOf(
        run,
        value(node.field('object')),
        node.field('attribute')?.text ?? '',
        node,
      );
    case 'call':
      return call(run, node, module, scope);
    case 'subscript':
      return subscript(value(node.field('value')), node.all('subscript').map(value), node);
    case 'generic_type':
      return {
        t: 'generic',
        of: value(node.kids[0]),
        args: (node.kids[1]?.kids ?? []).map(value),
      };
    case 'binary_operator':
    case 'union_type':
      return binary(node, value);
    case 'boolean_operator': {
      const left = value(node.field('left'));
      return isKnown(left) ? left : value(node.field('right'));
    }
    case 'conditional_expression': {
      const asked = value(node.kids[1]);
      if (asked.t === 'bool') return value(node.kids[asked.v ? 0 : 2]);
      const then = value(node.kids[0]);
      return isKnown(then) ? then : value(node.kids[2]);
    }
    case 'named_expression': {
      const made = value(node.field('value'));
      scope.names.set(node.field('name')?.text ?? '', made);
      return made;
    }
    case 'list_comprehension':
      return comprehension(run, node, module, scope);
    case 'lambda':
      return unknown('lambda');
    case 'type':
    case 'await':
    case 'parenthesized_expression':
    case 'expression_statement':
      return value(node.kids[0]);
    default:
      return unknown(node.text.slice(0, 80));
  }
}

export function lookup(scope: Scope, name: string): Value {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return { t: 'ext', name: `builtins.${name}` };
}

function spread(kid: PyNode, value: (node: PyNode) => Value): Value[] {
  if (kid.type !== 'list_splat') return [value(kid)];
  const inner = kid.kids[0] === undefined ? none : value(kid.kids[0]);
  return inner.t === 'list' ? inner.items : [unknown(kid.text)];
}

function dictionary(node: PyNode, value: (node: PyNode | undefined) => Value): Value {
  const entries = new Map<string, Value>();
  for (const kid of node.kids) {
    if (kid.type === 'pair') {
      const key = value(kid.field('key'));
      entries.set(
        key.t === 'str' ? key.v : (kid.field('key')?.text ?? ''),
        value(kid.field('value')),
      );
    } else if (kid.type === 'dictionary_splat') {
      const inner = value(kid.kids[0]);
      if (inner.t === 'dict') for (const [name, item] of inner.entries) entries.set(name, item);
    }
  }
  return { t: 'dict', entries };
}

function subscript(of: Value, args: Value[], node: PyNode): Value {
  const first = args[0];
  if (of.t === 'dict' && first?.t === 'str') return of.entries.get(first.v) ?? unknown(node.text);
  if (of.t === 'dict') return anyClass(of.entries) ?? unknown(node.text);
  if (of.t === 'bound' && first?.t === 'str')
    return of.self.attrs.get(`${of.name}[${first.v}]`) ?? unknown(node.text);
  if (of.t === 'list' && first?.t === 'num') return of.items.at(first.v) ?? unknown(node.text);
  if (of.t !== 'ext' && of.t !== 'class' && of.t !== 'generic') return unknown(node.text);
  return { t: 'generic', of, args };
}

/** `config[name]` of a table of settings classes: one of them, where the environment chooses. */
function anyClass(entries: ReadonlyMap<string, Value>): Value | undefined {
  const values = [...entries.values()];
  return values.every((one) => one.t === 'class') ? values[0] : undefined;
}

function binary(node: PyNode, value: (node: PyNode | undefined) => Value): Value {
  const left = value(node.field('left') ?? node.kids[0]);
  const right = value(node.field('right') ?? node.kids[1]);
  const operator = node.field('operator')?.text ?? '|';
  if (operator === '+' && left.t === 'list' && right.t === 'list') {
    return { t: 'list', items: [...left.items, ...right.items] };
  }
  if (operator === '+' && (left.t === 'str' || right.t === 'str')) {
    const whole = left.t === 'str' && right.t === 'str' && !left.part && !right.part;
    const joined = `${left.t === 'str' ? left.v : gap}${right.t === 'str' ? right.v : gap}`;
    return whole ? { t: 'str', v: joined } : { t: 'str', v: joined, part: true };
  }
  if (operator === '%' && left.t === 'str') {
    return filled(left, /%[sd]/g, right.t === 'list' ? right.items : [right]);
  }
  if (operator === '|') {
    return { t: 'generic', of: { t: 'ext', name: 'typing.Union' }, args: [left, right] };
  }
  return unknown(node.text);
}

function call(run: Run, node: PyNode, module: Module, scope: Scope): Value {
  const target = node.field('function');
  if (target?.text === 'super') return superOf(scope);
  const callee = evaluate(run, target, module, scope);
  const args: Value[] = [];
  const kwargs = new Map<string, Value>();
  for (const kid of node.field('arguments')?.kids ?? []) {
    if (kid.type === 'keyword_argument') {
      const name = kid.field('name')?.text ?? '';
      kwargs.set(name, evaluate(run, kid.field('value'), module, scope));
    } else if (kid.type === 'dictionary_splat') {
      const inner = evaluate(run, kid.kids[0], module, scope);
      if (inner.t === 'dict') for (const [name, value] of inner.entries) kwargs.set(name, value);
    } else args.push(...spread(kid, (one) => evaluate(run, one, module, scope)));
  }
  if (callee.t === 'unknown' && target?.type === 'attribute') {
    const self = evaluate(run, target.field('object'), module, scope);
    const name = target.field('attribute')?.text;
    if (self.t === 'str') return stringCall(self.v, name, args, node);
    if (self.t === 'list' && (name === 'append' || name === 'extend')) {
      const first = args[0];
      if (name === 'append' && first !== undefined) self.items.push(first);
      if (name === 'extend' && first?.t === 'list') self.items.push(...first.items);
    }
    if (self.t === 'dict' && name === 'get' && args[0]?.t === 'str') {
      return self.entries.get(args[0].v) ?? args[1] ?? none;
    }
    if (self.t === 'dict' && name === 'update') {
      if (args[0]?.t === 'dict') for (const [k, v] of args[0].entries) self.entries.set(k, v);
      for (const [k, v] of kwargs) self.entries.set(k, v);
      return none;
    }
    if (self.t === 'dict' && name === 'items') {
      return {
        t: 'list',
        items: [...self.entries].map(([k, v]) => ({ t: 'list', items: [{ t: 'str', v: k }, v] })),
      };
    }
    if (self.t === 'dict' && name === 'values')
      return { t: 'list', items: [...self.entries.values()] };
  }
  return run.call(callee, args, kwargs, node, module);
}

function superOf(scope: Scope): Value {
  const self = lookup(scope, 'self');
  if (self.t !== 'obj' || self.cls === undefined) return unknown('super()');
  const base = self.cls.bases.find((one) => one.t === 'class');
  // The same object, seen as what it inherits from.
  return { ...self, cls: base?.t === 'class' ? base : undefined };
}

function comprehension(run: Run, node: PyNode, module: Module, scope: Scope): Value {
  const clause = node.kids.find((kid) => kid.type === 'for_in_clause');
  const over = evaluate(run, clause?.field('right'), module, scope);
  const name = clause?.field('left')?.text ?? '';
  if (over.t !== 'list') return unknown(node.text.slice(0, 80));
  const items = over.items.slice(0, 100).map((item) => {
    const inner: Scope = { names: new Map([[name, item]]), parent: scope };
    return evaluate(run, node.field('body'), module, inner);
  });
  return { t: 'list', items };
}

/** A member of a class or of its bases in the project. */
export function member(cls: Class, name: string, depth = 0): Value | undefined {
  const own = cls.members.get(name);
  if (own !== undefined || depth > 10) return own;
  for (const base of cls.bases) {
    const found = base.t === 'class' ? member(base, name, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
