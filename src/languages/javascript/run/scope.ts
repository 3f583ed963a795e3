import type { Parsed } from '../parse.ts';
import { type Class, either, undefinedValue, unknown, type Value } from './values.ts';

/** A file on its way through the interpreter. */
export interface Module {
  parsed: Parsed;
  scope: Scope;
  /** `module.exports` of CommonJS; an ES module fills `named` instead. */
  exports: Value;
  named: Map<string, () => Value>;
  /** Targets of `export * from`. */
  stars: Module[];
  steps: number;
  isEs: boolean;
}

type Binding = { value: Value; constant?: boolean } | { read: () => Value };

/** Names in a block, a function or a file. */
export class Scope {
  readonly #names = new Map<string, Binding>();
  readonly parent: Scope | undefined;
  readonly module: Module;
  /** How many undecided branches stood around when it was made. */
  readonly doubt: number;
  self: Value | undefined;
  /** The class whose method runs here, for `super`. */
  home: Class | undefined;
  isFunction = false;

  constructor(parent: Scope | undefined, module: Module, doubt: number) {
    this.parent = parent;
    this.module = module;
    this.doubt = doubt;
  }

  declare(name: string, value: Value): void {
    this.#names.set(name, { value });
  }

  /** A name that is read from elsewhere at each use: an import. */
  link(name: string, read: () => Value): void {
    this.#names.set(name, { read });
  }

  hasOwn(name: string): boolean {
    return this.#names.has(name);
  }

  /** The values of its own names. */
  own(): Value[] {
    return [...this.#names.values()].map((one) => ('read' in one ? one.read() : one.value));
  }

  /** The scope that declares a name. */
  owner(name: string): Scope | undefined {
    if (this.#names.has(name)) return this;
    return this.parent?.owner(name);
  }

  lookup(name: string): Value | undefined {
    const binding = this.#names.get(name);
    if (!binding) return this.parent?.lookup(name);
    return 'read' in binding ? binding.read() : binding.value;
  }

  /** In a branch that may not run the old value stays possible. */
  assign(name: string, value: Value, doubt: number): void {
    const owner = this.owner(name);
    if (!owner) {
      this.root().declare(name, value);
      return;
    }
    const former = owner.#names.get(name)!;
    if ('read' in former) return;
    const weak = doubt > owner.doubt && former.value !== undefinedValue;
    owner.#names.set(name, { value: weak ? either(former.value, value) : value });
  }

  /** Where `var` declares. */
  functionScope(): Scope {
    return this.isFunction || !this.parent ? this : this.parent.functionScope();
  }

  homeClass(): Class | undefined {
    return this.home ?? this.parent?.homeClass();
  }

  root(): Scope {
    return this.parent ? this.parent.root() : this;
  }

  /** `this` of the nearest function that has its own. */
  thisValue(): Value {
    return this.self ?? this.parent?.thisValue() ?? unknown;
  }
}
