import { guard } from '../../languages/python/describe.ts';
import { credentialsIn, kindsByBody } from '../../languages/python/guards.ts';
import type { Run } from '../../languages/python/run.ts';
import {
  type Class,
  type Func,
  lastName as last,
  nameOf,
  type Value,
} from '../../languages/python/values.ts';
import type { Guard, Place } from '../../surface/surface.ts';
import { known } from './known.ts';
import { type Signature, signature } from './reader-signature.ts';

/** A dependency and what it depends on itself; every one that can refuse is a guard. */
export function dependency(
  run: Run,
  value: Value,
  place: Place,
  scope: Guard['scope'],
  inPath: readonly string[],
  made: Signature,
  depth: number,
): void {
  if (depth > 8) return;
  const entry = known[last(value)];
  const func =
    value.t === 'func'
      ? value
      : value.t === 'obj'
        ? callOf(value.cls)
        : value.t === 'class'
          ? startOf(value)
          : undefined;
  if (func !== undefined) {
    const inner = signature(run, func, inPath, depth + 1);
    made.guards.push(...inner.guards);
    made.credentials.push(...inner.credentials, ...credentialsIn(func));
    made.params.push(...inner.params);
    if (inner.body !== 'none') made.body = inner.body;
    const kinds = kindsByBody(func);
    if (kinds.length > 0)
      made.guards.push(
        guard(
          `Depends(${func.name === '__call__' ? nameOf(value) : func.name})`,
          kinds,
          scope,
          place,
          { confidence: 'medium' },
        ),
      );
    return;
  }
  if (entry !== undefined) {
    const optional = value.t === 'obj' && value.kwargs.get('auto_error');
    if (typeof optional === 'object' && optional.t === 'bool' && !optional.v) {
      made.credentials.push(entry.credential ?? 'unknown');
      return;
    }
    made.guards.push(
      guard(nameOf(value), entry.kinds, scope, place, { library: nameOf(value).split('.')[0] }),
    );
    if (entry.credential !== undefined) made.credentials.push(entry.credential);
    return;
  }
  if (/OAuth2PasswordRequestForm/.test(nameOf(value))) {
    made.body = 'form';
    for (const name of ['username', 'password']) {
      made.params.push({
        name,
        in: 'body',
        type: 'string',
        optional: false,
        confidence: 'high',
        place,
      });
    }
    made.guards.push(
      guard(last(value), ['validation'], 'parameter', place, { library: 'fastapi' }),
    );
    return;
  }
  if (value.t === 'none') return;
  made.guards.push(
    guard(`Depends(${nameOf(value) || 'unknown'})`, ['unknown'], scope, place, {
      confidence: 'low',
    }),
  );
}

function callOf(cls: Class | undefined): Func | undefined {
  const found = cls?.members.get('__call__');
  return found?.t === 'func' ? found : undefined;
}

function startOf(cls: Class): Func | undefined {
  const found = cls.members.get('__init__');
  return found?.t === 'func' ? found : undefined;
}
