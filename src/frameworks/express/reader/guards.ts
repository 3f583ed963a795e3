import {
  guardByBody,
  guardByLibrary,
  type Recognised,
} from '../../../languages/javascript/guards/index.ts';
import type { Node } from '../../../languages/javascript/parse.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import {
  type Closure,
  type External,
  optionsOf,
  stringOf,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import type { Credential, Guard, GuardKind, Route } from '../../../surface/surface.ts';
import { calledBy } from './calls.ts';
import { parserOf } from './packages.ts';
import { type Handler, routingOf } from './routing.ts';
import { type Field, fieldsOf } from './schemas.ts';

/** A guard with what it reads, before its scope is known. */
export interface Known {
  guard: Omit<Guard, 'scope'>;
  credentials: readonly Credential[];
  /** What it parses, when it is a body parser. */
  parser?: Route['body'] | undefined;
  /** What it asks of the request. */
  fields: readonly Field[];
}

const nothing: Recognised = { kinds: ['unknown'], detail: {}, confidence: 'low', credentials: [] };

/** What a middleware is: by its package, or by what its body does. */
export function guardOf(machine: Machine, handler: Handler): Known {
  const { value, place } = handler;
  const found = recognised(machine, value, 0) ?? nothing;
  return {
    guard: {
      name: handler.text ?? nameOf(value),
      kinds: found.kinds,
      ...(found.library === undefined ? {} : { library: found.library }),
      place,
      detail: found.detail,
      confidence: found.confidence,
    },
    credentials: found.credentials,
    parser: parserOf(value),
    fields: [...fieldsOf(machine, value), ...uploads(value)],
  };
}

/** The form fields that multer takes: `upload.single('avatar')`. */
function uploads(value: Value): Field[] {
  if (value.k !== 'external' || value.module !== 'multer') return [];
  const [first] = value.args ?? [];
  const given = first?.k === 'list' ? first.items : first ? [first] : [];
  return given.flatMap((one) => {
    const name = stringOf(one.k === 'record' ? one.members.get('name') : one);
    return name === undefined ? [] : [{ in: 'file' as const, name, type: 'object' as const }];
  });
}

function nameOf(value: Value): string {
  if (value.k === 'closure' || value.k === 'class') return value.name ?? 'middleware';
  if (value.k === 'external') return [value.module, ...value.path].join('.');
  return value.k === 'native' ? value.name : 'middleware';
}

function recognised(machine: Machine, value: Value, depth: number): Recognised | undefined {
  if (depth > 3) return undefined;
  if (value.k === 'external') return byLibrary(value);
  if (value.k === 'closure') return byBody(machine, value, depth);
  if (value.k === 'either') {
    const all = optionsOf(value).map((one) => recognised(machine, one, depth + 1));
    return all.find((one) => one && !one.kinds.includes('unknown')) ?? all.find((one) => one);
  }
  return undefined;
}

function byLibrary(value: External): Recognised | undefined {
  const nodes = value.site ? (value.site.node.arguments as readonly Node[]) : [];
  const parsed = value.site?.scope.module.parsed;
  const name = value.path.at(-1) ?? 'default';
  if (!parsed) {
    const base = value.base?.site?.scope.module.parsed;
    return base ? guardByLibrary(value.module, name, [], base) : undefined;
  }
  return guardByLibrary(value.module, name, nodes, parsed);
}

function byBody(machine: Machine, fn: Closure, depth: number): Recognised {
  const own = guardByBody(fn.node, fn.scope.module.parsed);
  if (depth >= 2) return own;
  // The body is read in its own file; what it calls elsewhere is found through the run.
  const others = calledBy(machine, fn)
    .filter((one) => !routingOf(one))
    .map((one) => recognised(machine, one, depth + 1))
    .filter((one) => one !== undefined);
  return [own, ...others].reduce(merged);
}

const refusing: ReadonlySet<GuardKind> = new Set([
  'auth',
  'authz',
  'ratelimit',
  'csrf',
  'validation',
  'upload',
]);

function merged(one: Recognised, other: Recognised): Recognised {
  const known = (kinds: readonly GuardKind[]): GuardKind[] =>
    kinds.filter((kind) => kind !== 'unknown');
  const more = known(other.kinds).filter((kind) => refusing.has(kind));
  const kinds = [...new Set([...known(one.kinds), ...more])];
  if (more.length === 0) return one;
  return {
    kinds,
    ...((one.library ?? other.library) ? { library: one.library ?? other.library } : {}),
    detail: { ...other.detail, ...one.detail },
    confidence: one.confidence === 'low' ? 'medium' : one.confidence,
    credentials: [...new Set([...one.credentials, ...other.credentials])],
  };
}
