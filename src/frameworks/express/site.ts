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

/** Whether the statement's text names the application. */
export function mentions(site: Site, statement: Node): boolean {
  const name = site.name.replace(/[.$]/g, '\\$&');
  return new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(textOf(site.parsed, statement));
}

/** The last statement that sets the application up: routes and handlers, not its start or its export. */
export function lastSetUp(site: Site): Node {
  const start = site.statements.indexOf(site.created);
  const name = site.name.replace(/[.$]/g, '\\$&');
  const starts = new RegExp(`${name}\\s*\\.\\s*listen|createServer\\(|\\.listen\\(`);
  let last = site.created;
  for (const statement of site.statements.slice(start + 1)) {
    const text = textOf(site.parsed, statement);
    if (/^(return|export|module\.exports|exports\.)/.test(text)) continue;
    if (starts.test(text) && !isFunction(statement)) break;
    if (isFunction(statement)) continue;
    if (mentions(site, statement)) last = statement;
  }
  return last;
}

function isFunction(statement: Node): boolean {
  return statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration';
}
