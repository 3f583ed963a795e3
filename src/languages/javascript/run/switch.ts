import { type Node, textOf } from '../parse.ts';
import { doubtfully, evaluate } from './expressions.ts';
import type { Machine } from './machine.ts';
import { Scope } from './scope.ts';
import { type Completion, hoist, run, runBody } from './statements.ts';
import type { Value } from './values.ts';

/** Runs the case that matches; of an unknown value, every one. */
export function choose(
  machine: Machine,
  node: Extract<Node, { type: 'SwitchStatement' }>,
  scope: Scope,
): Completion {
  const value = evaluate(machine, node.discriminant, scope);
  const inner = new Scope(scope, scope.module, machine.doubt);
  const body = node.cases.flatMap((one) => one.consequent);
  for (const statement of body) hoist(statement, inner);
  if (value.k !== 'primitive') return chooseAll(machine, node, inner);
  const match = node.cases.findIndex(
    (one) => one.test && isValue(evaluate(machine, one.test, inner), value),
  );
  const from = match === -1 ? node.cases.findIndex((one) => !one.test) : match;
  if (from === -1) return undefined;
  for (const one of node.cases.slice(from)) {
    for (const statement of one.consequent) {
      const completion = run(machine, statement, inner);
      if (completion?.end === 'break' && completion.label === undefined) return undefined;
      if (completion) return completion;
    }
  }
  return undefined;
}

function isValue(one: Value, other: Value): boolean {
  return one.k === 'primitive' && other.k === 'primitive' && one.value === other.value;
}

function chooseAll(
  machine: Machine,
  node: Extract<Node, { type: 'SwitchStatement' }>,
  scope: Scope,
): Completion {
  const condition = `switch (${textOf(scope.module.parsed, node.discriminant)})`;
  for (const one of node.cases) {
    const completion = doubtfully(machine, condition, () =>
      runBody(machine, one.consequent, scope),
    );
    if (completion?.end === 'return') machine.returns.push(completion.value);
  }
  return undefined;
}
