import { childrenOf, type Node } from '../../../languages/javascript/parse.ts';
import { callClosure } from '../../../languages/javascript/run/calls.ts';
import { construct } from '../../../languages/javascript/run/construct.ts';
import { Machine } from '../../../languages/javascript/run/machine.ts';
import { type Closure, unknown, type Value } from '../../../languages/javascript/run/values.ts';
import type { Project } from '../../../project/project.ts';
import { decorating } from './decorated.ts';
import { environmentOf } from './environment.ts';
import { expressHost, touchesExpress } from './host.ts';
import { type Registry, settle } from './registration.ts';

/** Runs every file of the project, from the entry on, then the factories that nothing called. */
export function runExpress(
  project: Project,
  sources: readonly string[],
): { machine: Machine; registry: Registry } {
  const made: { registry?: Registry } = {};
  const host = expressHost(() => made.registry!, environmentOf(project.tree));
  const machine = new Machine(project.tree, host);
  const registry: Registry = { machine, routings: [], unresolved: [], sources };
  made.registry = registry;
  const { files, behind } = ordered(project, machine, sources);
  for (const path of files) machine.load(path);
  const isMade = registry.routings.some((one) => one.kind === 'app' && one.layers.length > 0);
  for (const path of files) {
    const module = machine.modules.get(path);
    // Beside an application, one that no file of the project imports is for its tests.
    if (!module || (isMade && !behind.has(path) && path !== project.entry)) continue;
    const values: Value[] = [module.exports, ...[...module.named.values()].map((read) => read())];
    for (const value of values.flatMap(exported)) callFactory(machine, value);
  }
  settle(registry);
  return { machine, registry };
}

const imported = /(?:from|import|require)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const startNames = /(?:^|\/)(?:index|main|server|app|www|start)\.[cm]?[jt]s$/;

/**
 * The entry first, then files that nothing imports: in a ring of imports the order decides what stands
 * where a router is mounted.
 */
function ordered(
  project: Project,
  machine: Machine,
  sources: readonly string[],
): { files: string[]; behind: ReadonlySet<string> } {
  const { tree, entry } = project;
  const behind = new Set<string>();
  const touching: string[] = [];
  for (const path of sources) {
    const text = tree.read(path) ?? '';
    if (touchesExpress(text)) touching.push(path);
    for (const match of text.matchAll(imported)) {
      const target = machine.resolver.resolve(path, match[1]!);
      if (target.kind === 'file' && target.path !== path) behind.add(target.path);
    }
  }
  const rank = (path: string): number => {
    if (path === entry) return 0;
    return (behind.has(path) ? 3 : 1) + (startNames.test(path) ? 0 : 1);
  };
  const all = new Set(touching);
  // The file that starts everything may name no framework at all.
  for (const path of sources) if (rank(path) <= 1) all.add(path);
  if (entry !== undefined && tree.has(entry)) all.add(entry);
  return { files: [...all].sort((one, other) => rank(one) - rank(other)), behind };
}

function exported(value: Value): Value[] {
  if (value.k === 'record') return [value, ...value.members.values()];
  return [value];
}

/** An exported function or class that makes an application and that nothing called. */
function callFactory(machine: Machine, value: Value): void {
  if (value.k === 'closure' && !machine.ran.has(value.node) && makesApp(value.node, value)) {
    callClosure(
      machine,
      value,
      value.node.params.map(() => unknown),
      unknown,
    );
  }
  if (value.k !== 'class' || machine.ran.has(value.node) || !makesApp(value.node, value)) return;
  for (const one of value.statics.values()) callFactory(machine, one);
  if (machine.ran.has(value.node)) return;
  const made = construct(machine, value, [unknown, unknown, unknown], undefined);
  for (const method of value.methods.values()) {
    const starts = method.node.params.length === 0 || makesApp(method.node, value);
    if (starts && !machine.ran.has(method.node)) {
      callClosure(
        machine,
        method,
        method.node.params.map(() => unknown),
        made,
      );
    }
  }
}

function makesApp(node: Node, value: { scope: Closure['scope'] }): boolean {
  const calls = node.type === 'CallExpression' || node.type === 'NewExpression';
  if (calls && node.callee.type === 'Identifier') {
    const callee = value.scope.lookup(node.callee.name);
    if (callee?.k === 'native' && callee.name === 'express') return true;
    if (callee?.k === 'external' && decorating.test(callee.module)) return true;
  }
  return childrenOf(node).some((child) => makesApp(child, value));
}
