import type { PyNode } from './parse.ts';
import type { Frame } from './statements.ts';
import { isKnown } from './values.ts';

/** `import a.b as c`. */
export function importNames(frame: Frame, node: PyNode): void {
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

/** `from a import b as c`, and `*`. */
export function importFrom(frame: Frame, node: PyNode): void {
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
