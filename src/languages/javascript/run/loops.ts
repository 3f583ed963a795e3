import { type Node, textOf } from '../parse.ts';
import { doubtfully, evaluate } from './expressions.ts';
import type { Machine } from './machine.ts';
import { destructure } from './patterns.ts';
import { Scope } from './scope.ts';
import { type Completion, run } from './statements.ts';
import { primitive, truth, unknown, type Value } from './values.ts';

type Loop = Extract<
  Node,
  {
    type:
      | 'ForStatement'
      | 'ForOfStatement'
      | 'ForInStatement'
      | 'WhileStatement'
      | 'DoWhileStatement';
  }
>;

// A table of routes is shorter; a loop that waits for something is longer.
const mostRounds = 2000;

/** Unrolls a loop over what is known; a loop over something unknown runs once. */
export function loop(machine: Machine, node: Loop, scope: Scope): Completion {
  const inner = new Scope(scope, scope.module, machine.doubt);
  if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
    return each(machine, node, inner);
  }
  if (node.type === 'ForStatement') {
    if (node.init?.type === 'VariableDeclaration') run(machine, node.init, inner);
    else if (node.init) evaluate(machine, node.init, inner);
  }
  const test = node.test ?? undefined;
  for (let round = 0; round < mostRounds; round += 1) {
    const first = node.type === 'DoWhileStatement' && round === 0;
    const known = first || !test ? true : truth(evaluate(machine, test, inner));
    if (known === false) return undefined;
    if (known === undefined) {
      const condition = test ? textOf(scope.module.parsed, test) : 'a loop';
      const completion = doubtfully(machine, condition, () => run(machine, node.body, inner));
      return completion?.end === 'return' ? completion : undefined;
    }
    const completion = run(machine, node.body, inner);
    const stop = after(completion);
    if (stop) return stop.completion;
    if (node.type === 'ForStatement' && node.update) evaluate(machine, node.update, inner);
  }
  return undefined;
}

/** `undefined`: the next round; else what the loop as a whole ends with. */
function after(completion: Completion): { completion: Completion } | undefined {
  if (!completion || (completion.end === 'continue' && !completion.label)) return undefined;
  return { completion: completion.end === 'break' && !completion.label ? undefined : completion };
}

function each(
  machine: Machine,
  node: Extract<Loop, { type: 'ForOfStatement' | 'ForInStatement' }>,
  scope: Scope,
): Completion {
  const over = evaluate(machine, node.right, scope);
  const members = node.type === 'ForInStatement' ? keysOf(over) : itemsOf(over);
  for (const one of members.items) {
    const completion = round(machine, node, one, scope);
    const stop = after(completion);
    if (stop) return stop.completion;
  }
  if (!members.more) return undefined;
  const condition = `for ${textOf(scope.module.parsed, node.right)}`;
  const completion = doubtfully(machine, condition, () => round(machine, node, unknown, scope));
  if (completion?.end === 'return') machine.returns.push(completion.value);
  return undefined;
}

function round(
  machine: Machine,
  node: Extract<Loop, { type: 'ForOfStatement' | 'ForInStatement' }>,
  one: Value,
  scope: Scope,
): Completion {
  const inner = new Scope(scope, scope.module, machine.doubt);
  const { left } = node;
  if (left.type === 'VariableDeclaration') {
    const id = left.declarations[0]?.id;
    if (id) destructure(machine, inner, id, one, (name, value) => inner.declare(name, value));
  } else destructure(machine, inner, left, one);
  return run(machine, node.body, inner);
}

interface Members {
  items: readonly Value[];
  more: boolean;
}

/** What a loop over a value gives, and whether there may be others. */
export function itemsOf(value: Value): Members {
  if (value.k === 'list') return value;
  if (value.k === 'native' && isItems(value.data)) return value.data;
  return { items: [], more: true };
}

function isItems(data: unknown): data is Members {
  return typeof data === 'object' && data !== null && 'items' in data && 'more' in data;
}

/** The names of a record, or the indexes of a list. */
export function keysOf(value: Value): Members {
  if (value.k === 'record') {
    const names = [...value.members.keys(), ...(value.getters?.keys() ?? [])];
    return { items: names.map((name) => primitive(name)), more: value.more };
  }
  if (value.k === 'list') {
    return { items: value.items.map((_, index) => primitive(String(index))), more: value.more };
  }
  return { items: [], more: value.k !== 'primitive' };
}
