import { guard } from '../../languages/python/describe.ts';
import { member } from '../../languages/python/evaluate.ts';
import {
  answerKinds,
  credentialsIn,
  headersIn,
  kindsByBody,
  kindsOfClass,
  requestGuard,
} from '../../languages/python/guards.ts';
import { leaksOf } from '../../languages/python/leaks.ts';
import {
  type Class,
  type Event,
  type Func,
  lastName as last,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Credential, Guard } from '../../surface/surface.ts';
import { harmless, known, registering } from './known.ts';
import { isApp, isBlueprint, type Reading } from './reading.ts';

/** Extensions that were given the application, and its `before_request` functions. */
export function appGuards(reading: Reading, app: Obj): Guard[] {
  const guards: Guard[] = [];
  for (const one of reading.run.objects) {
    const given =
      one.args[0] === app ||
      one.kwargs.get('app') === app ||
      one.events.some((event) => event.name === 'init_app' && event.args[0] === app);
    const entry = known[last(one)];
    const limited =
      entry?.kinds.includes('ratelimit') !== true ||
      one.kwargs.has('default_limits') ||
      one.kwargs.has('application_limits');
    if (given && entry !== undefined && limited)
      guards.push(
        guard(`${last(one)}()`, entry.kinds, 'app', one.place, {
          library: nameOf(one).split('.')[0],
        }),
      );
  }
  const nested = [app, ...blueprints(reading, app)];
  for (const of of nested) {
    for (const event of of.events) {
      const wanted =
        of === app ? event.name === 'before_request' : event.name === 'before_app_request';
      if (wanted) guards.push(...before(reading, event, 'app'));
      const ends = of === app ? event.name === 'after_request' : event.name === 'after_app_request';
      if (ends) guards.push(...after(event));
      const handles = /^(?:app_)?errorhandler$/.test(event.name)
        ? event.target
        : event.name === 'register_error_handler'
          ? event.args[1]
          : undefined;
      if (handles?.t === 'func') handler(reading, handles);
    }
  }
  return guards;
}

function blueprints(reading: Reading, of: Obj, depth = 0): Obj[] {
  if (depth > 8) return [];
  return of.events.flatMap((event) => {
    const one =
      event.name === 'register_blueprint'
        ? (event.args[0] ?? event.kwargs.get('blueprint'))
        : undefined;
    return one?.t === 'obj' ? [one, ...blueprints(reading, one, depth + 1)] : [];
  });
}

/** A function that adds to every answer: headers, a CORS policy, a line of the log. */
function after(event: Event): Guard[] {
  const func = event.target ?? event.args[0];
  if (func?.t !== 'func') return [];
  const { text } = func.node;
  const kinds = answerKinds(text);
  const detail = { headers: headersIn(text) };
  return kinds.length === 0
    ? []
    : [guard(func.name, kinds, 'app', func.place, { confidence: 'medium', detail })];
}

export function before(reading: Reading, event: Event, scope: Guard['scope']): Guard[] {
  const func = event.target ?? event.args[0];
  if (func?.t !== 'func') return [];
  const marked = decorators(reading, func, undefined);
  return [...marked, requestGuard(func, scope, func.place)];
}

function handler(reading: Reading, func: Func): void {
  if (reading.errorHandlers.some((one) => one.place === func.place)) return;
  reading.errorHandlers.push({ name: func.name, place: func.place, leaks: leaksOf(func) });
}

export function classGuards(reading: Reading, view: Class): Guard[] {
  const listed = member(view, 'decorators') ?? member(view, 'method_decorators');
  const items = listed?.t === 'list' ? listed.items : [];
  return items.flatMap((one) => named(reading, one, last(one), view.place));
}

/** Decorators below the one that registers; those above it never run for a request. */
export function decorators(
  reading: Reading,
  func: Func,
  event: { node: unknown } | undefined,
): Guard[] {
  const registers = func.decorators.findIndex((one) => one.node.kids[0] === event?.node);
  return func.decorators.flatMap(({ value, node }, index): Guard[] => {
    const place = { file: func.module.file, line: node.line };
    const guards = named(reading, value, node.text.slice(1), place);
    if (index >= registers) return guards;
    for (const one of guards) {
      if (
        !one.kinds.some(
          (kind) =>
            kind === 'auth' || kind === 'authz' || kind === 'ratelimit' || kind === 'validation',
        )
      )
        continue;
      reading.facts.push({
        kind: 'dead-guard',
        detail: { name: one.name, why: 'stands above the decorator that registers the route' },
        place,
        confidence: 'high',
      });
    }
    return [];
  });
}

function named(reading: Reading, value: Value, text: string, place: Guard['place']): Guard[] {
  if (value.t === 'func') return [guard(text, kindsByBody(value), 'route', place, ownCode(value))];
  if (value.t === 'class' || (value.t === 'obj' && value.cls !== undefined)) {
    const cls = value.t === 'class' ? value : value.cls;
    const kinds = cls === undefined ? [] : kindsOfClass(cls);
    return [guard(text, kinds, 'route', place, { confidence: 'medium' })];
  }
  const path = nameOf(value).replace(/\(\)$/, '');
  const parts = path.split('.');
  const name = parts.at(-1) ?? '';
  if (registering.has(name) && onRouting(value)) return [];
  if (lets(value)) return [];
  const entry =
    known[parts.slice(-2).join('.')] ??
    known[`${parts[0]}.${name}`] ??
    known[/ResourceProtector$/.test(path) ? 'ResourceProtector.__call__' : name];
  if (entry !== undefined) {
    const kinds = asksRole(value) ? [...new Set([...entry.kinds, 'authz' as const])] : entry.kinds;
    const credential = schemeOf(value) ?? entry.credential;
    return [guard(text, kinds, 'route', place, { library: parts[0], detail: { credential } })];
  }
  const called = /^([\w.]+)\(?/.exec(text)?.[1]?.split('.').at(-1) ?? text;
  if (value.t === 'unknown') {
    const made = reading.run.functions.find((one) => one.name === called);
    if (made !== undefined) return [guard(text, kindsByBody(made), 'route', place, ownCode(made))];
    // A name that only running the code tells, on an extension that everybody names the same.
    const usual = known[called];
    if (usual !== undefined)
      return [guard(text, usual.kinds, 'route', place, { confidence: 'medium' })];
  }
  if (harmless.has(name) || harmless.has(called) || registering.has(called)) return [];
  return [guard(text, ['unknown'], 'route', place, { confidence: 'low' })];
}

/** A method of an application, a blueprint or a namespace of one. */
function onRouting(value: Value): boolean {
  const self = value.t === 'bound' ? value.self : value.t === 'obj' ? madeBy(value) : undefined;
  return self === undefined || isApp(self) || isBlueprint(self) || /Api|Namespace/.test(self.of);
}

function madeBy(value: Obj): Obj | undefined {
  const event = value.attrs.get('__event__');
  const self = event?.t === 'list' ? event.items[0] : undefined;
  return self?.t === 'obj' ? self : undefined;
}

/** `optional=True` knows a caller and refuses nobody. */
function lets(value: Value): boolean {
  const flag = value.t === 'obj' ? value.kwargs.get('optional') : undefined;
  if (flag?.t === 'bool' && flag.v) return true;
  return /(?:jwt_optional|login_optional|\.optional)$/.test(nameOf(value).replace(/\(\)$/, ''));
}

function asksRole(value: Value): boolean {
  const asked = value.t === 'obj' ? value.kwargs.get('role') : undefined;
  return asked !== undefined && asked.t !== 'none';
}

/** The scheme that `authenticate(token_auth)` is given. */
function schemeOf(value: Value): Credential | undefined {
  const scheme = value.t === 'obj' ? value.args.find((one) => one.t === 'obj') : undefined;
  if (scheme?.t !== 'obj') return undefined;
  if (/HTTP(?:Basic|Digest)Auth$/.test(scheme.of)) return 'basic';
  return /HTTPTokenAuth$/.test(scheme.of) ? 'bearer' : undefined;
}

/** A guard of the project's own names the credential that its body reads. */
function ownCode(func: Func): Partial<Guard> {
  return { confidence: 'medium', detail: { credential: credentialsIn(func)[0] } };
}
