import { evaluate } from './evaluate.ts';
import type { PyNode } from './parse.ts';
import type { Run } from './run.ts';
import {
  type Class,
  type Func,
  isKnown,
  type Module,
  type Scope,
  unknown,
  type Value,
} from './values.ts';

export interface Frame {
  run: Run;
  module: Module;
  scope: Scope;
  /** Depth of branches that may not be taken. */
  maybe: number;
  result: Value | undefined;
  over: boolean;
}

/** Runs every statement of a block; both branches of every condition. */
export function execute(frame: Frame, block: PyNode): void {
  for (const kid of block.kids) {
    if (frame.over) return;
    if (frame.run.step()) statement(frame, kid);
  }
}

function statement(frame: Frame, node: PyNode): void {
  switch (node.type) {
    case 'expression_statement':
      for (const kid of node.kids) expression(frame, kid);
      return;
    case 'import_statement':
      importNames(frame, node);
      return;
    case 'import_from_statement':
      importFrom(frame, node);
      return;
    case 'decorated_definition':
    case 'function_definition':
    case 'class_definition':
      define(frame, node);
      return;
    case 'return_statement': {
      const value = node.kids[0] === undefined ? undefined : resultOf(frame, node.kids[0]);
      if (value !== undefined && (!isKnown(frame.result) || value.t === 'obj'))
        frame.result = value;
      if (frame.maybe === 0) frame.over = true;
      return;
    }
    case 'type_alias_statement':
      frame.scope.names.set(node.kids[0]?.text ?? '', resultOf(frame, node.kids[1]));
      return;
    case 'for_statement':
      loop(frame, node);
      return;
    case 'with_statement':
      for (const item of node.kids[0]?.kids ?? []) withItem(frame, item);
      block(frame, node.field('body'), 0);
      return;
    case 'try_statement':
      block(frame, node.field('body'), 0);
      for (const kid of node.kids) {
        if (kid.type.endsWith('_clause')) nested(frame, kid);
      }
      return;
    case 'if_statement':
    case 'while_statement':
    case 'match_statement':
      nested(frame, node);
      return;
    default:
  }
}

function resultOf(frame: Frame, node: PyNode | undefined): Value {
  return evaluate(frame.run, node, frame.module, frame.scope);
}

function withItem(frame: Frame, item: PyNode): void {
  const pattern = item.field('value') ?? item.kids[0];
  if (pattern?.type !== 'as_pattern') {
    resultOf(frame, pattern);
    return;
  }
  assign(
    frame,
    pattern.field('alias')?.kids[0] ?? pattern.kids[1],
    resultOf(frame, pattern.kids[0]),
  );
}

function block(frame: Frame, node: PyNode | undefined, maybe: number): void {
  if (node === undefined) return;
  frame.maybe += maybe;
  execute(frame, node);
  frame.maybe -= maybe;
}

function nested(frame: Frame, node: PyNode): void {
  for (const kid of node.kids) {
    if (kid.type === 'block') block(frame, kid, 1);
    else if (/_clause$/.test(kid.type)) nested(frame, kid);
    else if (node.type === 'if_statement' && kid.type === 'named_expression') resultOf(frame, kid);
  }
}

function expression(frame: Frame, node: PyNode): void {
  if (node.type === 'assignment') {
    const right = node.field('right');
    if (right === undefined) return;
    if (right.type === 'assignment') expression(frame, right);
    const value = resultOf(frame, right.type === 'assignment' ? right.field('left') : right);
    assign(frame, node.field('left'), value);
    return;
  }
  if (node.type === 'augmented_assignment') {
    const left = resultOf(frame, node.field('left'));
    const right = resultOf(frame, node.field('right'));
    if (left.t === 'list' && right.t === 'list') left.items.push(...right.items);
    else if (left.t === 'str' && right.t === 'str')
      assign(frame, node.field('left'), { t: 'str', v: left.v + right.v });
    return;
  }
  resultOf(frame, node);
}

function assign(frame: Frame, left: PyNode | undefined, value: Value): void {
  if (left === undefined) return;
  if (left.type === 'identifier') {
    // A branch that may not run does not take away what is known.
    if (frame.maybe > 0 && !isKnown(value) && isKnown(frame.scope.names.get(left.text))) return;
    frame.scope.names.set(left.text, value);
    return;
  }
  if (left.type === 'attribute') {
    const of = resultOf(frame, left.field('object'));
    const name = left.field('attribute')?.text ?? '';
    if (of.t !== 'obj') return;
    of.attrs.set(name, value);
    of.events.push(frame.run.event(`${name}=`, [value], new Map(), left, frame.module));
    return;
  }
  if (left.type === 'subscript') {
    const of = resultOf(frame, left.field('value'));
    const key = resultOf(frame, left.field('subscript'));
    if (of.t === 'dict' && key.t === 'str') of.entries.set(key.v, value);
    if (of.t !== 'bound') return;
    of.self.events.push(
      frame.run.event(`${of.name}[]=`, [key, value], new Map(), left, frame.module),
    );
    return;
  }
  if (left.type !== 'pattern_list' && left.type !== 'tuple_pattern') return;
  left.kids.forEach((kid, index) => {
    const item = value.t === 'list' ? value.items[index] : undefined;
    assign(frame, kid, item ?? unknown(kid.text));
  });
}

function loop(frame: Frame, node: PyNode): void {
  const over = resultOf(frame, node.field('right'));
  const items =
    over.t === 'list' ? over.items.slice(0, 200) : [unknown(node.field('right')?.text ?? '')];
  for (const item of items) {
    assign(frame, node.field('left'), item);
    block(frame, node.field('body'), 1);
  }
}

function importNames(frame: Frame, node: PyNode): void {
  for (const one of node.all('name')) {
    const dotted = (one.field('name') ?? one).text;
    const alias = one.field('alias')?.text;
    const whole = frame.run.import(dotted, 0, frame.module);
    if (alias !== undefined) frame.scope.names.set(alias, whole);
    else {
      const first = dotted.split('.')[0] ?? dotted;
      frame.scope.names.set(
        first,
        first === dotted ? whole : frame.run.import(first, 0, frame.module),
      );
    }
  }
}

function importFrom(frame: Frame, node: PyNode): void {
  const from = node.field('module_name');
  const dots = from?.type === 'relative_import' ? (/^\.+/.exec(from.text)?.[0].length ?? 0) : 0;
  const module = frame.run.import((from?.text ?? '').replace(/^\.+/, ''), dots, frame.module);
  if (node.kids.some((kid) => kid.type === 'wildcard_import')) {
    if (module.t !== 'module') return;
    for (const [name, value] of module.names) {
      if (!name.startsWith('_')) frame.scope.names.set(name, value);
    }
    return;
  }
  for (const one of node.all('name')) {
    const name = (one.field('name') ?? one).text;
    const value = frame.run.fromModule(module, name);
    const local = one.field('alias')?.text ?? name;
    if (frame.maybe > 0 && !isKnown(value) && isKnown(frame.scope.names.get(local))) continue;
    frame.scope.names.set(local, value);
  }
}

function define(frame: Frame, node: PyNode): void {
  const definition = node.type === 'decorated_definition' ? node.field('definition') : node;
  if (definition === undefined) return;
  const name = definition.field('name')?.text ?? '';
  const decorators = node.kids
    .filter((kid) => kid.type === 'decorator')
    .map((kid) => ({ value: resultOf(frame, kid.kids[0]), node: kid }));
  const made =
    definition.type === 'class_definition'
      ? makeClass(frame, definition, name)
      : makeFunction(frame, definition, name);
  if (made.t === 'func') made.decorators = decorators;
  for (const { value, node: at } of decorators.toReversed()) decorate(frame, value, made, at);
  frame.scope.names.set(name, made);
}

function decorate(frame: Frame, value: Value, made: Func | Class, at: PyNode): void {
  const { run, module } = frame;
  if (value.t === 'obj') {
    const event = run.pending.get(value);
    if (event !== undefined) event.target = made;
    else value.events.push({ ...run.event('()', [made], new Map(), at, module), target: made });
  } else if (value.t === 'bound') {
    const event = run.event(value.name, [], new Map(), at, module);
    value.self.events.push({ ...event, target: made });
  } else if (value.t === 'ext') {
    const args: Value[] = made.t === 'class' ? [made] : [];
    run.calls.push({ ...run.event('', args, new Map(), at, module), target: made, callee: value });
  }
}

function makeFunction(frame: Frame, node: PyNode, name: string): Func {
  const { run, module, scope } = frame;
  const place = run.place(module, node);
  const made: Func = {
    t: 'func',
    name,
    node,
    module,
    scope,
    self: undefined,
    decorators: [],
    place,
    called: false,
  };
  run.functions.push(made);
  return made;
}

function makeClass(frame: Frame, node: PyNode, name: string): Class {
  const { run, module, scope } = frame;
  const bases = (node.field('superclasses')?.kids ?? [])
    .filter((kid) => kid.type !== 'keyword_argument')
    .map((kid) => resultOf(frame, kid));
  const made: Class = {
    t: 'class',
    name,
    node,
    module,
    bases,
    members: new Map(),
    annotations: new Map(),
    place: run.place(module, node),
  };
  run.classes.push(made);
  const body = node.field('body');
  if (body === undefined) return made;
  const inner: Scope = { names: made.members, parent: scope };
  execute({ run, module, scope: inner, maybe: 0, result: undefined, over: false }, body);
  for (const kid of body.kids) {
    const one = kid.type === 'expression_statement' ? kid.kids[0] : undefined;
    const type = one?.type === 'assignment' ? one.field('type') : undefined;
    const left = one?.field('left');
    if (type !== undefined && left !== undefined)
      made.annotations.set(left.text, { type, value: one?.field('right') });
  }
  return made;
}
