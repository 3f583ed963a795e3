import { member } from './evaluate.ts';
import type { PyNode } from './parse.ts';
import type { Run } from './run.ts';
import { type Func, unknown, type Value } from './values.ts';

/** What a name behind a dot stands for. */
export function attributeOf(run: Run, of: Value, name: string, node: PyNode): Value {
  if (of.t === 'ext' || of.t === 'module') return run.fromModule(of, name);
  if (of.t === 'class') return member(of, name) ?? unknown(`${of.name}.${name}`);
  if (of.t === 'obj') {
    const own = of.attrs.get(name) ?? of.kwargs.get(name);
    if (own !== undefined && of.attrs.has(name)) return own;
    const found = of.cls === undefined ? undefined : member(of.cls, name);
    if (found?.t === 'func') {
      const method: Func = { ...found, self: of };
      const property = found.decorators.some((one) => /property$/.test(one.node.text));
      return property ? run.invoke(method, [], new Map()) : method;
    }
    return found ?? { t: 'bound', self: of, name };
  }
  if (of.t === 'bound') return { t: 'bound', self: of.self, name: `${of.name}.${name}` };
  if (of.t === 'func') return { t: 'ext', name: `${of.name}.${name}` };
  return unknown(node.text.slice(0, 80));
}
