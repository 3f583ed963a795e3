import { define } from './definitions.ts';
import { evaluate } from './evaluate.ts';
import { importFrom, importNames } from './imports.ts';
import type { PyNode } from './parse.ts';
import type { Run } from './run.ts';
import { isKnown, type Module, type Scope, unknown, type Value } from './values.ts';

export interface Frame {
  run: Run;
  module: Module;
  scope: Scope;
  /** Depth of branches that may not be taken. */
  maybe: number;
  result: Value | undefined;
  over: boolean;
}

/** A frame at the start of a module, class or function. */
export function frameOf(run: Run, module: Module, scope: Scope): Frame {
  return { run, module, scope, maybe: 0, result: undefined, over: false };
}

/** Runs every statement of a block; both branches of every condition. */
export function execute(frame: Frame, block: PyNode): void {
  for (const kid of block.kids) {
    if (frame.over) return;
    if (frame.run.step()) statement(frame, kid);
    else frame.run.usedUp(frame.module.file);
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
    if (key.t === 'str') of.self.attrs.set(`${of.name}[${key.v}]`, value);
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
