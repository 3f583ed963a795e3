import type { Tree } from '../../kernel/tree.ts';
import { type PyNode, walk } from '../../languages/python/parse.ts';
import { parsedPython } from '../../languages/python/ready.ts';
import type { Project, StartCommand } from '../../project/project.ts';
import { pythonLayout } from '../python/layout.ts';

/** An application as a server is told of it: `app.main:app`, or a function that makes it. */
export interface Target {
  module: string;
  attribute: string;
  factory: boolean;
  /** Folder on Python's path, from which the server is started. */
  cwd: string;
}

/** gunicorn listens before its workers have loaded the application, and so also where they cannot. */
export function loadedFirst(start: StartCommand): StartCommand {
  const at = start.argv.findIndex((word) => /(?:^|\/)gunicorn$/.test(word));
  if (at === -1 || start.argv.includes('--preload')) return start;
  return { ...start, argv: start.argv.toSpliced(at + 1, 0, '--preload') };
}

/** The application of the entry file, or of a module that calls its factory. */
export function targetOf(project: Project, makes: RegExp): Target | undefined {
  const { entry, tree } = project;
  const root = parsedPython(tree.read(entry ?? '') ?? '');
  if (entry === undefined || root === undefined) return undefined;
  const own = pythonLayout(project, entry).entry;
  const cwd = own.root;
  const made = topAssignment(root, (callee) => makes.test(callee));
  if (made !== undefined) return { module: own.dotted, attribute: made, factory: false, cwd };
  const factory = factoryIn(root, makes);
  if (factory === undefined) return undefined;
  const calls = (callee: string): boolean => callee.split('.').at(-1) === factory.name;
  const named = topAssignment(root, calls);
  if (named !== undefined) return { module: own.dotted, attribute: named, factory: false, cwd };
  for (const path of launchers(tree)) {
    const attribute = topAssignment(parsedPython(tree.read(path) ?? ''), calls);
    if (attribute === undefined) continue;
    const { dotted, root: at } = pythonLayout(project, path).entry;
    return { module: dotted, attribute, factory: false, cwd: at };
  }
  return factory.bare
    ? { module: own.dotted, attribute: factory.name, factory: true, cwd }
    : undefined;
}

/** Modules that may call the factory: the one that `.flaskenv` names, then the outermost, usual names first. */
function launchers(tree: Tree): string[] {
  const named = /^FLASK_APP=["']?([\w./]+)/m.exec(tree.read('.flaskenv') ?? '')?.[1];
  const file = named?.replace(/(?:\.py)?$/, '.py');
  const rank = (path: string): number => {
    if (path === file) return -1;
    const usual = /(?:^|\/)(?:wsgi|asgi|main|app|run|server|manage|autoapp)\.py$/.test(path);
    return path.split('/').length * 2 + (usual ? 0 : 1);
  };
  return tree
    .paths()
    .filter(isLauncher)
    .sort((a, b) => rank(a) - rank(b));
}

function isLauncher(path: string): boolean {
  return (
    path.endsWith('.py') &&
    !/(?:^|\/)(?:tests?|docs|examples|migrations)\/|test_\w+\.py$/.test(path)
  );
}

/** The name that a module gives to the result of a call. */
function topAssignment(
  root: PyNode | undefined,
  wanted: (callee: string) => boolean,
): string | undefined {
  for (const node of root?.kids ?? []) {
    const [assigned] = node.kids;
    if (assigned?.type !== 'assignment') continue;
    const value = assigned.field('right');
    const callee = value?.type === 'call' ? value.field('function')?.text : undefined;
    if (callee !== undefined && wanted(callee)) return assigned.field('left')?.text;
  }
  return undefined;
}

/** The function of a module that makes the application, and whether it can be called without arguments. */
function factoryIn(root: PyNode, makes: RegExp): { name: string; bare: boolean } | undefined {
  for (const kid of root.kids) {
    if (kid.type !== 'function_definition') continue;
    const made = [...walk(kid)].some(
      (node) => node.type === 'call' && makes.test(node.field('function')?.text ?? ''),
    );
    const name = kid.field('name')?.text;
    if (!made || name === undefined) continue;
    const needed = (kid.field('parameters')?.kids ?? []).some((one) =>
      /^(?:identifier|typed_parameter)$/.test(one.type),
    );
    return { name, bare: !needed };
  }
  return undefined;
}
