import { propertyName } from '../../../languages/javascript/literal.ts';
import { childrenOf, lineOf, type Node, textOf } from '../../../languages/javascript/parse.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Closure } from '../../../languages/javascript/run/values.ts';
import { named } from './calls.ts';
import { type Evidence, evidenceFor, refusals } from './evidence.ts';
import { membersOfType } from './types.ts';
import { bags, type In, isSchema, type Ref, type Uses } from './use.ts';

const deepest = 3;

/** Reads a handler; functions of the project that get the request or a part of it are followed. */
export function usesOf(
  machine: Machine,
  fn: Closure,
  parameters?: readonly (Ref | undefined)[],
): Uses {
  const uses: Uses = { found: [], open: new Set(), texts: [], schemas: [], types: [] };
  const given: Ref[] = [{ of: 'request' }, { of: 'response' }];
  const first = fn.node.params.length === 4 ? [{ of: 'response' } as Ref, ...given] : given;
  new Reading(machine, fn, uses, 0, new Set()).run(parameters ?? first);
  return uses;
}

class Reading {
  readonly #machine: Machine;
  readonly #fn: Closure;
  readonly #uses: Uses;
  readonly #depth: number;
  readonly #seen: Set<Node>;
  readonly #names = new Map<string, Ref>();
  #refused: ReadonlySet<string> = new Set();

  constructor(machine: Machine, fn: Closure, uses: Uses, depth: number, seen: Set<Node>) {
    this.#machine = machine;
    this.#fn = fn;
    this.#uses = uses;
    this.#depth = depth;
    this.#seen = seen;
  }

  run(given: readonly (Ref | undefined)[]): void {
    const { node, scope } = this.#fn;
    if (!node.body) return;
    this.#uses.texts.push(textOf(scope.module.parsed, node));
    this.#refused = refusals(scope.module.parsed, node.body);
    for (const [index, parameter] of node.params.entries()) {
      const ref = given[index];
      if (ref?.of === 'request') this.#generics(parameter);
      const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
      if (ref) this.#bind(pattern.type === 'RestElement' ? pattern.argument : pattern, ref);
    }
    this.#visit(node.body, []);
  }

  /** `Request<Params, Answer, Body, Query>`. */
  #generics(parameter: Node): void {
    const annotation =
      'typeAnnotation' in parameter ? (parameter.typeAnnotation as Node | null) : null;
    const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : undefined;
    if (type?.type !== 'TSTypeReference') return;
    const given = type.typeArguments?.params ?? [];
    this.#typed('body', given[2]);
    this.#typed('query', given[3]);
  }

  #typed(where: In, type: Node | null | undefined): void {
    if (!type) return;
    const members = membersOfType(this.#machine, this.#fn.scope.module.parsed, type);
    if (members.size > 0) this.#uses.types.push({ in: where, members });
  }

  #bind(pattern: Node, ref: Ref): void {
    const annotation = 'typeAnnotation' in pattern ? (pattern.typeAnnotation as Node | null) : null;
    if (ref.of === 'bag') this.#typed(ref.in, annotation);
    if (pattern.type === 'Identifier') this.#names.set(pattern.name, ref);
    if (pattern.type === 'AssignmentPattern') {
      if (ref.of === 'key') this.#use(ref, pattern, [], { optional: true });
      this.#bind(pattern.left, ref);
    }
    if (pattern.type !== 'ObjectPattern') return;
    for (const one of pattern.properties) {
      if (one.type === 'RestElement') {
        if (ref.of === 'bag') this.#uses.open.add(ref.in);
        continue;
      }
      const name = propertyName(one);
      const part = name === undefined ? undefined : this.#member(ref, name);
      if (!part) {
        if (ref.of === 'bag') this.#uses.open.add(ref.in);
        continue;
      }
      if (part.of === 'key') this.#use(part, one, []);
      this.#bind(one.value, part);
    }
  }

  #member(ref: Ref, name: string): Ref | undefined {
    if (ref.of === 'request') {
      const bag = Object.hasOwn(bags, name) ? bags[name] : undefined;
      if (bag === 'file') return { of: 'key', in: 'file', name };
      return bag && { of: 'bag', in: bag };
    }
    if (ref.of === 'bag') return { of: 'key', in: ref.in, name };
    return undefined;
  }

  #resolve(node: Node): Ref | undefined {
    switch (node.type) {
      case 'Identifier':
        return this.#names.get(node.name);
      case 'MemberExpression': {
        const ref = this.#resolve(node.object);
        const name = propertyName({ key: node.property, computed: node.computed });
        return ref && name !== undefined ? this.#member(ref, name) : undefined;
      }
      case 'LogicalExpression':
        return this.#resolve(node.left);
      case 'AwaitExpression':
        return this.#resolve(node.argument);
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'ChainExpression':
        return this.#resolve(node.expression);
      case 'CallExpression':
        return this.#header(node);
      default:
        return undefined;
    }
  }

  /** `req.get('X-Name')`, `req.header('X-Name')`, `req.param('name')`. */
  #header(node: Extract<Node, { type: 'CallExpression' }>): Ref | undefined {
    if (node.callee.type !== 'MemberExpression') return undefined;
    if (this.#resolve(node.callee.object)?.of !== 'request') return undefined;
    const method = propertyName({ key: node.callee.property, computed: node.callee.computed });
    const [first] = node.arguments;
    if (first?.type !== 'Literal' || typeof first.value !== 'string') return undefined;
    if (method === 'get' || method === 'header')
      return { of: 'key', in: 'header', name: first.value };
    return method === 'param' ? { of: 'key', in: 'query', name: first.value } : undefined;
  }

  #visit(node: Node, parents: readonly Node[]): void {
    if (node.type === 'VariableDeclarator' && node.init) {
      const ref = this.#resolve(node.init);
      if (ref && ref.of !== 'key') this.#bind(node.id, ref);
      if (ref?.of === 'key') this.#bind(node.id, ref);
    }
    if (node.type === 'AssignmentExpression' && node.operator === '=') {
      const ref = this.#resolve(node.right);
      if (ref && node.left.type === 'Identifier') this.#names.set(node.left.name, ref);
      if (ref && node.left.type === 'ObjectPattern') this.#bind(node.left, ref);
    }
    const own = this.#resolve(node);
    if (own?.of === 'key' && node.type !== 'LogicalExpression') this.#use(own, node, parents);
    if (own?.of === 'bag' && this.#escapes(node, parents)) this.#uses.open.add(own.in);
    if (own?.of === 'bag' && node.type === 'TSAsExpression')
      this.#typed(own.in, node.typeAnnotation);
    if (node.type === 'CallExpression') this.#call(node);
    if (node.type === 'ForInStatement') {
      const ref = this.#resolve(node.right);
      if (ref?.of === 'bag') this.#uses.open.add(ref.in);
    }
    const inside = [...parents, node];
    for (const child of childrenOf(node)) {
      // The object of a key that was taken is no use of the bag as a whole.
      if (own?.of === 'key' && node.type === 'MemberExpression' && child === node.object) continue;
      this.#visit(child, inside);
    }
  }

  /** Whether a bag goes somewhere as a whole. */
  #escapes(node: Node, parents: readonly Node[]): boolean {
    const parent = parents.at(-1);
    if (!parent) return false;
    if (parent.type === 'MemberExpression' && parent.object === node) return parent.computed;
    if (parent.type === 'VariableDeclarator' || parent.type === 'AssignmentExpression') {
      const bound = parent.type === 'VariableDeclarator' ? parent.id : parent.left;
      return bound.type === 'MemberExpression';
    }
    if (parent.type === 'CallExpression') return !this.#follows(parent);
    return [
      'SpreadElement',
      'Property',
      'ReturnStatement',
      'NewExpression',
      'ArrayExpression',
      'ArrowFunctionExpression',
      'ConditionalExpression',
    ].includes(parent.type);
  }

  #follows(node: Extract<Node, { type: 'CallExpression' }>): boolean {
    const value = named(this.#machine, node.callee, this.#fn);
    if (value?.k === 'closure') return true;
    return value?.k === 'external' && isSchema(value);
  }

  #call(node: Extract<Node, { type: 'CallExpression' }>): void {
    const refs = node.arguments.map((one) => this.#resolve(one));
    if (!refs.some((ref) => ref && ref.of !== 'key')) return;
    const value = named(this.#machine, node.callee, this.#fn);
    if (value?.k === 'external' && isSchema(value)) {
      for (const ref of refs) {
        if (ref?.of === 'bag' && value.base)
          this.#uses.schemas.push({ in: ref.in, value: value.base });
      }
      return;
    }
    if (value?.k !== 'closure' || this.#depth >= deepest || this.#seen.has(value.node)) return;
    this.#seen.add(value.node);
    new Reading(this.#machine, value, this.#uses, this.#depth + 1, this.#seen).run(refs);
  }

  #use(
    ref: Extract<Ref, { of: 'key' }>,
    node: Node,
    parents: readonly Node[],
    more: Partial<Evidence> = {},
  ): void {
    const { parsed } = this.#fn.scope.module;
    const place = { file: parsed.path, line: lineOf(parsed, node.start) };
    const evidence = evidenceFor(parsed, node, parents);
    const local =
      node.type === 'Property' && node.value.type === 'Identifier' ? node.value.name : undefined;
    const text = local ?? textOf(parsed, node).replace(/\s+/g, '');
    const required = this.#refused.has(text) ? { optional: false } : {};
    this.#uses.found.push({ ...ref, place, ...evidence, ...required, ...more });
  }
}
