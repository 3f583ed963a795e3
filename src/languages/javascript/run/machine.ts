import type { Tree } from '../../../kernel/tree.ts';
import {
  isParsed,
  isSource,
  lineOf,
  type Node,
  type NotParsed,
  type Parsed,
  parseFile,
} from '../parse.ts';
import { type Resolver, resolver } from '../resolve.ts';
import { globals } from './builtins.ts';
import { callValue } from './calls.ts';
import { dataValue } from './data.ts';
import { globbed } from './glob.ts';
import type { Host } from './host.ts';
import { getMember } from './members.ts';
import { linkModule } from './modules.ts';
import { nodeModule } from './node.ts';
import { type Module, Scope } from './scope.ts';
import { runBody } from './statements.ts';
import { external, native, record, type Site, unknown, type Value } from './values.ts';

/** The steps of a module are used up. */
export class Exhausted extends Error {
  readonly module: Module;
  constructor(module: Module) {
    super('budget');
    this.module = module;
  }
}

// Generous for route tables, far below what data files with generated code would need.
const stepsPerModule = 150_000;

/** Runs module top levels on abstract values: every import is followed, both sides of an open `if` are taken. */
export class Machine {
  readonly tree: Tree;
  readonly host: Host;
  readonly resolver: Resolver;
  readonly globals: ReadonlyMap<string, Value> = globals(this);
  readonly notParsed: NotParsed[] = [];
  /** Functions and classes whose body ran. */
  readonly ran = new Set<Node>();
  readonly active = new Map<Node, number>();
  readonly modules = new Map<string, Module>();
  /** Undecided branches around the current step, with their conditions. */
  readonly conditions: string[] = [];
  returns: Value[] = [];
  /** Steps of all modules. */
  steps = 0;
  /** Registrations and loaded files: what a run is for. */
  effects = 0;
  /** Steps of functions whose runs had no effect. */
  readonly spent = new Map<Node, number>();
  depth = 0;
  readonly #parsed = new Map<string, Parsed | undefined>();

  constructor(tree: Tree, host: Host) {
    this.tree = tree;
    this.host = host;
    this.resolver = resolver(tree);
  }

  get doubt(): number {
    return this.conditions.length;
  }

  /** Counts one step of a module; ends its run when there have been too many. */
  tick(module: Module): void {
    module.steps += 1;
    this.steps += 1;
    if (module.steps === stepsPerModule) this.host.exhausted(module.parsed.path);
    if (module.steps >= stepsPerModule) throw new Exhausted(module);
  }

  parse(path: string): Parsed | undefined {
    if (this.#parsed.has(path)) return this.#parsed.get(path);
    const text = this.tree.read(path);
    const result = text === undefined ? undefined : parseFile(path, text);
    const parsed = result && isParsed(result) ? result : undefined;
    if (result && !isParsed(result)) this.notParsed.push(result);
    this.#parsed.set(path, parsed);
    return parsed;
  }

  /** Runs a file once; a file that is still running is given as far as it got, as Node does. */
  load(path: string): Module | undefined {
    const known = this.modules.get(path);
    if (known) return known;
    const parsed = isSource(path) ? this.parse(path) : undefined;
    if (!parsed) return undefined;
    this.effects += 1;
    const module = this.#create(parsed);
    this.modules.set(path, module);
    this.#run(module);
    return module;
  }

  #create(parsed: Parsed): Module {
    const module = {
      parsed,
      named: new Map(),
      stars: [],
      steps: 0,
      isEs: false,
    } as unknown as Module;
    const scope = new Scope(undefined, module, 0);
    const exported = record();
    const holder = record([['exports', exported]]);
    const directory = parsed.path.includes('/')
      ? parsed.path.slice(0, parsed.path.lastIndexOf('/'))
      : '';
    scope.declare('module', holder);
    scope.declare('exports', exported);
    scope.declare('__dirname', { k: 'primitive', value: `/${directory}` });
    scope.declare('__filename', { k: 'primitive', value: `/${parsed.path}` });
    scope.declare('require', this.#require(parsed.path));
    scope.self = exported;
    module.scope = scope;
    Object.defineProperty(module, 'exports', {
      get: () => holder.members.get('exports') ?? unknown,
    });
    return module;
  }

  #require(path: string): Value {
    const call = (args: readonly Value[]) => {
      const [first] = args;
      if (first?.k !== 'primitive' || typeof first.value !== 'string') return unknown;
      return this.require(path, first.value);
    };
    const get = (name: string) => (name === 'main' ? unknown : undefined);
    return native('require', call, { get });
  }

  #run(module: Module): void {
    const [depth, conditions, returns] = [this.depth, this.conditions.splice(0), this.returns];
    this.depth = 0;
    try {
      linkModule(this, module);
      runBody(this, module.parsed.program.body, module.scope);
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
    }
    this.depth = depth;
    this.conditions.splice(0, this.conditions.length, ...conditions);
    this.returns = returns;
  }

  /** The value of `require(specifier)` in a file. */
  require(from: string, specifier: string): Value {
    const found = this.import(from, specifier);
    if (!('parsed' in found)) return found;
    return found.isEs ? this.namespace(found) : found.exports;
  }

  /** The module, or the value of a package or of data. */
  import(from: string, specifier: string): Module | Value {
    const target = this.resolver.resolve(from, specifier);
    if (target.kind === 'package') {
      const known = this.host.packageValue(target.name) ?? nodeModule(this, target.name);
      return known ?? external(target.name);
    }
    if (target.kind === 'missing') return external(specifier);
    if (target.path.endsWith('.json')) return this.#data(target.path);
    return this.load(target.path) ?? external(specifier);
  }

  #data(path: string): Value {
    try {
      return dataValue(JSON.parse(this.tree.read(path)?.replace(/^\uFEFF/, '') ?? 'null'));
    } catch {
      return unknown;
    }
  }

  /** What `import { name }` reads. */
  imported(found: Module | Value, name: string): Value {
    if (!('parsed' in found)) {
      return name === 'default' ? defaultOf(this, found) : getMember(this, found, name);
    }
    const own = found.named.get(name);
    if (own) return own();
    for (const star of found.stars) {
      if (star.named.has(name) || star.stars.length > 0) return this.imported(star, name);
    }
    if (found.isEs && found.exports.k === 'record' && found.exports.members.size === 0)
      return unknown;
    return name === 'default'
      ? defaultOf(this, found.exports)
      : getMember(this, found.exports, name);
  }

  /** What `import * as name` reads. */
  namespace(found: Module | Value): Value {
    if (!('parsed' in found)) return found;
    if (!found.isEs) return found.exports;
    const names = new Set<string>();
    collectNames(found, names, new Set());
    return record([...names].map((name) => [name, this.imported(found, name)] as const));
  }

  /** Calls a function that something of ours was given. */
  call(fn: Value, args: readonly Value[], site: Site): Value {
    return callValue(this, fn, args, site, unknown);
  }

  /** Absolute paths of the tree's files that fit a pattern. */
  glob(pattern: Value | undefined, options: Value | undefined): Value {
    return globbed(this.tree, pattern, options);
  }

  /** `file` and 1-based line of a node. */
  placeOf(scope: Scope, node: { start: number }): { file: string; line: number } {
    const { parsed } = scope.module;
    return { file: parsed.path, line: lineOf(parsed, node.start) };
  }
}

function defaultOf(machine: Machine, value: Value): Value {
  if (value.k !== 'record' || !value.members.has('default')) return value;
  return getMember(machine, value, 'default');
}

function collectNames(module: Module, names: Set<string>, seen: Set<Module>): void {
  if (seen.has(module)) return;
  seen.add(module);
  for (const name of module.named.keys()) names.add(name);
  for (const star of module.stars) collectNames(star, names, seen);
}
