import { foreignBase } from '../../languages/python/bases.ts';
import { guard } from '../../languages/python/describe.ts';
import { member } from '../../languages/python/evaluate.ts';
import {
  credentialsIn,
  isUnderstood,
  kindsByBody,
  kindsOfClass,
} from '../../languages/python/guards.ts';
import { mayAnswerNone } from '../../languages/python/refusals.ts';
import type { Run } from '../../languages/python/run.ts';
import {
  type Class,
  type Func,
  lastName as last,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Guard, GuardKind, Place } from '../../surface/surface.ts';
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
  const entry = known[last(value).replace(/\(\)$/, '')];
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
    // What it looks at without asking for it is no credential of the route.
    if (!mayAnswerNone(func)) made.credentials.push(...inner.credentials, ...credentialsIn(func));
    made.params.push(...inner.params);
    if (inner.body !== 'none') made.body = inner.body;
    const kinds = kindsOf(func, value);
    const own = value.t === 'obj' ? value.cls?.name : nameOf(value);
    const name = `Depends(${func.name === '__call__' ? own : func.name})`;
    if (kinds.length > 0)
      made.guards.push(
        guard(name, kinds, scope, place, {
          confidence: kinds.includes('unknown') ? 'low' : 'medium',
          detail: { credential: credentialsIn(func)[0] ?? inner.credentials[0] },
        }),
      );
    return;
  }
  if (entry !== undefined) {
    if (value.t === 'obj' && letsPass(value)) {
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
  // Containers hand over services; what they hand over refuses nobody.
  // A model or a class without a body of its own only holds parameters.
  if (value.t === 'class' && foreignBase(value)?.startsWith('fastapi') !== true) return;
  if (
    value.t === 'none' ||
    /^(?:dependency_injector|fastapi_injector|dishka|lagom|kink)\b/.test(nameOf(value))
  )
    return;
  if (/LoginManager$/.test(nameOf(value))) {
    made.guards.push(guard(nameOf(value), ['auth'], scope, place, { library: 'fastapi_login' }));
    made.credentials.push('bearer');
    return;
  }
  made.guards.push(
    guard(`Depends(${nameOf(value) || 'unknown'})`, ['unknown'], scope, place, {
      confidence: 'low',
    }),
  );
}

/** `Security(current_user, scopes=["admin"])` asks for what the caller may do. */
export function scopes(value: Value, scope: Guard['scope'], place: Place, made: Signature): void {
  const listed = value.t === 'obj' ? value.kwargs.get('scopes') : undefined;
  if (value.t !== 'obj' || !/(?:^|\.)Security$/.test(value.of) || listed?.t !== 'list') return;
  if (listed.items.length === 0) return;
  made.guards.push(guard('Security(scopes)', ['authz'], scope, place, { library: 'fastapi' }));
}

/** What it refuses itself, or what the classes that it was given refuse: `Permissions([IsAdmin])`. */
function kindsOf(func: Func, value: Value): readonly GuardKind[] {
  const own = kindsByBody(func);
  const unsure: readonly GuardKind[] = isUnderstood(func) ? [] : ['unknown'];
  if (own.length > 0) return own;
  if (value.t !== 'obj') return unsure;
  const given = [...value.args, ...value.kwargs.values()]
    .flatMap((one) => (one.t === 'list' ? one.items : [one]))
    .flatMap((one) => (one.t === 'class' ? [one] : one.t === 'obj' && one.cls ? [one.cls] : []));
  const kinds = new Set(given.flatMap(kindsOfClass));
  return kinds.size > 0 ? [...kinds] : unsure;
}

/** A scheme that is told to let a caller without a credential pass. */
function letsPass({ kwargs }: Obj): boolean {
  const flag = (name: string, wanted: boolean): boolean => {
    const given = kwargs.get(name);
    return given?.t === 'bool' && given.v === wanted;
  };
  return flag('auto_error', false) || flag('optional', true);
}

function callOf(cls: Class | undefined): Func | undefined {
  const found = cls === undefined ? undefined : member(cls, '__call__');
  return found?.t === 'func' ? found : undefined;
}

function startOf(cls: Class): Func | undefined {
  const found = cls.members.get('__init__');
  return found?.t === 'func' ? found : undefined;
}
