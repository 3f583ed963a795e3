import type { Tree } from '../../kernel/tree.ts';
import { type PyNode, walk } from '../../languages/python/parse.ts';
import { parsedPython } from '../../languages/python/ready.ts';
import { assignedCall } from '../../languages/python/site.ts';
import type { Project, StartCommand } from '../../project/project.ts';
import { withOneWorker } from '../../project/workers.ts';
import { usualName } from './application.ts';
import { pythonLayout } from './layout.ts';

/** An application as a server is told of it: `app.main:app`, or a function that makes it. */
export interface Target {
  module: string;
  attribute: string;
  factory: boolean;
  /** Folder on Python's path, from which the server is started. */
  cwd: string;
}

/**
 * The owner's start with one worker: limits in memory count for each process, so what several answer is luck.
 * gunicorn listens before its workers have loaded the application, and so also where they cannot: it loads first.
 */
export function loadedFirst(start: StartCommand): StartCommand {
  const argv = withOneWorker(start.argv);
  const at = argv.findIndex((word) => /(?:^|\/)gunicorn$/.test(word));
  if (at === -1 || argv.includes('--preload')) return { ...start, argv };
  return { ...start, argv: argv.toSpliced(at + 1, 0, '--preload') };
}

/** The application of the entry file, or of a module that calls its factory. */
export function targetOf(project: Project, makes: RegExp): Target | undefined {
  const { entry, tree } = project;
  const root = parsedPython(tree.read(entry ?? '') ?? '');
  if (entry === undefined || root === undefined) return undefined;
  const own = pythonLayout(project, entry).entry;
  const cwd = own.root;
  const classes = subclasses(root, makes);
  const isMaker = (callee: string): boolean => makes.test(callee) || classes.includes(callee);
  const made = topAssignment(root, isMaker);
  if (made !== undefined) return { module: own.dotted, attribute: made, factory: false, cwd };
  const factory = factoryIn(root, isMaker);
  if (factory === undefined) return undefined;
  const calls = (callee: string): boolean => callee.split('.').at(-1) === factory.name;
  const called = topAssignment(root, calls);
  if (called !== undefined) return { module: own.dotted, attribute: called, factory: false, cwd };
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

/** The name that a module gives to the result of a call; the names that servers look for come first. */
function topAssignment(
  root: PyNode | undefined,
  wanted: (callee: string) => boolean,
): string | undefined {
  const names = assignments(root?.kids ?? []).flatMap((node) => {
    const left = node.field('left');
    const callee = assignedCall(node)?.field('function')?.text;
    return left?.type === 'identifier' && callee !== undefined && wanted(callee) ? [left.text] : [];
  });
  return names.find((name) => usualName.test(name)) ?? names[0];
}

/** At the module's own level, those under a condition too. */
function assignments(nodes: readonly PyNode[]): PyNode[] {
  return nodes.flatMap((node) => {
    if (/_definition$|^call$|^lambda$/.test(node.type)) return [];
    return [...(node.type === 'assignment' ? [node] : []), ...assignments(node.kids)];
  });
}

/** Classes of a module that are the framework's own with more in it. */
function subclasses(root: PyNode, makes: RegExp): string[] {
  return root.kids.flatMap((node) => {
    const bases = node.type === 'class_definition' ? node.field('superclasses')?.kids : undefined;
    const isOne = bases?.some((base) => makes.test(base.text));
    return isOne ? (node.field('name')?.text ?? []) : [];
  });
}

/** The function of a module that makes the application, and whether it can be called without arguments. */
function factoryIn(
  root: PyNode,
  isMaker: (callee: string) => boolean,
): { name: string; bare: boolean } | undefined {
  for (const kid of root.kids) {
    if (kid.type !== 'function_definition') continue;
    const made = [...walk(kid)].some(
      (node) => node.type === 'call' && isMaker(node.field('function')?.text ?? ''),
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
