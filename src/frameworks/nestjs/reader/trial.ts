import { credentialsIn } from '../../../languages/javascript/describe.ts';
import { textOf } from '../../../languages/javascript/parse.ts';
import type { Credential } from '../../../surface/surface.ts';
import { machine } from './evaluate.ts';
import { construct, run } from './execute.ts';
import { memberOf } from './members.ts';
import type { Program } from './program.ts';
import { type Consulted, type Metadata, reflect } from './reflector.ts';
import {
  type ClassValue,
  isExternal,
  itemsOf,
  type ObjectValue,
  options,
  rootOf,
  textOfValue,
  type Value,
} from './values.ts';

/** What a guard of the project did when it was run on paper for one route. */
export interface Trial {
  /** It lets every caller pass: here because of a marker, or always. */
  passes: 'here' | 'always' | false;
  thrown: readonly Value[];
  /** Texts of the functions that it ran. */
  text: string;
  /** Texts in the metadata that it asked for: role names. */
  roles: readonly string[];
  credentials: readonly Credential[];
}

interface Attempt {
  open: boolean;
  thrown: readonly Value[];
  text: string;
  consulted: readonly Consulted[];
}

// Calls that refuse a caller by throwing inside a package.
const refusing =
  /verify|validate|authenticate|check|assert|ensure|introspect|decode|canActivate|consume|protect|handleRequest/i;

const tried = new WeakMap<
  object,
  { method: string; consulted: readonly Consulted[]; trial: Trial }[]
>();

/** What a guard does before a route; routes that answer its questions alike share one trial. */
export function tryGuard(
  program: Program,
  guard: ClassValue | ObjectValue,
  method: string,
  metadata: Metadata,
): Trial | undefined {
  const key = guard.kind === 'class' ? guard.node : guard;
  const known = tried.get(key) ?? [];
  tried.set(key, known);
  const same = known.find(
    (one) =>
      one.method === method &&
      one.consulted.every(({ ask, value }) => print(ask(metadata)) === print(value)),
  );
  if (same) return same.trial;
  const fresh = freshTrial(program, guard, method, metadata);
  if (!fresh) return undefined;
  known.push({ method, ...fresh });
  return fresh.trial;
}

function print(value: Value): string {
  if (value.kind === 'literal') return String(value.value);
  if (value.kind === 'array') return `[${value.items.map(print).join()}]`;
  if (value.kind === 'external') return `${value.from}.${value.name}`;
  if (value.kind === 'member') return `${print(value.of)}.${value.name}`;
  if (value.kind !== 'call' && value.kind !== 'class' && value.kind !== 'function')
    return value.kind;
  return `${value.file.path}:${value.node.start}`;
}

/** Runs one method of a guard for a route with this metadata, and once more with each marker turned. */
function freshTrial(
  program: Program,
  guard: ClassValue | ObjectValue,
  method: string,
  metadata: Metadata,
): { trial: Trial; consulted: readonly Consulted[] } | undefined {
  const first = attempt(program, guard, method, metadata);
  if (!first) return undefined;
  const roles = first.consulted.flatMap(({ value }) =>
    itemsOf(value).flatMap((one) => {
      const text = textOfValue(one)?.text;
      return text === undefined || /^(true|false)$/.test(text) ? [] : [text];
    }),
  );
  const depends = first.consulted.some(
    ({ key }) => attempt(program, guard, method, metadata, key)?.open === false,
  );
  const trial: Trial = {
    passes: first.open ? (depends ? 'here' : 'always') : false,
    thrown: first.thrown,
    text: first.text,
    roles: [...new Set(roles)],
    credentials: credentialsOf(first.text),
  };
  return { trial, consulted: first.consulted };
}

function credentialsOf(text: string): Credential[] {
  const found = credentialsIn(text);
  const session = /\.session\b|\{[^{}]*\bsession\b[^{}]*\}\s*=/;
  return session.test(text) && !found.includes('cookie') ? [...found, 'cookie'] : found;
}

/** Whether a method can refuse a caller at all: it throws, or it calls what does. */
export function canRefuse(program: Program, guard: ClassValue, method: string): boolean {
  const made = attempt(program, guard, method, { handler: [], controller: [] });
  return made === undefined || made.thrown.length > 0;
}

function attempt(
  program: Program,
  guard: ClassValue | ObjectValue,
  method: string,
  metadata: Metadata,
  toggled?: Value,
): Attempt | undefined {
  const consulted: Consulted[] = [];
  const texts: string[] = [];
  const m = machine(program, {
    answer: reflect(metadata, consulted, toggled),
    onRun: ({ file, node }) => texts.push(textOf(file.parsed, node)),
    onCall: (call) => {
      const name = nameOf(call.callee);
      if (!call.isNew && refusing.test(name)) m.thrown.push(call);
    },
  });
  m.budget = 30_000;
  const self = guard.kind === 'class' ? construct(m, guard, []) : guard;
  const body = memberOf(m, self, method);
  if (body.kind !== 'function') return undefined;
  texts.length = 0;
  const result = run(m, body, []);
  const own = self.kind === 'object' ? self.of?.file.path : undefined;
  const refusals = m.thrown.filter((one) => isRefusal(one, own));
  const open =
    options(result).every((one) => one.kind === 'literal' && one.value === true) &&
    refusals.length === 0 &&
    m.budget > 0;
  return { open, thrown: refusals, text: texts.join('\n'), consulted };
}

// Something that is broken refuses nobody in particular; neither does an Error deep in a service.
function isRefusal(thrown: Value, own: string | undefined): boolean {
  const names = exceptionNames([thrown]).join(' ');
  if (/InternalServerError|ServiceUnavailable|NotImplemented|Gateway|\b50\d\b/.test(names))
    return false;
  const plain = thrown.kind === 'call' && thrown.isNew && rootOf(thrown).kind === 'unknown';
  return !plain || thrown.file.path === own;
}

function nameOf(callee: Value): string {
  if (callee.kind === 'member') return callee.name;
  return callee.kind === 'external' ? (callee.name.split('.').at(-1) ?? '') : '';
}

/** Names of the exceptions among what was thrown, `HttpException(401)` as its number. */
export function exceptionNames(thrown: readonly Value[]): string[] {
  return thrown.flatMap((value) => {
    if (value.kind === 'object' && value.of) {
      const parent = value.of.node.superClass;
      const own = value.of.node.id?.name ?? '';
      return [own, parent && 'name' in parent ? String(parent.name) : ''];
    }
    if (value.kind !== 'call' || !value.isNew) return [];
    const root = rootOf(value);
    const name = root.kind === 'external' ? root.name : '';
    const status = value.args[1];
    const code = status && textOfValue(status)?.text;
    const named =
      status && isExternal(status, /^@nestjs\/common$/) && status.kind === 'external'
        ? status.name
        : '';
    return [name, code ?? named];
  });
}
