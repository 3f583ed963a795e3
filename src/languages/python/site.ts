import { type PyNode, walk } from './parse.ts';
import { parsedPython } from './ready.ts';

/** Where an application object is made, and the statements before which its set-up is complete. */
export interface PythonSite {
  /** How the code there calls it: `app`, `self.app`. */
  name: string;
  created: PyNode;
  /** The function that makes it; `undefined` at the top level of a module. */
  factory: PyNode | undefined;
  /** The call goes in front of each of these … */
  before: readonly PyNode[];
  /** … or, where there are none, after this one. */
  after: PyNode | undefined;
}

/** The application that is made in a line of a file, when it has a name there. */
export function siteIn(text: string, line: number): PythonSite | undefined {
  const root = parsedPython(text);
  if (root === undefined) return undefined;
  const path = pathTo(root, (node) => assignedCall(node)?.line === line);
  const assignment = path.at(-1);
  const call = assignment && assignedCall(assignment);
  // `app = Middleware(FastAPI())` is no application of the framework any more.
  if (assignment === undefined || call === undefined || wraps(call)) return undefined;
  const left = assignment.field('left');
  if (left?.type !== 'identifier' && left?.type !== 'attribute') return undefined;
  const created = path.findLast((node) => node.type === 'expression_statement') ?? assignment;
  const factory = path.findLast((node) => node.type === 'function_definition');
  const name = left.text;
  if (factory !== undefined) {
    const body = factory.field('body') ?? factory;
    const before = returnsOf(body, created.end);
    const after = before.length > 0 ? undefined : lastSetUp(body, created, name);
    return { name, created, factory, before, after };
  }
  if (path.some((node) => node.type === 'class_definition')) return undefined;
  return { name, created, factory, before: [], after: lastSetUp(root, created, name) };
}

/** The call whose value an assignment names, parentheses around it or not. */
export function assignedCall(node: PyNode): PyNode | undefined {
  let value = node.type === 'assignment' ? node.field('right') : undefined;
  while (value?.type === 'parenthesized_expression') [value] = value.kids;
  return value?.type === 'call' ? value : undefined;
}

/** Whether it is given an object of another class first, as a middleware is given the application. */
function wraps(call: PyNode): boolean {
  const first = call.field('arguments')?.kids.find((kid) => kid.type !== 'keyword_argument');
  return first?.type === 'call' && /(?:^|\.)[A-Z]\w*$/.test(first.field('function')?.text ?? '');
}

/** From the root to the outermost node of that kind. */
function pathTo(node: PyNode, found: (node: PyNode) => boolean): PyNode[] {
  if (found(node)) return [node];
  for (const kid of node.kids) {
    const rest = pathTo(kid, found);
    if (rest.length > 0) return [node, ...rest];
  }
  return [];
}

/** Returns of the function itself behind a place; those of functions inside are not its own. */
function returnsOf(node: PyNode, behind: number): PyNode[] {
  return node.kids.flatMap((kid): PyNode[] => {
    if (/^(?:function|class|decorated)_definition$|^lambda$/.test(kid.type)) return [];
    if (kid.type === 'return_statement') return kid.start > behind ? [kid] : [];
    return returnsOf(kid, behind);
  });
}

/** The last statement of a list before the application is started, wrapped or used as a script. */
function lastSetUp(list: PyNode, created: PyNode, name: string): PyNode | undefined {
  const start = list.kids.findIndex((kid) => kid.start <= created.start && kid.end >= created.end);
  let last = list.kids[start];
  for (const kid of list.kids.slice(start + 1)) {
    if (isStart(kid, name) || rebinds(kid, name) || takesInner(kid, name)) break;
    last = kid;
  }
  return last;
}

function isStart(node: PyNode, name: string): boolean {
  if (node.type === 'if_statement') {
    const condition = node.field('condition')?.text ?? '';
    if (condition.includes('__name__') && condition.includes('__main__')) return true;
  }
  if (/_definition$/.test(node.type)) return false;
  const serves = new RegExp(
    `(?:^|[^\\w.])(?:${name}|uvicorn|hypercorn|waitress|socketio|bjoern|\\w+_server|server)\\.(?:run|serve|serve_forever)\\(|(?:^|[^\\w.])serve\\(\\s*${name}\\b|\\.serve_forever\\(`,
  );
  return [...walk(node)].some((one) => one.type === 'call' && serves.test(one.text));
}

/** `app = SomeMiddleware(app)`: behind it the name is another thing. */
function rebinds(node: PyNode, name: string): boolean {
  const [inner] = node.kids;
  return (
    node.type === 'expression_statement' &&
    inner?.type === 'assignment' &&
    inner.field('left')?.text === name
  );
}

/** `served = Wrapper(app.wsgi_app)`: what comes around it later would not be served. */
function takesInner(node: PyNode, name: string): boolean {
  const [inner] = node.kids;
  if (node.type !== 'expression_statement' || inner?.type !== 'assignment') return false;
  const own = `${name}.wsgi_app`;
  return (
    inner.field('left')?.text !== own &&
    walk(inner).some((one) => one.type === 'attribute' && one.text === own)
  );
}
