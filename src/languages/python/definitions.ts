import { evaluate } from './evaluate.ts';
import type { PyNode } from './parse.ts';
import { execute, type Frame, frameOf } from './statements.ts';
import type { Class, Func, Scope, Value } from './values.ts';

/** A function or class with its decorators, from the nearest to the furthest. */
export function define(frame: Frame, node: PyNode): void {
  const definition = node.type === 'decorated_definition' ? node.field('definition') : node;
  if (definition === undefined) return;
  const name = definition.field('name')?.text ?? '';
  const decorators = node.kids
    .filter((kid) => kid.type === 'decorator')
    .map((kid) => ({
      value: evaluate(frame.run, kid.kids[0], frame.module, frame.scope),
      node: kid,
    }));
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
    .map((kid) => evaluate(run, kid, module, scope));
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
  execute(frameOf(run, module, inner), body);
  for (const one of made.members.values()) if (one.t === 'func') one.owner ??= made;
  for (const kid of body.kids) {
    const one = kid.type === 'expression_statement' ? kid.kids[0] : undefined;
    const type = one?.type === 'assignment' ? one.field('type') : undefined;
    const left = one?.field('left');
    if (type !== undefined && left !== undefined)
      made.annotations.set(left.text, { type, value: one?.field('right') });
  }
  return made;
}
