import type { Place } from '../../../surface/surface.ts';
import type { Machine } from './evaluate.ts';
import { className, lineage, type Mark, type Method, markOf, marksOf } from './marks.ts';
import { placeOf, type Scope } from './program.ts';
import { type ClassValue, itemsOf, member, type Text, textOfValue, type Value } from './values.ts';

/** What a request decorator of a method states. */
export interface Handler {
  controller: ClassValue;
  /** The class that declares the method: a base class for inherited routes. */
  declared: ClassValue;
  method: Method;
  scope: Scope;
  name: string;
  verbs: readonly {
    method: string;
    sse: boolean;
    paths: readonly (Text | undefined)[];
    place: Place;
  }[];
  marks: readonly Mark[];
  place: Place;
}

const verbs: Readonly<Record<string, string>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Options: 'OPTIONS',
  Head: 'HEAD',
  All: 'ALL',
  Search: 'SEARCH',
  Propfind: 'PROPFIND',
  Proppatch: 'PROPPATCH',
  Mkcol: 'MKCOL',
  Copy: 'COPY',
  Move: 'MOVE',
  Lock: 'LOCK',
  Unlock: 'UNLOCK',
  Sse: 'GET',
};

/** Controller options of a class, its own or inherited. */
export interface ControllerOptions {
  paths: readonly (Text | undefined)[];
  version: Value | undefined;
  host: Text | undefined;
  place: Place;
}

export function controllerOptions(m: Machine, of: ClassValue): ControllerOptions | undefined {
  for (const one of lineage(m, of)) {
    const mark = markOf(marksOf(m, one.node, one.scope), 'Controller');
    if (!mark || (mark.from !== '' && !isNest(mark.from))) continue;
    const [first] = mark.args;
    const options = first?.kind === 'object' ? first : undefined;
    const path = options ? member(options, 'path') : first;
    const host = itemsOf(member(options, 'host'))[0];
    return {
      paths: pathsOf(path),
      version: member(options, 'version'),
      host: textOfValue(host),
      place: mark.place,
    };
  }
  return undefined;
}

/** Every method that answers requests, base classes after the derived one, as Nest scans them. */
export function handlersOf(m: Machine, controller: ClassValue): Handler[] {
  const found: Handler[] = [];
  const seen = new Set<string>();
  for (const declared of lineage(m, controller)) {
    const scope: Scope = { names: new Map(), parent: declared.scope, file: declared.file };
    for (const method of declared.node.body.body) {
      if (method.type !== 'MethodDefinition' || method.static || method.kind !== 'method') continue;
      const name = method.key.type === 'Identifier' ? method.key.name : undefined;
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      const marks = marksOf(m, method, scope);
      const stated = marks.flatMap((mark) => verbOf(mark) ?? []);
      if (stated.length === 0) continue;
      found.push({
        controller,
        declared,
        method,
        scope,
        name: `${className(controller)}.${name}`,
        verbs: stated,
        marks,
        place: placeOf(declared.file, method.key),
      });
    }
  }
  return found;
}

function verbOf(mark: Mark): Handler['verbs'][number] | undefined {
  const name = mark.name.split('.').at(-1) ?? '';
  if (mark.name === 'RequestMapping') return requestMapping(mark);
  const method = verbs[name];
  if (method === undefined || !isNest(mark.from)) return undefined;
  return { method, sse: name === 'Sse', paths: pathsOf(mark.args[0]), place: mark.place };
}

function requestMapping(mark: Mark): Handler['verbs'][number] {
  const asked = member(mark.args[0], 'method');
  const named = asked?.kind === 'external' ? asked.name.split('.').at(-1) : undefined;
  const paths = pathsOf(member(mark.args[0], 'path'));
  return { method: named ?? 'GET', sse: false, paths, place: mark.place };
}

// `@nestia/core` and others have `TypedRoute.Get` beside Nest's own.
function isNest(from: string): boolean {
  return /nest/i.test(from);
}

function pathsOf(value: Value | undefined): (Text | undefined)[] {
  const items = itemsOf(value);
  if (items.length === 0) return [{ text: '', sure: true }];
  if (value?.kind === 'choice') return [textOfValue(value)];
  return items.map(textOfValue);
}
