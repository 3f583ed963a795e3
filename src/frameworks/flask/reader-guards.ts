import { guard } from '../../languages/python/describe.ts';
import { credentialsIn, kindsByBody } from '../../languages/python/guards.ts';
import {
  type Class,
  type Event,
  type Func,
  lastName as last,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Guard } from '../../surface/surface.ts';
import { known } from './known.ts';
import type { Reading } from './reading.ts';

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

export function before(reading: Reading, event: Event, scope: Guard['scope']): Guard[] {
  const func = event.target ?? event.args[0];
  if (func?.t !== 'func') return [];
  const marked = decorators(reading, func, undefined);
  return [...marked, guard(func.name, kindsByBody(func), scope, func.place, ownCode(func))];
}

function handler(reading: Reading, func: Func): void {
  if (reading.errorHandlers.some((one) => one.place === func.place)) return;
  const text = func.node.text;
  const leaks = /traceback|format_exc/.test(text)
    ? 'stack'
    : /str\(e\w*\)|repr\(/.test(text)
      ? 'message'
      : 'none';
  reading.errorHandlers.push({ name: func.name, place: func.place, leaks });
}

export function classGuards(reading: Reading, view: Class): Guard[] {
  const listed = view.members.get('decorators') ?? view.members.get('method_decorators');
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
  const path = nameOf(value).replace(/\(\)$/, '');
  if (value.t === 'obj' && value.of === path && reading.run.functions.length === 0) return [];
  const parts = path.split('.');
  const entry = known[parts.slice(-2).join('.')] ?? known[parts.at(-1) ?? ''];
  if (entry !== undefined) {
    const more = { library: parts[0], detail: { credential: entry.credential } };
    return [guard(text, entry.kinds, 'route', place, more)];
  }
  const called = /^(\w+)\(/.exec(text)?.[1];
  const made = reading.run.functions.find((one) => one.name === (called ?? text));
  if (made !== undefined) return [guard(text, kindsByBody(made), 'route', place, ownCode(made))];
  if (
    /(?:route|get|post|put|patch|delete|errorhandler|before_request|cached|doc|marshal_with|response|arguments)\b/.test(
      text,
    )
  )
    return [];
  return [guard(text, ['unknown'], 'route', place, { confidence: 'low' })];
}

/** A guard of the project's own names the credential that its body reads. */
function ownCode(func: Func): Partial<Guard> {
  return { confidence: 'medium', detail: { credential: credentialsIn(func)[0] } };
}
