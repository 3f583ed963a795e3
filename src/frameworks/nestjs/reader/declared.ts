import type { Machine } from './evaluate.ts';
import { lineage, markOf, marksOf } from './marks.ts';
import type { SourceFile } from './program.ts';
import type { ClassValue } from './values.ts';

/** Every class of the application's sources that carries a decorator with this name. */
export function declaredWith(m: Machine, decorator: string): ClassValue[] {
  const found: ClassValue[] = [];
  for (const file of m.program.files.values()) {
    if (!file.parsed.text.includes(`@`)) continue;
    for (const node of classesOf(file)) {
      const one: ClassValue = { kind: 'class', file, node, scope: file.scope };
      if (markOf(marksOf(m, node, file.scope), decorator)) found.push(one);
    }
  }
  return found;
}

function classesOf(file: SourceFile): ClassValue['node'][] {
  return [...new Set(file.declarations.values())].flatMap((node) =>
    node.type === 'ClassDeclaration' ? [node] : [],
  );
}

export function looseModules(m: Machine): ClassValue[] {
  return declaredWith(m, 'Module');
}

/** Controllers that are no base class of another one. */
export function looseControllers(m: Machine): ClassValue[] {
  const all = declaredWith(m, 'Controller');
  const bases = new Set(
    all.flatMap((one) =>
      lineage(m, one)
        .slice(1)
        .map((base) => base.node),
    ),
  );
  return all.filter((one) => !bases.has(one.node));
}
