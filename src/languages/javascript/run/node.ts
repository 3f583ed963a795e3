import { posix } from 'node:path';
import { runCallbacks } from './calls.ts';
import { directoryMembers, fileSystem } from './files.ts';
import type { Machine } from './machine.ts';
import { membersOf } from './objects.ts';
import {
  hole,
  type Native,
  native,
  primitive,
  record,
  stringOf,
  textPiece,
  undefinedValue,
  unknown,
  type Value,
} from './values.ts';

/** Modules of Node that decide which files are loaded and which paths are made. */
export function nodeModule(machine: Machine, name: string): Value | undefined {
  if (name === 'path' || name === 'path/posix') return pathModule();
  if (name === 'fs' || name === 'fs-extra' || name === 'graceful-fs') return fileSystem(machine);
  if (name === 'fs/promises') return fileSystem(machine);
  if (name === 'url') return urlModule();
  if (name === 'util') return utilModule();
  if (name === 'module') return moduleModule(machine);
  if (name === 'glob' || name === 'fast-glob' || name === 'tinyglobby' || name === 'globby') {
    return globModule(machine);
  }
  if (name === 'require-all' || name === 'require-dir' || name === 'require-directory') {
    return native(name, ([one]) => requireAll(machine, one));
  }
  return undefined;
}

function pathModule(): Native {
  const text = (
    name: 'basename' | 'dirname' | 'extname' | 'normalize',
  ): readonly [string, Value] => [
    name,
    native(name, ([one, ending]) => {
      const path = one ? textPiece(one) : hole;
      if (name !== 'basename') return primitive(posix[name](path));
      return primitive(posix.basename(path, stringOf(ending)));
    }),
  ];
  const made = native(
    'path',
    undefined,
    membersOf([
      ['join', native('join', (args) => primitive(posix.join(...args.map(textPiece))))],
      [
        'resolve',
        native('resolve', (args) => primitive(posix.resolve('/', ...args.map(textPiece)))),
      ],
      ['relative', native('relative', ([from, to]) => relative(from, to))],
      ['parse', native('parse', ([one]) => parsedPath(one))],
      ['sep', primitive('/')],
      text('basename'),
      text('dirname'),
      text('extname'),
      text('normalize'),
    ]),
  );
  for (const name of ['posix', 'default']) made.members.set(name, made);
  return made;
}

function relative(from: Value | undefined, to: Value | undefined): Value {
  const [start, end] = [stringOf(from), stringOf(to)];
  if (start === undefined || end === undefined) return unknown;
  return primitive(posix.relative(start, end));
}

function parsedPath(one: Value | undefined): Value {
  const path = stringOf(one);
  if (path === undefined) return unknown;
  return record(Object.entries(posix.parse(path)).map(([name, part]) => [name, primitive(part)]));
}

function urlModule(): Native {
  const toPath = native('fileURLToPath', ([one]) => {
    const text = one?.k === 'record' ? stringOf(one.members.get('href')) : stringOf(one);
    return text?.startsWith('file://') ? primitive(text.slice(7)) : unknown;
  });
  const toUrl = native('pathToFileURL', ([one]) => {
    const href = primitive(`file://${one ? textPiece(one) : hole}`);
    return record([['href', href]], true);
  });
  return native('url', undefined, {
    get: () => unknown,
    ...membersOf([
      ['fileURLToPath', toPath],
      ['pathToFileURL', toUrl],
    ]),
  });
}

function utilModule(): Native {
  const inherits = native('inherits', ([made, parent]) => {
    const own = made?.k === 'closure' ? made.members.get('prototype') : undefined;
    const base = parent?.k === 'closure' ? parent.members.get('prototype') : undefined;
    if (own?.k === 'record' && base?.k === 'record') own.proto = base;
    return undefinedValue;
  });
  return native('util', undefined, {
    get: () => unknown,
    ...membersOf([
      ['inherits', inherits],
      ['promisify', native('promisify', ([one]) => one ?? unknown)],
    ]),
  });
}

function moduleModule(machine: Machine): Native {
  const createRequire = native('createRequire', (_args, site) => {
    const { path } = site.scope.module.parsed;
    return native('require', ([one]) => {
      const specifier = stringOf(one);
      return specifier === undefined ? unknown : machine.require(path, specifier);
    });
  });
  return native('module', undefined, membersOf([['createRequire', createRequire]]));
}

function globModule(machine: Machine): Native {
  const found = native('glob', (args) => {
    const made = machine.glob(args[0], args[1]);
    runCallbacks(machine, args.slice(1), [undefinedValue, made]);
    return made;
  });
  const made = native('glob', found.call);
  for (const name of ['sync', 'globSync', 'glob', 'globby', 'default'])
    made.members.set(name, found);
  return made;
}

function requireAll(machine: Machine, one: Value | undefined): Value {
  const given = one?.k === 'record' ? one.members.get('dirname') : one;
  const directory = stringOf(given);
  if (directory === undefined) return unknown;
  const made = record();
  for (const { name, path, isFile } of directoryMembers(machine.tree, directory)) {
    if (!isFile || !/\.[cm]?[jt]s$/.test(name)) continue;
    made.members.set(name.replace(/\.[cm]?[jt]s$/, ''), machine.require('', `/${path}`));
  }
  return made;
}
