import { propertyName } from '../literal.ts';
import { namesIn } from '../names.ts';
import type { Node, Program } from '../parse.ts';
import type { Machine } from './machine.ts';
import type { Module } from './scope.ts';
import { unknown } from './values.ts';

/** Binds imports and announces exports before the first statement runs, so that rings of files work. */
export function linkModule(machine: Machine, module: Module): void {
  const { program } = module.parsed;
  module.isEs = program.body.some(
    (one) => one.type.startsWith('Import') || one.type.startsWith('Export'),
  );
  for (const statement of program.body) announce(module, statement);
  for (const statement of program.body) link(machine, module, statement);
}

type Statement = Program['body'][number];

function announce(module: Module, statement: Statement): void {
  const { named, scope } = module;
  if (statement.type === 'ExportDefaultDeclaration') {
    named.set('default', () => scope.lookup('*default') ?? unknown);
  }
  if (statement.type !== 'ExportNamedDeclaration' || statement.source) return;
  for (const one of statement.specifiers) {
    const local = nameOf(one.local);
    named.set(nameOf(one.exported), () => scope.lookup(local) ?? unknown);
  }
  for (const name of declaredNames(statement.declaration)) {
    named.set(name, () => scope.lookup(name) ?? unknown);
  }
}

function link(machine: Machine, module: Module, statement: Statement): void {
  const { path } = module.parsed;
  if (statement.type === 'ImportDeclaration' && statement.importKind !== 'type') {
    const found = machine.import(path, statement.source.value);
    for (const one of statement.specifiers) linkName(machine, module, found, one);
  }
  if (statement.type === 'ExportAllDeclaration' && statement.exportKind !== 'type') {
    const found = machine.import(path, statement.source.value);
    if (statement.exported) {
      module.named.set(nameOf(statement.exported), () => machine.namespace(found));
    } else if ('parsed' in found) module.stars.push(found);
  }
  if (statement.type === 'ExportNamedDeclaration' && statement.source) {
    if (statement.exportKind === 'type') return;
    const found = machine.import(path, statement.source.value);
    for (const one of statement.specifiers) {
      const name = nameOf(one.local);
      module.named.set(nameOf(one.exported), () => machine.imported(found, name));
    }
  }
}

type Specifier = Extract<Statement, { type: 'ImportDeclaration' }>['specifiers'][number];

function linkName(
  machine: Machine,
  module: Module,
  found: ReturnType<Machine['import']>,
  one: Specifier,
): void {
  const { scope } = module;
  if (one.type === 'ImportNamespaceSpecifier') {
    scope.link(one.local.name, () => machine.namespace(found));
    return;
  }
  const name = one.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(one.imported);
  // Code that lives beside a copy of the package imports it by a path out of the tree.
  const missing = !('parsed' in found) && found.k === 'external' && found.module.startsWith('.');
  const known = missing ? machine.host.packageValue(one.local.name) : undefined;
  scope.link(one.local.name, () => known ?? machine.imported(found, name));
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  return propertyName({ key: node }) ?? '';
}

function declaredNames(node: Node | null): string[] {
  if (!node) return [];
  if (node.type === 'VariableDeclaration') {
    const names = new Set<string>();
    for (const one of node.declarations) namesIn(one.id, names);
    return [...names];
  }
  if ('id' in node && node.id?.type === 'Identifier') return [node.id.name];
  return [];
}
