import { childrenOf, type Node, propertyName } from '../parse.ts';
import { chain, isFunction, pattern } from './patterns.ts';

/** What a name of one file stands for. */
export interface Binding {
  name: string;
  kind: 'import' | 'variable' | 'parameter' | 'function' | 'class' | 'catch';
  /** Where it is declared. */
  node: Node;
  /** The expression that it is bound to, before `path` is taken from it. */
  init?: Node | undefined;
  /** Members taken by destructuring: `const { a: { b } } = init` is `['a', 'b']`. */
  path: readonly string[];
  /** `const { a = fallback } = init`. */
  fallback?: Node | undefined;
  /** Import source and the imported name (`default`, `*` or a name). */
  from?: string | undefined;
  imported?: string | undefined;
  /** For parameters: their function and position. */
  fn?: Node | undefined;
  index?: number | undefined;
  /** Later assignments to the name itself. */
  assigned: Node[];
  /** Assignments to its members: `options.cookie.secure = true`. */
  members: { path: readonly string[]; value: Node; conditional: boolean }[];
}

/** Names and parents of one file. */
export interface Bindings {
  parentOf: (node: Node) => Node | undefined;
  lookup: (name: string, from: Node) => Binding | undefined;
  /** `this.x = value` and class properties, by name. */
  own: ReadonlyMap<string, Node>;
  /** What the file exports, by name; `default` for `module.exports = x` too. */
  exported: ReadonlyMap<string, Node>;
  /** Nodes in source order. */
  nodes: readonly Node[];
}

const scoped =
  /^(?:Program|BlockStatement|StaticBlock|CatchClause|For\w*Statement|SwitchStatement|Function(?:Declaration|Expression)|ArrowFunctionExpression)$/;

const read = new WeakMap<Node, Bindings>();

/** Reads the names of a file: lexical scopes, imports, exports and later assignments. Once for each program. */
export function bindingsOf(program: Node): Bindings {
  const known = read.get(program) ?? readBindings(program);
  read.set(program, known);
  return known;
}

function readBindings(program: Node): Bindings {
  const parents = new Map<Node, Node>();
  const nodes: Node[] = [];
  const scopes = new Map<Node, Map<string, Binding>>();
  const own = new Map<string, Node>();
  const exported = new Map<string, Node>();
  const stack: Node[] = [program];
  while (stack.length > 0) {
    const node = stack.pop()!;
    nodes.push(node);
    const children = childrenOf(node);
    for (let at = children.length - 1; at >= 0; at -= 1) {
      parents.set(children[at]!, node);
      stack.push(children[at]!);
    }
  }
  const scopeOf = (from: Node, hoisted: boolean): Node => {
    let at: Node | undefined = from;
    while (at && !(hoisted ? isFunction(at) || at.type === 'Program' : scoped.test(at.type))) {
      at = parents.get(at);
    }
    return at ?? program;
  };
  const bind = (scope: Node, binding: Omit<Binding, 'assigned' | 'members'>): void => {
    let names = scopes.get(scope);
    if (names === undefined) {
      names = new Map();
      scopes.set(scope, names);
    }
    names.set(binding.name, { ...binding, assigned: [], members: [] });
  };
  const lookup = (name: string, from: Node): Binding | undefined => {
    for (let at: Node | undefined = from; at; at = parents.get(at)) {
      const found = scopes.get(at)?.get(name);
      if (found) return found;
    }
    return undefined;
  };
  for (const node of nodes) declare(node, bind, scopeOf, parents);
  for (const node of nodes) {
    if (node.type === 'PropertyDefinition' && node.value) {
      const name = propertyName(node);
      if (name !== undefined) own.set(name, node.value);
    }
    if (node.type === 'AssignmentExpression') {
      assign(node, lookup, own, exported, (at) => isConditional(at, parents));
    }
    exporting(node, exported);
  }
  return { parentOf: (node) => parents.get(node), lookup, own, exported, nodes };
}

type Bind = (scope: Node, binding: Omit<Binding, 'assigned' | 'members'>) => void;

function declare(
  node: Node,
  bind: Bind,
  scopeOf: (from: Node, hoisted: boolean) => Node,
  parents: ReadonlyMap<Node, Node>,
): void {
  const parent = parents.get(node);
  if (node.type === 'ImportDeclaration') {
    for (const one of node.specifiers) {
      const imported =
        one.type === 'ImportSpecifier'
          ? 'name' in one.imported
            ? one.imported.name
            : one.imported.value
          : one.type === 'ImportDefaultSpecifier'
            ? 'default'
            : '*';
      const { name } = one.local;
      bind(scopeOf(node, false), {
        name,
        kind: 'import',
        node: one,
        path: [],
        from: node.source.value,
        imported,
      });
    }
  } else if (node.type === 'TSImportEqualsDeclaration') {
    const from =
      node.moduleReference.type === 'TSExternalModuleReference'
        ? node.moduleReference.expression.value
        : undefined;
    bind(scopeOf(node, false), {
      name: node.id.name,
      kind: 'import',
      node,
      path: [],
      from,
      imported: 'default',
    });
  } else if (node.type === 'VariableDeclaration') {
    const scope = scopeOf(node, node.kind === 'var');
    for (const { id, init } of node.declarations) {
      pattern(id, [], (name, at, path, fallback) =>
        bind(scope, { name, kind: 'variable', node: at, init: init ?? undefined, path, fallback }),
      );
    }
  } else if (isFunction(node)) {
    if (node.type === 'FunctionDeclaration' && node.id && parent) {
      bind(scopeOf(parent, false), {
        name: node.id.name,
        kind: 'function',
        node,
        init: node,
        path: [],
      });
    }
    for (const [index, param] of node.params.entries()) {
      const target = param.type === 'TSParameterProperty' ? param.parameter : param;
      pattern(target, [], (name, at, path, fallback) =>
        bind(node, { name, kind: 'parameter', node: at, path, fallback, fn: node, index }),
      );
    }
  } else if (node.type === 'ClassDeclaration' && node.id && parent) {
    bind(scopeOf(parent, false), { name: node.id.name, kind: 'class', node, init: node, path: [] });
  } else if (node.type === 'CatchClause' && node.param) {
    pattern(node.param, [], (name, at, path) =>
      bind(node, { name, kind: 'catch', node: at, path }),
    );
  }
}

function assign(
  node: Extract<Node, { type: 'AssignmentExpression' }>,
  lookup: (name: string, from: Node) => Binding | undefined,
  own: Map<string, Node>,
  exported: Map<string, Node>,
  conditional: (node: Node) => boolean,
): void {
  const { root, path } = chain(node.left);
  if (root.type === 'ThisExpression' && path.length === 1) own.set(path[0]!, node.right);
  if (root.type !== 'Identifier') return;
  const binding = lookup(root.name, node);
  if (path.length === 0) binding?.assigned.push(node.right);
  else if (binding) {
    binding.members.push({ path, value: node.right, conditional: conditional(node) });
  } else if (root.name === 'exports') exported.set(path[0]!, node.right);
  else if (root.name === 'module' && path[0] === 'exports') {
    exported.set(path[1] ?? 'default', node.right);
  }
}

function exporting(node: Node, exported: Map<string, Node>): void {
  if (node.type === 'ExportDefaultDeclaration') exported.set('default', node.declaration);
  if (node.type !== 'ExportNamedDeclaration') return;
  if (node.declaration?.type === 'VariableDeclaration') {
    for (const { id, init } of node.declaration.declarations) {
      if (id.type === 'Identifier' && init) exported.set(id.name, init);
    }
  } else if (
    node.declaration &&
    'id' in node.declaration &&
    node.declaration.id?.type === 'Identifier'
  ) {
    exported.set(node.declaration.id.name, node.declaration);
  }
  if (node.source) return;
  for (const { local, exported: outer } of node.specifiers) {
    const name = 'name' in outer ? outer.name : outer.value;
    exported.set(name, local);
  }
}

/** Whether the statement runs only on some paths of its function. */
function isConditional(node: Node, parents: ReadonlyMap<Node, Node>): boolean {
  for (let at: Node | undefined = node; at && !isFunction(at); at = parents.get(at)) {
    if (/^(?:If|Switch|Try)Statement$|^ConditionalExpression$/.test(at.type)) return true;
  }
  return false;
}
