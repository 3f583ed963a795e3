import { guard } from '../../languages/python/describe.ts';
import { kindsByBody } from '../../languages/python/guards.ts';
import {
  type Event,
  type Func,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Guard } from '../../surface/surface.ts';
import { known } from './known.ts';
import { dependency } from './reader-dependency.ts';
import type { Signature } from './reader-signature.ts';
import type { Reading } from './reading.ts';

/** Middleware and dependencies that stand in front of every route of an application. */
export function appGuards(reading: Reading, app: Obj): Guard[] {
  const guards: Guard[] = [];
  const middleware = app.kwargs.get('middleware');
  const listed = middleware?.t === 'list' ? middleware.items : [];
  for (const one of listed) if (one.t === 'obj') guards.push(byMiddleware(one.args[0], one));
  // The last that is added stands outermost.
  for (const event of app.events.toReversed()) {
    if (event.name === 'add_middleware')
      guards.push(byMiddleware(event.args[0] ?? event.kwargs.get('middleware_class'), event));
    if (event.name === 'middleware' && event.target?.t === 'func') {
      guards.push(
        guard(event.target.name, kindsByBody(event.target), 'app', event.place, {
          confidence: 'medium',
        }),
      );
    }
  }
  return [...guards, ...dependencies(reading, app.kwargs.get('dependencies'), 'app', []).guards];
}

function byMiddleware(value: Value | undefined, at: Pick<Event, 'place'>): Guard {
  const name = nameOf(value);
  const entry = known[name.split('.').at(-1) ?? ''];
  if (entry !== undefined)
    return guard(name, entry.kinds, 'app', at.place, { library: name.split('.')[0] });
  const dispatch =
    value?.t === 'class'
      ? (value.members.get('dispatch') ?? value.members.get('__call__'))
      : undefined;
  if (dispatch?.t === 'func')
    return guard(name, kindsByBody(dispatch), 'app', at.place, { confidence: 'medium' });
  return guard(name || 'middleware', ['unknown'], 'app', at.place, { confidence: 'low' });
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
    const text = func.node.text;
    const leaks = /traceback|format_exc/.test(text)
      ? 'stack'
      : /str\(exc?\)|repr\(/.test(text)
        ? 'message'
        : 'none';
    reading.errorHandlers.push({ name: func.name, place: func.place, leaks });
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

/** Decorators of a handler that stand below the one that registers it. */
export function decoratorGuards(func: Func): Guard[] {
  return func.decorators.flatMap(({ value, node }): Guard[] => {
    const place = { file: func.module.file, line: node.line };
    if (/limiter|limit\(/i.test(node.text) && /limit/.test(node.text))
      return [guard(node.text.slice(1), ['ratelimit'], 'route', place, { library: 'slowapi' })];
    if (value.t !== 'func') return [];
    return [guard(value.name, kindsByBody(value), 'route', place, { confidence: 'medium' })];
  });
}
