import type { Tree } from '../../kernel/tree.ts';
import type { Place } from '../../surface/surface.ts';
import { bind } from './arguments.ts';
import { foreignBase } from './bases.ts';
import { member } from './evaluate.ts';
import { libraryCall } from './library.ts';
import { Modules } from './modules.ts';
import type { PyNode, PythonParser } from './parse.ts';

import { execute, frameOf } from './statements.ts';
import {
  type Class,
  type Event,
  type Func,
  type Module,
  none,
  type Obj,
  type Scope,
  unknown,
  type Value,
} from './values.ts';

const budgetOfModule = 20_000;
const depthOfCalls = 12;

/** One abstract run of a project: objects and the calls on them, in the order Python would make them. */
export class Run {
  readonly objects: Obj[] = [];
  readonly functions: Func[] = [];
  readonly classes: Class[] = [];
  readonly calls: (Event & { callee: Value })[] = [];
  readonly notAnalysed: { file: string; reason: string }[] = [];
  readonly trees = new Map<string, PyNode>();
  readonly modules = new Map<string, Module>();
  readonly #tree: Tree;
  readonly #parser: PythonParser;
  readonly #find: Modules;
  #seq = 0;
  #depth = 0;
  #steps = 0;

  constructor(tree: Tree, parser: PythonParser) {
    this.#tree = tree;
    this.#parser = parser;
    this.#find = new Modules(tree);
  }

  syntax(file: string): PyNode | undefined {
    const known = this.trees.get(file);
    if (known !== undefined) return known;
    const text = this.#tree.read(file);
    if (text === undefined || this.notAnalysed.some((one) => one.file === file)) return undefined;
    try {
      const { root, errorLine } = this.#parser.parse(text);
      if (errorLine !== undefined) {
        const reason = `syntax error near line ${errorLine}; the rest of the file was read`;
        this.notAnalysed.push({ file, reason });
      }
      this.trees.set(file, root);
      return root;
    } catch (error) {
      this.notAnalysed.push({
        file,
        reason: error instanceof Error ? error.message : 'not parsed',
      });
      return undefined;
    }
  }

  /** Runs a module's top level once. */
  module(file: string): Module {
    const known = this.modules.get(file);
    if (known !== undefined) return known;
    const name = file.replace(/(?:\/__init__)?\.py$|\/$/, '').replaceAll('/', '.');
    const module: Module = { t: 'module', name, file, names: new Map(), done: false };
    this.modules.set(file, module);
    module.names.set('__name__', { t: 'str', v: name });
    const root = file.endsWith('/') ? undefined : this.syntax(file);
    if (root !== undefined) {
      const before = this.#steps;
      this.#steps = 0;
      const scope: Scope = { names: module.names, parent: undefined };
      execute(frameOf(this, module, scope), root);
      this.#steps = before;
    }
    module.done = true;
    return module;
  }

  import(dotted: string, dots: number, from: Module): Value {
    const found =
      dots > 0
        ? this.#find.relative(dots, dotted, from.file)
        : this.#find.absolute(dotted, from.file);
    if (found === undefined) return { t: 'ext', name: dotted };
    // A folder without code counts as a namespace only inside the project's own tree of names.
    return this.module(found);
  }

  /** A name of a module: its own, or a module below it. */
  fromModule(module: Value, name: string): Value {
    if (module.t === 'ext') return { t: 'ext', name: `${module.name}.${name}` };
    if (module.t !== 'module') return unknown(name);
    const own = module.names.get(name);
    if (own !== undefined) return own;
    const folder = module.file.replace(/__init__\.py$/, '');
    const below =
      folder.endsWith('/') || folder === ''
        ? this.#find.at(`${folder}${name}`, undefined)
        : undefined;
    return below === undefined ? unknown(`${module.name}.${name}`) : this.module(below);
  }

  call(
    callee: Value,
    args: Value[],
    kwargs: Map<string, Value>,
    node: PyNode,
    module: Module,
  ): Value {
    if (!this.step()) return unknown(node.text.slice(0, 80));
    const event = this.event(callee.t === 'bound' ? callee.name : '', args, kwargs, node, module);
    this.calls.push({ ...event, callee });
    // `app.errorhandler(404)(not_found)`: a decorator that is called by hand.
    const registered = callee.t === 'obj' ? this.pending.get(callee) : undefined;
    const [target] = args;
    if (registered !== undefined && (target?.t === 'func' || target?.t === 'class')) {
      registered.target ??= target;
      return target;
    }
    if (callee.t === 'func') {
      const result = this.invoke(callee, args, kwargs);
      return result.t === 'none' ? unknown(node.text.slice(0, 80)) : result;
    }
    if (callee.t === 'obj') return this.#called(callee, args, kwargs, node, module);
    if (callee.t === 'class') return this.instance(callee, args, kwargs, node, module);
    const known = libraryCall(this, callee, args, module);
    if (known !== undefined) return known;
    if (callee.t === 'ext') return this.object(callee.name, undefined, args, kwargs, node, module);
    if (callee.t === 'bound') {
      callee.self.events.push(event);
      const of = `${callee.self.of}.${callee.name}()`;
      const result = this.object(of, undefined, args, kwargs, node, module);
      result.attrs.set('__event__', { t: 'list', items: [callee.self] });
      this.pending.set(result, event);
      return result;
    }
    return unknown(node.text.slice(0, 80));
  }

  /** An object that is called: a decorator of a library, or a class with `__call__`. */
  #called(of: Obj, args: Value[], kwargs: Map<string, Value>, node: PyNode, module: Module): Value {
    const own = of.cls === undefined ? undefined : member(of.cls, '__call__');
    if (own?.t === 'func') return this.invoke({ ...own, self: of }, args, kwargs);
    return this.object(`${of.of}.__call__()`, undefined, args, kwargs, node, module);
  }

  /** Results of method calls that may turn out to be decorators. */
  readonly pending = new Map<Obj, Event>();

  event(
    name: string,
    args: Value[],
    kwargs: Map<string, Value>,
    node: PyNode,
    module: Module,
  ): Event {
    const place = this.place(module, node);
    return { seq: ++this.#seq, name, args, kwargs, target: undefined, node, place };
  }

  object(
    of: string,
    cls: Class | undefined,
    args: Value[],
    kwargs: Map<string, Value>,
    node: PyNode,
    module: Module,
  ): Obj {
    const place = this.place(module, node);
    const id = this.objects.length;
    const made: Obj = {
      t: 'obj',
      id,
      of,
      cls,
      args,
      kwargs,
      attrs: new Map(),
      events: [],
      node,
      place,
    };
    this.objects.push(made);
    return made;
  }

  instance(
    cls: Class,
    args: Value[],
    kwargs: Map<string, Value>,
    node: PyNode,
    module: Module,
  ): Obj {
    const made = this.object(foreignBase(cls) ?? cls.name, cls, args, kwargs, node, module);
    const start = member(cls, '__init__');
    if (start?.t === 'func') this.invoke({ ...start, self: made }, args, kwargs);
    return made;
  }

  /** Runs a function of the project with what is known of its arguments. */
  invoke(func: Func, args: Value[], kwargs: Map<string, Value>): Value {
    func.called = true;
    if (this.#depth >= depthOfCalls || !this.step()) return unknown(func.name);
    const scope: Scope = { names: new Map(), parent: func.scope };
    bind(this, func, args, kwargs, scope);
    const body = func.node.field('body');
    if (body === undefined) return none;
    const frame = frameOf(this, func.module, scope);
    this.#depth++;
    execute(frame, body);
    this.#depth--;
    return frame.result ?? none;
  }

  step(): boolean {
    return ++this.#steps < budgetOfModule;
  }

  /** Said once for a file: what stands behind that place was not run. */
  usedUp(file: string): void {
    const reason = 'it makes too many steps to be read to its end';
    if (this.notAnalysed.some((one) => one.file === file && one.reason === reason)) return;
    this.notAnalysed.push({ file, reason });
  }

  renew(): void {
    this.#steps = 0;
  }

  place(module: Module, node: PyNode): Place {
    return { file: module.file, line: node.line };
  }
}
