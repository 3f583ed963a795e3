import type { Place } from '../../surface/surface.ts';
import { evaluate } from './evaluate.ts';
import type { GoProject } from './packages.ts';
import { field, type GoNode, walk } from './parse.ts';
import { execute } from './statements.ts';
import { zeroOf } from './structs.ts';
import { childScope, type Package, type Scope, unknown, type Value } from './values.ts';

/** What the reader of a framework tells the interpreter. */
export interface Host {
  /** A call of a package that is not the project's. */
  external(name: string, args: readonly Value[], place: Place): Value | undefined;
  /** A method of an object of the framework; `undefined` when it is none that matters. */
  method(object: object, name: string, args: readonly Value[], place: Place): Value | undefined;
  /** An object of the framework goes where the reader cannot follow. */
  escaped(what: string, place: Place): void;
  /** A function was not entered because the steps of its root were used up; told once. */
  cutOff(name: string, place: Place): void;
  /** A value for a parameter of a root function, by its type: the application that nobody passed. */
  parameter(type: string, place: Place): Value | undefined;
}

type Func = Extract<Value, { k: 'func' }>;

/** For the variables of a package, `main`, and each function that nothing calls: one big start starves no other. */
const stepsPerRoot = 200_000;

/** Runs `main` and every function that nothing called, on abstract values; both sides of an `if` are taken. */
export class Run {
  readonly project: GoProject;
  readonly host: Host;
  readonly called = new Set<GoNode>();
  readonly active: GoNode[] = [];
  steps = 0;
  #told = false;

  constructor(project: GoProject, host: Host) {
    this.project = project;
    this.host = host;
  }

  start(): void {
    const packages = [...this.project.packages.values()];
    for (const pkg of packages) this.initialise(pkg);
    for (const pkg of packages) {
      const main = pkg.name === 'main' ? pkg.names.get('main') : undefined;
      this.#begin();
      if (main !== undefined) this.call(main, []);
    }
    this.#roots(packages);
  }

  /**
   * Functions with an application in their hands that no code of the project calls: tests and tools do.
   * Those that make one come first: they may call the others.
   */
  #roots(packages: readonly Package[]): void {
    const all = packages.flatMap((pkg) => [...functionsOf(pkg)]);
    for (const value of all) if (this.#has(value)) this.#root(value);
    for (const wanted of [/Engine\b/, /./]) {
      for (const value of all) {
        if (wanted.test(field(value.node, 'parameters')?.text ?? '')) this.#root(value);
      }
    }
  }

  /** Whether it makes an application, or uses one that a variable of its package holds. */
  #has({ node, pkg }: Func): boolean {
    return [...walk(node)].some(
      (each) =>
        (each.type === 'identifier' && pkg.names.get(each.text)?.k === 'object') ||
        (each.type === 'call_expression' &&
          /^gin\.(?:New|Default)$|\.Get(?:Gin)?Engine$/.test(field(each, 'function')?.text ?? '')),
    );
  }

  #root(value: Func): void {
    if (this.called.has(value.node)) return;
    const place = { file: value.scope?.file.path ?? '', line: value.node.line };
    const parameters = (field(value.node, 'parameters')?.kids ?? []).flatMap((each) => {
      const given = this.host.parameter(field(each, 'type')?.text ?? '', place);
      return Array.from({ length: each.fields.get('name')?.length ?? 1 }, () => given);
    });
    this.#begin();
    if (!this.#has(value) && parameters.every((each) => each === undefined)) return;
    this.call(
      value,
      parameters.map((each) => each ?? unknown('parameter')),
    );
  }

  #begin(): void {
    this.steps = 0;
    this.#told = false;
  }

  initialise(pkg: Package): void {
    if (pkg.initialised) return;
    pkg.initialised = true;
    const before = this.steps;
    this.#begin();
    for (const file of pkg.files) {
      for (const path of file.imports.values()) {
        const imported = this.project.packages.get(path);
        if (imported !== undefined) this.initialise(imported);
      }
    }
    for (const pass of ['const_declaration', 'var_declaration']) {
      for (const file of pkg.files) {
        const scope: Scope = { file, pkg, names: pkg.names, parent: undefined };
        execute(
          this,
          file.root.kids.filter((kid) => kid.type === pass),
          scope,
          [],
        );
      }
    }
    for (const file of pkg.files) {
      for (const node of file.root.kids) {
        if (node.type !== 'function_declaration' || field(node, 'name')?.text !== 'init') continue;
        const scope = { file, pkg, names: new Map(), parent: undefined };
        this.call({ k: 'func', name: 'init', node, pkg, scope }, []);
      }
    }
    this.steps = before;
  }

  /** Calls a function of the project; the first value that it may return, a list for several. */
  call(callee: Value, args: readonly Value[]): Value {
    if (callee.k !== 'func') return unknown('call');
    const { node, pkg } = callee;
    const body = field(node, 'body');
    const depth = this.active.filter((each) => each === node).length;
    if (body === undefined || depth > 1 || this.active.length > 60) return unknown('call');
    if (this.#isUsedUp(callee)) return unknown('call');
    this.called.add(node);
    this.active.push(node);
    const file = callee.scope?.file ?? pkg.files[0]!;
    const scope = childScope(callee.scope ?? { file, pkg, names: pkg.names, parent: undefined });
    bindParameters(this, node, args, scope, callee.self);
    const returned: Value[][] = [];
    execute(this, statementsOf(body), scope, returned);
    this.active.pop();
    const known = returned.filter((values) => values.some((value) => value.k !== 'unknown'));
    const first = mainResult(known);
    if (first === undefined) return unknown('result');
    return first.length === 1 ? first[0]! : { k: 'list', items: first };
  }

  #isUsedUp({ name, node, scope, pkg }: Func): boolean {
    if (this.steps <= stepsPerRoot) return false;
    if (!this.#told)
      this.host.cutOff(name, { file: scope?.file.path ?? pkg.folder, line: node.line });
    this.#told = true;
    return true;
  }

  evaluate(node: GoNode | undefined, scope: Scope): Value {
    this.steps += 1;
    return node === undefined ? unknown('') : evaluate(this, node, scope);
  }
}

/** Of several functions that may be returned the longest: the others are exits for a switched off feature. */
function mainResult(known: readonly Value[][]): Value[] | undefined {
  const length = ([value]: readonly Value[]): number =>
    value?.k === 'func' ? value.node.text.length : 0;
  const functions = known.every(([value]) => value?.k === 'func');
  return functions ? known.toSorted((a, b) => length(b) - length(a))[0] : known[0];
}

export function statementsOf(block: GoNode): readonly GoNode[] {
  return block.kids.flatMap((kid) => (kid.type === 'statement_list' ? kid.kids : [kid]));
}

function bindParameters(
  run: Run,
  node: GoNode,
  args: readonly Value[],
  scope: Scope,
  self: Value | undefined,
): void {
  const receiver = field(node, 'receiver')?.kids[0];
  const own = receiver && field(receiver, 'name')?.text;
  if (own !== undefined && self !== undefined) scope.names.set(own, self);
  let at = 0;
  for (const each of field(node, 'parameters')?.kids ?? []) {
    const rest = each.type === 'variadic_parameter_declaration';
    for (const name of each.fields.get('name') ?? []) {
      const given = rest ? ({ k: 'list', items: args.slice(at) } as const) : args[at];
      // Something of a type of the project has that type's methods, whatever its fields hold.
      const typed =
        given === undefined || given.k === 'unknown'
          ? zeroOf(run, field(each, 'type'), scope.file, scope.pkg)
          : given;
      const known = typed.k === 'unknown' ? (given ?? unknown(name.text)) : typed;
      scope.names.set(name.text, known);
      at += 1;
    }
  }
}

/** The functions and methods of a package; a method gets an empty receiver. */
function* functionsOf(pkg: Package): Generator<Func> {
  for (const value of [...pkg.names.values()]) {
    if (value.k === 'func' && value.scope !== undefined) yield value;
  }
  for (const [key, { node, file }] of pkg.methods) {
    const scope = { file, pkg, names: new Map(), parent: undefined };
    const type = key.split('.')[0] ?? '';
    const self: Value = { k: 'struct', type, pkg, fields: new Map() };
    yield { k: 'func', name: key, node, pkg, scope, self };
  }
}
