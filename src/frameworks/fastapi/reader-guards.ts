import { foreignBase } from '../../languages/python/bases.ts';
import { guard } from '../../languages/python/describe.ts';
import { member } from '../../languages/python/evaluate.ts';
import { credentialsIn, kindsByBody, requestGuard } from '../../languages/python/guards.ts';
import { leaksOf } from '../../languages/python/leaks.ts';
import { walk } from '../../languages/python/parse.ts';
import {
  type Event,
  type Func,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Guard, Place } from '../../surface/surface.ts';
import { known } from './known.ts';
import { dependency, scopes } from './reader-dependency.ts';
import type { Signature } from './reader-signature.ts';
import type { Reading } from './reading.ts';

/** Middleware and dependencies that stand in front of every route of an application. */
export function appGuards(reading: Reading, app: Obj): Guard[] {
  const { guards } = dependencies(reading, app.kwargs.get('dependencies'), 'app', []);
  return [...middlewareOf(app), ...guards];
}

/** What stands in front of everything: mounts, documentation and plain Starlette routes have no dependencies. */
export function middlewareOf(app: Obj): Guard[] {
  const guards: Guard[] = [];
  const middleware = app.kwargs.get('middleware');
  const listed = middleware?.t === 'list' ? middleware.items : [];
  for (const one of listed) if (one.t === 'obj') guards.push(byMiddleware(one.args[0], one));
  // The last that is added stands outermost.
  for (const event of app.events.toReversed()) {
    if (event.name === 'add_middleware')
      guards.push(byMiddleware(event.args[0] ?? event.kwargs.get('middleware_class'), event));
    if (event.name === 'middleware' && event.target?.t === 'func') {
      guards.push(requestGuard(event.target, 'app', event.place));
    }
  }
  return guards;
}

function byMiddleware(value: Value | undefined, at: Pick<Event, 'place' | 'kwargs'>): Guard {
  const name = nameOf(value);
  const own =
    value?.t === 'class'
      ? (member(value, 'dispatch') ?? member(value, '__call__'))
      : at.kwargs.get('dispatch');
  if (own?.t === 'func')
    return requestGuard(own, 'app', at.place, value?.t === 'class' ? name : own.name);
  const library = (value?.t === 'class' ? foreignBase(value) : undefined) ?? name;
  const entry = known[library.split('.').at(-1) ?? ''];
  const more = { library: library.split('.')[0] };
  if (/(?:^|\.)AuthenticationMiddleware$/.test(library)) {
    const backend = at.kwargs.get('backend');
    const kinds = backend?.t === 'obj' && refusesAnonymous(backend) ? (['auth'] as const) : [];
    const method =
      backend?.t === 'obj' && backend.cls ? member(backend.cls, 'authenticate') : undefined;
    const credential = method?.t === 'func' ? credentialsIn(method)[0] : undefined;
    return guard(name, kinds, 'app', at.place, { ...more, detail: { credential } });
  }
  if (entry !== undefined) return guard(name, entry.kinds, 'app', at.place, more);
  return guard(name || 'middleware', ['unknown'], 'app', at.place, { confidence: 'low' });
}

/** Starlette's backend tells who calls; only one that never returns without a user refuses the others. */
function refusesAnonymous({ cls }: Obj): boolean {
  const method = cls === undefined ? undefined : member(cls, 'authenticate');
  if (method?.t !== 'func') return false;
  const returns = [...walk(method.node)].filter((node) => node.type === 'return_statement');
  const empty = returns.some((node) =>
    /^return(?:\s+None|\s+False\b.*|\s+\(?AuthCredentials\(\s*(?:\[\s*\])?\).*)?$/s.test(node.text),
  );
  return !empty && /raise\s+AuthenticationError/.test(method.node.text);
}

/** Error handlers, and what of an error they tell. */
export function handlers(reading: Reading, app: Obj): void {
  for (const event of app.events) {
    const func =
      event.name === 'exception_handler'
        ? event.target
        : event.name === 'add_exception_handler'
          ? event.args[1]
          : undefined;
    if (func?.t !== 'func') continue;
    reading.errorHandlers.push({ name: func.name, place: func.place, leaks: leaksOf(func) });
  }
}

/** A list of `Depends(…)`. */
export function dependencies(
  reading: Reading,
  value: Value | undefined,
  scope: Guard['scope'],
  inPath: readonly string[],
): Signature {
  const made: Signature = { params: [], guards: [], credentials: [], body: 'none' };
  for (const one of value?.t === 'list' ? value.items : []) {
    const place = one.t === 'obj' ? one.place : { file: '', line: 1 };
    scopes(one, scope, place, made);
    dependency(
      reading.run,
      one.t === 'obj' && /Depends|Security/.test(one.of)
        ? (one.args[0] ?? one.kwargs.get('dependency') ?? one)
        : one,
      place,
      scope,
      inPath,
      made,
      0,
    );
  }
  return made;
}

/** Decorators of a handler: those below the one that registers it guard it, those above it never run. */
export function decoratorGuards(reading: Reading, func: Func, event: Event): Guard[] {
  const registers = func.decorators.findIndex((one) => one.node.kids[0] === event.node);
  return func.decorators.flatMap(({ value, node }, index): Guard[] => {
    if (index === registers) return [];
    const place = { file: func.module.file, line: node.line };
    const found = decoratorGuard(value, node.text.slice(1), place);
    if (found === undefined || index > registers) return found === undefined ? [] : [found];
    if (/^(?:auth|authz|ratelimit)$/.test(found.kinds[0] ?? '')) {
      const why = 'stands above the decorator that registers the route';
      const detail = { name: found.name, why };
      reading.facts.push({ kind: 'dead-guard', detail, place, confidence: 'high' });
    }
    return [];
  });
}

function decoratorGuard(value: Value, text: string, place: Place): Guard | undefined {
  const path = nameOf(value).replace(/\(\)$/, '');
  if (/^[\w.]*limiter\w*\.(?:limit|shared_limit)\(|^(?:rate_?)?limit\(/i.test(text))
    return guard(text, ['ratelimit'], 'route', place, { library: 'slowapi' });
  if (value.t === 'func')
    return guard(value.name, kindsByBody(value), 'route', place, { confidence: 'medium' });
  if (/^(?:starlette\.authentication\.)?requires$/.test(path))
    return guard(text, ['auth', 'authz'], 'route', place, { library: 'starlette' });
  if (!/auth|require|permission|role|login|protect|secure|access|scope/i.test(path))
    return undefined;
  return guard(text, ['unknown'], 'route', place, { confidence: 'low' });
}
