import type { Tree } from '../../../kernel/tree.ts';
import type { Machine } from './machine.ts';
import { membersOf } from './objects.ts';
import {
  hole,
  list,
  type Native,
  native,
  primitive,
  record,
  stringOf,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** One entry of a directory of the tree. */
export interface Entry {
  name: string;
  /** Relative to the root of the tree. */
  path: string;
  isFile: boolean;
}

/** What stands in a directory of the in-memory tree. */
export function directoryMembers(tree: Tree, directory: string): Entry[] {
  const inside = directory.replace(/^\/+|\/+$/g, '');
  const prefix = inside === '' ? '' : `${inside}/`;
  const entries = new Map<string, Entry>();
  for (const path of tree.paths()) {
    if (!path.startsWith(prefix)) continue;
    const rest = path.slice(prefix.length);
    const cut = rest.indexOf('/');
    const name = cut === -1 ? rest : rest.slice(0, cut);
    entries.set(name, { name, path: prefix + name, isFile: cut === -1 });
  }
  return [...entries.values()];
}

/** `fs` over the tree: directories are listed, contents are not read. */
export function fileSystem(machine: Machine): Native {
  const { tree } = machine;
  const listing = native('readdir', (args, site) => {
    const made = entriesOf(tree, args);
    const callback = args.at(-1);
    if (callback?.k === 'closure') machine.call(callback, [primitive(null), made], site);
    return made;
  });
  const exists = native('existsSync', ([one]) => {
    const path = pathOf(one);
    if (path === undefined) return unknown;
    return primitive(tree.has(path) || directoryMembers(tree, path).length > 0);
  });
  const state = native('statSync', ([one]) => {
    const path = pathOf(one);
    return path === undefined ? unknown : stateOf(tree.has(path));
  });
  const members: [string, Value][] = [
    ['readdirSync', listing],
    ['readdir', listing],
    ['existsSync', exists],
    ['statSync', state],
    ['lstatSync', state],
    ['stat', state],
    ['mkdirSync', native('mkdirSync', () => undefinedValue)],
  ];
  const made = native('fs', undefined, { get: () => unknown, ...membersOf(members) });
  for (const name of ['promises', 'default']) made.members.set(name, made);
  return made;
}

function entriesOf(tree: Tree, [one, options]: readonly Value[]): Value {
  const path = pathOf(one);
  if (path === undefined) return list([], true);
  const typed = options?.k === 'record' && options.members.has('withFileTypes');
  const items = directoryMembers(tree, path).map((entry): Value => {
    if (!typed) return primitive(entry.name);
    const state = stateOf(entry.isFile);
    state.members.set('name', primitive(entry.name));
    return state;
  });
  return list(items);
}

function pathOf(value: Value | undefined): string | undefined {
  const path = stringOf(value);
  if (path === undefined || path.includes(hole)) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function stateOf(isFile: boolean): Extract<Value, { k: 'record' }> {
  return record(
    [
      ['isFile', native('isFile', () => primitive(isFile))],
      ['isDirectory', native('isDirectory', () => primitive(!isFile))],
    ],
    true,
  );
}
