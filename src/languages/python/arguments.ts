import { evaluate } from './evaluate.ts';
import type { Run } from './run.ts';
import { type Func, type Scope, unknown, type Value } from './values.ts';

/** Gives a function's parameters what is known of the arguments of a call. */
export function bind(
  run: Run,
  func: Func,
  args: Value[],
  kwargs: Map<string, Value>,
  scope: Scope,
): void {
  const isStatic = func.decorators.some((one) => one.node.text.includes('staticmethod'));
  const rest = func.self !== undefined && !isStatic ? [func.self, ...args] : [...args];
  for (const parameter of func.node.field('parameters')?.kids ?? []) {
    const name = (parameter.field('name') ?? parameter.kids[0] ?? parameter).text;
    const fallback = parameter.field('value');
    if (parameter.type.endsWith('splat_pattern')) {
      if (parameter.type === 'list_splat_pattern')
        scope.names.set(name, { t: 'list', items: rest.splice(0) });
      else scope.names.set(name, { t: 'dict', entries: kwargs });
      continue;
    }
    const given = kwargs.get(name) ?? rest.shift();
    if (given !== undefined) scope.names.set(name, given);
    else if (fallback !== undefined)
      scope.names.set(name, evaluate(run, fallback, func.module, func.scope));
    else scope.names.set(name, unknown(name));
  }
}
