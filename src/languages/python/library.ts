import type { Run } from './run.ts';
import type { Module, Obj, Value } from './values.ts';

/** Calls of Python's own library and of Flask's settings whose result is known; `undefined` for all others. */
export function libraryCall(
  run: Run,
  callee: Value,
  args: readonly Value[],
  module: Module,
): Value | undefined {
  if (callee.t === 'bound' && callee.name === 'config.from_object') settings(callee.self, args[0]);
  const [first] = args;
  if (callee.t === 'bound' && callee.name === 'config.get' && first?.t === 'str')
    return callee.self.attrs.get(`config[${first.v}]`);
  if (callee.t !== 'ext') return undefined;
  if (/^importlib\.import_module$|__import__$/.test(callee.name)) {
    const readable = first?.t === 'str' && first.part !== true && !first.v.startsWith('.');
    return readable ? run.import(first.v, 0, module) : undefined;
  }
  const name = callee.name.replace(/^builtins\./, '');
  if (name === 'str' && first?.t === 'str') return first;
  if (/^(?:list|tuple|set|sorted)$/.test(name) && first?.t === 'list')
    return { t: 'list', items: [...first.items] };
  return undefined;
}

/** What a class of settings gives to `app.config`. */
function settings(of: Obj, from: Value | undefined): void {
  if (from?.t !== 'class') return;
  for (const base of from.bases) settings(of, base);
  for (const [name, value] of from.members) {
    if (/^[A-Z]/.test(name)) of.attrs.set(`config[${name}]`, value);
  }
}
