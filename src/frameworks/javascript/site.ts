import {
  childrenOf,
  isParsed,
  lineOf,
  type Node,
  type Parsed,
  parseFile,
  textOf,
} from '../../languages/javascript/parse.ts';
import type { Project } from '../../project/project.ts';
import type { Place, Surface } from '../../surface/surface.ts';

/** Where the application object is made, and the statement list that sets it up. */
export interface Site {
  file: string;
  parsed: Parsed;
  /** How the code there calls it: `app`, `this.app`, `server`. */
  name: string;
  created: Node;
  statements: readonly Node[];
}

/** The application that the entry file makes, else the first of the surface. */
export function siteOf(project: Project, surface: Surface): Site | undefined {
  const places = surface.apps.map((app) => app.place);
  const entry = places.find((place) => place.file === project.entry);
  for (const place of entry === undefined ? places : [entry, ...places]) {
    const site = siteAt(project, place);
    if (site !== undefined) return site;
  }
  return undefined;
}

function siteAt(project: Project, place: Place): Site | undefined {
  const text = project.tree.read(place.file);
  if (text === undefined) return undefined;
  const parsed = parseFile(place.file, text);
  if (!isParsed(parsed)) return undefined;
  const path = pathTo(
    parsed.program,
    (node) => isCreation(node) && lineOf(parsed, node.start) === place.line,
  );
  if (path === undefined) return undefined;
  for (let at = path.length - 1; at > 0; at -= 1) {
    const statements = statementList(path[at - 1]!);
    const created = path[at]!;
    if (statements?.includes(created) !== true) continue;
    const name = nameOf(created, parsed);
    return name === undefined ? undefined : { file: place.file, parsed, name, created, statements };
  }
  return undefined;
}

function pathTo(node: Node, found: (node: Node) => boolean): Node[] | undefined {
  if (found(node)) return [node];
  for (const child of childrenOf(node)) {
    const rest = pathTo(child, found);
    if (rest !== undefined) return [node, ...rest];
  }
  return undefined;
}

/** A call without a receiver or of an `express` namespace; the surface has found its line, so any call there counts. */
function isCreation(node: Node): boolean {
  return node.type === 'CallExpression' && !/\.(use|get|post|listen|set)$/.test(calleeText(node));
}

function calleeText(node: Node): string {
  if (node.type !== 'CallExpression') return '';
  const { callee } = node;
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier') {
    return `.${callee.property.name}`;
  }
  return '';
}

export function statementList(node: Node): readonly Node[] | undefined {
  return node.type === 'Program' || node.type === 'BlockStatement' ? node.body : undefined;
}

function nameOf(statement: Node, parsed: Parsed): string | undefined {
  const inner =
    statement.type === 'ExportNamedDeclaration' && statement.declaration
      ? statement.declaration
      : statement;
  if (inner.type === 'VariableDeclaration') {
    const declared = inner.declarations.find((one) => one.init && containsCreation(one.init));
    return declared?.id.type === 'Identifier' ? declared.id.name : undefined;
  }
  if (inner.type === 'ExpressionStatement' && inner.expression.type === 'AssignmentExpression') {
    return lastTarget(inner.expression.left, parsed);
  }
  return undefined;
}

function lastTarget(left: Node, parsed: Parsed): string {
  return textOf(parsed, left);
}

function containsCreation(node: Node): boolean {
  return isCreation(node) || childrenOf(node).some(containsCreation);
}

/** Where the last call goes: behind the last statement that sets up, or in front of the one that listens. */
export interface LastSpot {
  node: Node;
  side: 'behind' | 'before';
}

/**
 * The end of what sets the application up: its routes and handlers, also those in functions and methods that
 * are called here. `undefined` when other functions register later and nothing shows when.
 */
export function lastSetUp(site: Site): LastSpot | undefined {
  const functions = namedFunctions(site);
  const start = site.statements.indexOf(site.created);
  const after = site.statements.slice(start + 1).filter((one) => !isFunction(one));
  const listens = listenersIn(site);
  let last = site.created;
  const called = new Set<string>();
  let listening = false;
  for (const statement of after) {
    const text = textOf(site.parsed, statement);
    if (/^(return|export|module\.exports|exports\.)/.test(text)) continue;
    const inner = listens.find((one) => isInside(one, statement));
    if (inner !== undefined && inner !== statement && registers(site, statement))
      return { node: inner, side: 'before' };
    // A server may be made first and given its routes afterwards: `createServer(app)`, then `app.use(…)`.
    listening ||= inner !== undefined;
    if (inner !== undefined && !registers(site, statement)) continue;
    const reached = callsOf(statement, site, functions);
    // What is called here also starts it: the end lies in there.
    if (reached.some((name) => listens.some((one) => isInside(one, functions.get(name))))) break;
    for (const name of reached) called.add(name);
    const adds = registers(site, statement) || handsOn(site, statement);
    const isPart = listening ? adds : mentions(site, statement);
    if (isPart || reached.some((name) => registers(site, functions.get(name)))) last = statement;
  }
  const late = [...functions].some(
    ([name, node]) => !called.has(name) && registers(site, node) && !isInside(site.created, node),
  );
  if (!late) return { node: last, side: 'behind' };
  const [only] = listens;
  return only !== undefined && listens.length === 1 ? { node: only, side: 'before' } : undefined;
}

function mentions(site: Site, statement: Node): boolean {
  return new RegExp(`(?<![\\w$.])${quoted(site.name)}(?![\\w$])`).test(
    textOf(site.parsed, statement),
  );
}

/** `routes(app)`: what is registered in there is not seen here. */
function handsOn(site: Site, statement: Node): boolean {
  const own = quoted(site.name);
  return new RegExp(`\\((?:[^()]*,)?\\s*${own}\\s*[,)]`).test(textOf(site.parsed, statement));
}

/** Innermost statements that start the server: the application itself, else whatever listens. */
function listenersIn(site: Site): readonly Node[] {
  const own = quoted(site.name);
  const itself = new RegExp(
    `(?<![\\w$.])${own}\\s*\\.\\s*listen\\(|createServer\\((?:[^()]*,)?\\s*${own}(?![\\w$.])`,
  );
  const found = innermost(site, itself);
  return found.length > 0 ? found : innermost(site, /createServer\(|\.listen\(/);
}

function innermost(site: Site, starts: RegExp): readonly Node[] {
  const found: Node[] = [];
  const visit = (node: Node): boolean => {
    if (!starts.test(textOf(site.parsed, node))) return false;
    const list = statementList(node);
    const deeper = childrenOf(node).filter((child) => visit(child));
    if (list === undefined || deeper.length === 0) return true;
    // The first of `createServer(app)` and `server.listen()` in one list is where it ends.
    const first = list.find((one) => deeper.includes(one) && !isFunction(one));
    const nested = found.some((one) => first !== undefined && isInside(one, first));
    if (first !== undefined && !nested) found.push(first);
    return true;
  };
  visit(site.parsed.program);
  return found;
}

/** Functions and methods of the file by the name that calls them: `setup`, `this.routes`. */
function namedFunctions(site: Site): ReadonlyMap<string, Node> {
  const all = new Map<string, Node>();
  const visit = (node: Node): void => {
    if (node.type === 'FunctionDeclaration' && node.id) all.set(node.id.name, node);
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && isLambda(node.init))
      all.set(node.id.name, node);
    if (
      (node.type === 'MethodDefinition' ||
        (node.type === 'PropertyDefinition' && isLambda(node.value))) &&
      node.key.type === 'Identifier'
    )
      all.set(`this.${node.key.name}`, node);
    childrenOf(node).forEach(visit);
  };
  visit(site.parsed.program);
  return all;
}

function isLambda(node: Node | null | undefined): boolean {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';
}

/** Names of the functions that a statement calls, and of those that they call. */
function callsOf(
  statement: Node,
  site: Site,
  functions: ReadonlyMap<string, Node>,
): readonly string[] {
  const seen = new Set<string>();
  const visit = (node: Node): void => {
    const text = textOf(site.parsed, node);
    for (const [name, called] of functions) {
      if (seen.has(name) || called === node || isInside(site.created, called)) continue;
      if (!new RegExp(`(?<![\\w$.])${quoted(name)}\\(`).test(text)) continue;
      seen.add(name);
      visit(called);
    }
  };
  visit(statement);
  return [...seen];
}

/** Whether a function registers something on the application; reading a setting is none. */
function registers(site: Site, node: Node | undefined): boolean {
  if (node === undefined) return false;
  const own = `(?<![\\w$.])${quoted(site.name)}`;
  return new RegExp(
    `${own}\\s*\\.\\s*(?:(?:use|post|put|patch|delete|all|route)\\(|get\\([^,)]+,)`,
  ).test(textOf(site.parsed, node));
}

function isInside(node: Node, outer: Node | undefined): boolean {
  return outer !== undefined && outer.start <= node.start && node.end <= outer.end;
}

function quoted(name: string): string {
  return name.replace(/[.$]/g, '\\$&');
}

function isFunction(statement: Node): boolean {
  return statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration';
}
