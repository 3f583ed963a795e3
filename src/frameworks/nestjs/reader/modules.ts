import type { Place, Unresolved } from '../../../surface/surface.ts';
import { type Machine, refill } from './evaluate.ts';
import { run } from './execute.ts';
import { lineage, markOf, marksOf, sameClass } from './marks.ts';
import { placeOf } from './program.ts';
import {
  type CallValue,
  type ClassValue,
  isExternal,
  itemsOf,
  member,
  type Value,
} from './values.ts';

/** A module of the running application with everything that its decorator and its options add. */
export interface ModuleEntry {
  class: ClassValue;
  controllers: ClassValue[];
  providers: Value[];
}

export interface ModuleGraph {
  /** In the order in which Nest registers their routes. */
  modules: ModuleEntry[];
  /** Modules of packages, with their options. */
  external: { name: string; from: string; args: readonly Value[]; place: Place }[];
  /** `RouterModule.register` trees. */
  routerTrees: Value[];
  unresolved: Unresolved[];
}

/** Follows imports from a root module, dynamic modules and forward references included. */
export function readModules(m: Machine, roots: readonly Value[], place: Place): ModuleGraph {
  const graph: ModuleGraph = { modules: [], external: [], routerTrees: [], unresolved: [] };
  for (const root of roots) visit(m, graph, root, place);
  return graph;
}

function visit(m: Machine, graph: ModuleGraph, value: Value, place: Place): void {
  switch (value.kind) {
    case 'choice':
      for (const one of value.of) visit(m, graph, one, place);
      return;
    case 'array':
      for (const one of value.items) visit(m, graph, one, place);
      return;
    case 'class':
      addClass(m, graph, value);
      return;
    case 'object':
      addDynamic(m, graph, value, place);
      return;
    case 'external':
      graph.external.push({ name: value.name, from: value.from, args: [], place });
      return;
    case 'call':
      addCall(m, graph, value);
      return;
    case 'function':
      visit(m, graph, run(m, value, []), place);
      return;
    case 'literal':
      return;
    default:
      graph.unresolved.push({ what: 'an imported module', place });
  }
}

function addCall(m: Machine, graph: ModuleGraph, call: CallValue): void {
  const place = placeOf(call.file, call.node);
  const { callee, args } = call;
  // `nest-router` had `forRoutes` before the core had `register`.
  if (callee.kind === 'external' && /^RouterModule\.(register|forRoutes)$/.test(callee.name)) {
    graph.routerTrees.push(...args);
    return;
  }
  if (isExternal(callee, /^@nestjs\/common$/, 'forwardRef') && args[0]?.kind === 'function') {
    visit(m, graph, run(m, args[0], []), place);
    return;
  }
  if (callee.kind === 'external') {
    graph.external.push({ name: callee.name, from: callee.from, args, place });
    // `ConditionalModule.registerWhen(XModule, …)`: a module of the project behind a package's call.
    for (const one of args) if (one.kind === 'class') visit(m, graph, one, place);
    return;
  }
  // `class X extends ConfigurableModuleClass` has its `register` from a package: the class itself is the module.
  if (callee.kind === 'member' && callee.of.kind === 'class') {
    addClass(m, graph, callee.of);
    return;
  }
  graph.unresolved.push({ what: 'an imported module', place });
}

function addDynamic(
  m: Machine,
  graph: ModuleGraph,
  value: Extract<Value, { kind: 'object' }>,
  place: Place,
): void {
  const module = member(value, 'module');
  const entries = itemsOf(module).flatMap((one) =>
    one.kind === 'class' ? [addClass(m, graph, one)] : [],
  );
  const [entry] = entries;
  if (entry) addOptions(m, graph, entry, value);
  else if (module?.kind === 'external') visit(m, graph, module, place);
  else graph.unresolved.push({ what: 'a dynamic module', place });
}

function addClass(m: Machine, graph: ModuleGraph, of: ClassValue): ModuleEntry {
  const seen = graph.modules.find((entry) => sameClass(entry.class, of));
  if (seen) return seen;
  const entry: ModuleEntry = { class: of, controllers: [], providers: [] };
  graph.modules.push(entry);
  if (!refill(m)) {
    const what = 'a module that takes too many steps to read';
    graph.unresolved.push({ what, place: placeOf(of.file, of.node) });
  }
  for (const one of lineage(m, of)) {
    const mark = markOf(marksOf(m, one.node, one.scope), 'Module');
    if (!mark?.args[0]) continue;
    addOptions(m, graph, entry, mark.args[0]);
    break;
  }
  return entry;
}

function addOptions(m: Machine, graph: ModuleGraph, entry: ModuleEntry, given: Value): void {
  const place = placeOf(entry.class.file, entry.class.node);
  if (given.kind !== 'object') {
    graph.unresolved.push({ what: 'the options of a module', place });
    return;
  }
  for (const one of itemsOf(member(given, 'controllers'))) {
    if (one.kind === 'class') {
      if (!entry.controllers.some((other) => sameClass(other, one))) entry.controllers.push(one);
    } else if (one.kind !== 'literal') {
      graph.unresolved.push({ what: 'a controller of a module', place });
    }
  }
  entry.providers.push(...itemsOf(member(given, 'providers')));
  for (const one of itemsOf(member(given, 'imports'))) visit(m, graph, one, place);
}

/** Prefix of every module that a `RouterModule` tree names. */
export function modulePrefixes(trees: readonly Value[]): Map<ClassValue['node'], string> {
  const prefixes = new Map<ClassValue['node'], string>();
  const add = (value: Value, parent: string) => {
    for (const one of itemsOf(value)) {
      if (one.kind === 'class') prefixes.set(one.node, parent);
      if (one.kind !== 'object') continue;
      const path = member(one, 'path');
      const own = path?.kind === 'literal' ? String(path.value ?? '') : '';
      const full = [parent, own.replace(/^\/|\/$/g, '')].filter((part) => part !== '').join('/');
      const module = member(one, 'module');
      if (module?.kind === 'class') prefixes.set(module.node, full);
      const children = member(one, 'children');
      if (children) add(children, full);
    }
  };
  for (const tree of trees) add(tree, '');
  return prefixes;
}
