import type { World } from '../../../languages/javascript/facts/source.ts';
import {
  guardByBody,
  guardByLibrary,
  type Recognised,
} from '../../../languages/javascript/guards/index.ts';
import { type Node, type Parsed, parseFile } from '../../../languages/javascript/parse.ts';
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
import { innerHandler } from './inner.ts';
import { parsersOf } from './packages.ts';
import { type Handler, routingOf } from './routing.ts';
import { type Field, fieldsOf } from './schemas.ts';

/** A guard with what it reads, before its scope is known. */
export interface Known {
  guard: Omit<Guard, 'scope'>;
  credentials: readonly Credential[];
  /** What it parses, when it is a body parser. */
  parsers: readonly Route['body'][];
  /** What it asks of the request. */
  fields: readonly Field[];
}

const nothing: Recognised = { kinds: ['unknown'], detail: {}, confidence: 'low', credentials: [] };

/** Tells what a middleware is; one that stands in many places is read once. */
export type GuardReader = (handler: Handler) => Known;

interface Context {
  machine: Machine;
  world: World;
  seen: Map<Value | Node, Recognised | undefined>;
}

/** Knows a middleware by its package, or by what its body does. */
export function guardReader(machine: Machine, world: World): GuardReader {
  const context: Context = { machine, world, seen: new Map() };
  const rests = new Map<Value, Omit<Known, 'guard'>>();
  return ({ value, text, place, kinds: said }) => {
    const known = said && { ...nothing, kinds: said, confidence: 'high' as const };
    const found = known ?? recognised(context, value, 0) ?? nothing;
    const rest = rests.get(value) ?? {
      credentials: found.credentials,
      parsers: parsersOf(value),
      fields: [...fieldsOf(machine, value), ...uploads(value)],
    };
    if (!said) rests.set(value, rest);
    const { kinds, library, detail, confidence } = found;
    const name = text ?? nameOf(value);
    return {
      guard: {
        name,
        kinds,
        ...(library === undefined ? {} : { library }),
        place,
        detail,
        confidence,
      },
      ...rest,
    };
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

function recognised(context: Context, value: Value, depth: number): Recognised | undefined {
  if (depth > 3) return undefined;
  const key = value.k === 'closure' ? value.node : value;
  // A function that is made by another is what its arguments make it.
  const isOne = value.k !== 'closure' || value.scope.parent === undefined;
  if (isOne && context.seen.has(key)) return context.seen.get(key);
  const found = recognise(context, value, depth);
  if (isOne) context.seen.set(key, found);
  return found;
}

function recognise(context: Context, value: Value, depth: number): Recognised | undefined {
  if (value.k === 'external') {
    const known = byLibrary(value);
    return known ? withCookie(known, context) : wrapped(context, value, depth);
  }
  if (value.k === 'closure') return byBody(context, value, depth);
  if (value.k === 'either') {
    const all = optionsOf(value).map((one) => recognised(context, one, depth + 1));
    return all.find((one) => one && !isUnknown(one)) ?? all.find((one) => one);
  }
  return undefined;
}

function isUnknown({ kinds }: Recognised): boolean {
  return kinds.every((kind) => kind === 'unknown');
}

function byLibrary(value: External): Recognised | undefined {
  const parsed = value.site?.scope.module.parsed ?? value.base?.site?.scope.module.parsed;
  const nodes = value.site ? (value.site.node.arguments as readonly Node[]) : [];
  return guardByLibrary(value.module, value.path.join('.'), nodes, parsed ?? nowhere);
}

/** passport's `jwt` reads what its strategy extracts: `jwtFromRequest: (req) => req.cookies.token`. */
function withCookie(known: Recognised, { world }: Context): Recognised {
  if (known.library !== 'passport' || !known.credentials.includes('bearer')) return known;
  const extracts = /jwtFromRequest\s*:[\s\S]{0,200}?\bcookies?\b|cookieExtractor/i;
  const found = [...world.sources.values()].some(({ parsed }) => extracts.test(parsed.text));
  return found ? { ...known, credentials: [...known.credentials, 'cookie'] } : known;
}

// A member of a package that was never called has no place; nothing is read from it.
const nowhere = parseFile('', '') as Parsed;

/** `asyncHandler(async (req, res, next) => …)` of a package does what the function does. */
function wrapped(context: Context, value: External, depth: number): Recognised | undefined {
  const inner = innerHandler(context.machine, value);
  return inner && recognised(context, inner, depth + 1);
}

function byBody(context: Context, given: Closure, depth: number): Recognised {
  const fn = innerHandler(context.machine, given) ?? given;
  const own = guardByBody(fn.node, fn.scope.module.parsed, context.world);
  if (depth >= 2 || !isUnknown(own)) return own;
  // Functions that only the run knows: members of made objects, arguments of the function around.
  const others = calledBy(context.machine, fn)
    .filter((one) => !routingOf(one))
    .map((one) => recognised(context, one, depth + 1))
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
