import { assignTo } from './evaluate.ts';
import { field, type GoNode } from './parse.ts';
import { type Run, statementsOf } from './run.ts';
import { zeroOf } from './structs.ts';
import { childScope, type Scope, unknown, type Value } from './values.ts';

/** Runs statements in order; what is returned on the way is collected, and the run goes on behind a branch. */
export function execute(
  run: Run,
  statements: readonly GoNode[],
  scope: Scope,
  returned: Value[][],
): void {
  for (const node of statements) {
    run.steps += 1;
    const step = steps[node.type];
    if (step !== undefined) step(run, node, scope, returned);
    else
      for (const kid of node.kids)
        if (kid.type.endsWith('call_expression')) run.evaluate(kid, scope);
    if (node.type === 'return_statement') return;
  }
}

type Step = (run: Run, node: GoNode, scope: Scope, returned: Value[][]) => void;

const inBlock: Step = (run, node, scope, returned) =>
  execute(run, statementsOf(node), childScope(scope), returned);

const declaration: Step = (run, node, scope) => {
  const specs = node.kids.flatMap((kid) => (kid.type.endsWith('_spec_list') ? kid.kids : [kid]));
  for (const spec of specs) {
    const names = (spec.fields.get('name') ?? []).filter((kid) => kid.type === 'identifier');
    const values = listOf(run, field(spec, 'value'), scope, names.length);
    names.forEach((name, i) => {
      const declared = values[i] ?? zeroOf(run, field(spec, 'type'), scope.file, scope.pkg);
      scope.names.set(name.text, declared);
    });
  }
};

const assignment: Step = (run, node, scope) => {
  const targets = field(node, 'left')?.kids ?? [];
  const values = listOf(run, field(node, 'right'), scope, targets.length);
  targets.forEach((target, i) => {
    const value = values[i] ?? unknown(target.text);
    if (node.type === 'short_var_declaration') scope.names.set(target.text, value);
    else assignTo(run, target, value, scope);
  });
};

const branches: Step = (run, node, outer, returned) => {
  const scope = childScope(outer);
  const before = field(node, 'initializer');
  if (before !== undefined) execute(run, [before], scope, returned);
  for (const part of ['condition', 'value']) run.evaluate(field(node, part), scope);
  for (const part of ['consequence', 'alternative']) {
    const block = field(node, part);
    if (block?.type === 'if_statement') branches(run, block, scope, returned);
    else if (block !== undefined) inBlock(run, block, scope, returned);
  }
  for (const kid of node.kids.filter((each) => /_case$/.test(each.type))) {
    inBlock(
      run,
      { ...kid, kids: kid.kids.filter((each) => each !== field(kid, 'value')) },
      scope,
      returned,
    );
  }
};

const loop: Step = (run, node, scope, returned) => {
  const range = node.kids.find((kid) => kid.type === 'range_clause');
  const body = field(node, 'body');
  if (body === undefined) return;
  const over = range === undefined ? undefined : run.evaluate(field(range, 'right'), scope);
  const names = range === undefined ? [] : (field(range, 'left')?.kids ?? []);
  const items = over?.k === 'list' && over.items.length > 0 ? over.items : [unknown('element')];
  for (const [at, item] of items.slice(0, 500).entries()) {
    const each = childScope(scope);
    if (names[1] !== undefined) each.names.set(names[1].text, item);
    const index: Value = over === undefined ? unknown('index') : { k: 'text', value: String(at) };
    if (names[0] !== undefined) each.names.set(names[0].text, index);
    inBlock(run, body, each, returned);
  }
};

const calls: Step = (run, node, scope) => {
  for (const kid of node.kids) run.evaluate(kid, scope);
};

const steps: Readonly<Record<string, Step>> = {
  block: inBlock,
  const_declaration: declaration,
  var_declaration: declaration,
  short_var_declaration: assignment,
  assignment_statement: assignment,
  if_statement: branches,
  expression_switch_statement: branches,
  type_switch_statement: branches,
  select_statement: branches,
  for_statement: loop,
  expression_statement: calls,
  go_statement: calls,
  defer_statement: calls,
  labeled_statement: (run, node, scope, returned) => execute(run, node.kids, scope, returned),
  return_statement: (run, node, scope, returned) => {
    const values = listOf(run, node.kids[0], scope, 1);
    returned.push(values);
  },
};

/** As many values as names: one call may give them all. */
function listOf(run: Run, node: GoNode | undefined, scope: Scope, wanted: number): Value[] {
  if (node === undefined) return [];
  const expressions = node.type === 'expression_list' ? node.kids : [node];
  const values = expressions.map((each) => run.evaluate(each, scope));
  const [only] = values;
  return wanted > 1 && values.length === 1 && only?.k === 'list' ? only.items : values;
}
