import { dirname } from 'node:path/posix';
import type { Node } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { run } from './execute.ts';
import { bindPattern } from './patterns.ts';
import { resolveImport, type Scope, type SourceFile } from './program.ts';
import { type ClassValue, known, type ObjectValue, unknown, type Value } from './values.ts';

/** The value of a name where it is used: local, of the module, imported, or global. */
export function lookup(m: Machine, scope: Scope, name: string): Value {
  if (name.startsWith('import:')) return imported(m, scope.file, name.slice(7), '*');
  if (name.startsWith('export:')) return exported(m, scope.file, name.slice(7)) ?? unknown;
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.names.get(name);
    if (found) return found;
  }
  return moduleName(m, scope.file, name);
}

function moduleName(m: Machine, file: SourceFile, name: string): Value {
  const filled = file.scope.names.get(name);
  if (filled) return filled;
  const binding = file.imports.get(name);
  if (binding) return imported(m, file, binding.from, binding.name);
  const declaration = file.declarations.get(name);
  if (name === '__dirname' && !declaration) return known(dirname(file.path), false);
  if (!declaration) return globalName(name);
  if (m.stack.includes(declaration)) return unknown;
  m.stack.push(declaration);
  // What a module does while it is loaded, it does not do for a request.
  const { onRun } = m;
  const before = m.thrown.length;
  m.onRun = () => {};
  declareInto(m, file, name, declaration);
  m.onRun = onRun;
  m.thrown.splice(before);
  m.stack.pop();
  return file.scope.names.get(name) ?? unknown;
}

function declareInto(m: Machine, file: SourceFile, name: string, node: Node): void {
  const { scope } = file;
  if (node.type === 'VariableDeclarator') {
    bindPattern(m, node.id, node.init ? evaluate(m, node.init, scope) : unknown, scope);
    return;
  }
  scope.names.set(
    name,
    node.type === 'TSEnumDeclaration' ? enumValue(m, node, scope) : evaluate(m, node, scope),
  );
}

function enumValue(
  m: Machine,
  node: Extract<Node, { type: 'TSEnumDeclaration' }>,
  scope: Scope,
): Value {
  const members = new Map<string, Value>();
  const inner: Scope = { names: members, parent: scope, file: scope.file };
  let at = 0;
  for (const one of node.body.members) {
    const name =
      one.id.type === 'Identifier' ? one.id.name : String('value' in one.id ? one.id.value : '');
    const value = one.initializer ? evaluate(m, one.initializer, inner) : known(at);
    if (value.kind === 'literal' && typeof value.value === 'number') at = value.value + 1;
    members.set(name, value);
  }
  return { kind: 'object', members, open: false };
}

const globals = new Set([
  'process',
  'Object',
  'Array',
  'String',
  'JSON',
  'Reflect',
  'module',
  'console',
]);

function globalName(name: string): Value {
  if (name === 'undefined') return known(undefined);
  return globals.has(name) ? { kind: 'external', from: 'global', name } : unknown;
}

function imported(m: Machine, from: SourceFile, specifier: string, name: string): Value {
  const file = resolveImport(m.program, from.path, specifier);
  if (!file) return outside(specifier, name);
  if (name === '*') return { kind: 'namespace', file };
  return exported(m, file, name) ?? unknown;
}

function outside(specifier: string, name: string): Value {
  // A file of the project that is not in the tree is not a package.
  if (specifier.startsWith('.')) return unknown;
  return { kind: 'external', from: specifier, name };
}

/** An exported name of a file, through re-exports and barrels. */
export function exported(m: Machine, file: SourceFile, name: string, depth = 0): Value | undefined {
  if (depth > 20) return undefined;
  const found = file.exports.get(name);
  if (found && 'local' in found) return moduleName(m, file, found.local);
  if (found && 'from' in found) return imported(m, file, found.from, found.name);
  if (found) return evaluate(m, found.node, file.scope);
  for (const star of file.stars) {
    const next = resolveImport(m.program, file.path, star);
    const value = next && exported(m, next, name, depth + 1);
    if (value) return value;
  }
  return undefined;
}

/** Every exported name of a file: `import * as controllers`. */
export function exportNames(m: Machine, file: SourceFile, depth = 0): string[] {
  if (depth > 20) return [];
  const names = [...file.exports.keys()].filter((name) => name !== 'default');
  for (const star of file.stars) {
    const next = resolveImport(m.program, file.path, star);
    if (next) names.push(...exportNames(m, next, depth + 1));
  }
  return [...new Set(names)];
}

/** A static or instance member that a class or its parents declare; `self` is the instance. */
export function declarationValue(
  m: Machine,
  of: ClassValue,
  name: string,
  self: ObjectValue | undefined,
): Value | undefined {
  const scope: Scope = { names: new Map(), parent: of.scope, file: of.file };
  const me: Value = self ?? of;
  scope.names.set('this', me);
  for (const one of of.node.body.body) {
    if (one.type !== 'MethodDefinition' && one.type !== 'PropertyDefinition') continue;
    if (one.static !== (self === undefined)) continue;
    if (one.key.type !== 'Identifier' || one.key.name !== name) continue;
    if (one.type !== 'MethodDefinition') return one.value ? evaluate(m, one.value, scope) : unknown;
    const method = { kind: 'function' as const, file: of.file, node: one.value, scope, self: me };
    return one.kind === 'get' ? run(m, method, []) : method;
  }
  const parent = of.node.superClass ? evaluate(m, of.node.superClass, of.scope) : undefined;
  return parent?.kind === 'class' ? declarationValue(m, parent, name, self) : undefined;
}
