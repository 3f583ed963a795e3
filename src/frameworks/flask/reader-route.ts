import { foreignBase } from '../../languages/python/bases.ts';
import { guard, templateOf } from '../../languages/python/describe.ts';
import { credentialsIn, ownCheck, ownerGuard } from '../../languages/python/guards.ts';
import { runsBefore } from '../../languages/python/path-scope.ts';
import { gap, methodsOf, pathOf } from '../../languages/python/paths.ts';
import type { Class, Event, Func, Obj, Value } from '../../languages/python/values.ts';
import { pathParams, sensitivityOf, traitsOf } from '../../surface/describe.ts';
import type { Credential, Guard, Param, Route } from '../../surface/surface.ts';
import { bodyParams } from './reader-body.ts';
import { classGuards, decorators } from './reader-guards.ts';
import { type Found, join, type Reading, type Target, verbs } from './reading.ts';

/** The routes of one rule: a function, or each verb of a class of views. */
export function rule(
  reading: Reading,
  prefix: string,
  given: Value | undefined,
  event: Event,
  target: Value | undefined,
  guards: readonly Guard[],
): Found[] {
  const path = join(prefix, pathOf(reading, given, event.place));
  const view = target?.t === 'func' || target?.t === 'class' ? target : undefined;
  const methods = methodsOf(reading, event.kwargs.get('methods'), event.place);
  if (view?.t !== 'class')
    return (methods ?? ['GET']).map((method) => route(reading, method, path, event, view, guards));
  const own = handlers(view).filter(([verb]) => methods?.includes(verb) !== false);
  if (own.length === 0)
    return (methods ?? ['GET']).map((method) => route(reading, method, path, event, view, guards));
  return own.map(([verb, func]) =>
    route(reading, verb, path, event, func, [...guards, ...classGuards(reading, view)], view.name),
  );
}

export function route(
  reading: Reading,
  method: string,
  given: string,
  event: Event | Obj,
  target: Target | undefined,
  outer: readonly Guard[],
  of?: string,
): Found {
  const path = given === '' ? '/' : given;
  const template = templateOf(path);
  const text = target?.node.text ?? '';
  const own = target?.t === 'func' ? decorators(reading, target, event) : [];
  const inside =
    target?.t === 'func' ? [...ownCheck(target), ...ownerGuard(target), ...formGuard(target)] : [];
  const standing = outer.filter((one) => runsBefore(one, path, target?.name));
  const guards = [...standing, ...own, ...inside];
  const typed = new Map([...path.matchAll(/<(\w+):(\w+)>/g)].map((match) => [match[2], match[1]]));
  const place = event.place;
  const params: Param[] = pathParams(template).map((name) => ({
    name,
    in: 'path',
    type: typed.get(name) === 'int' ? 'integer' : typed.get(name) === 'float' ? 'number' : 'string',
    optional: false,
    confidence: 'high',
    place,
  }));
  const read =
    target === undefined
      ? { params: [], body: 'none' as const }
      : bodyParams(target.node, target.module.file);
  params.push(...read.params);
  const name =
    target === undefined ? undefined : of === undefined ? target.name : `${of}.${target.name}`;
  const lent = (wanted: (one: Guard) => boolean): Credential[] =>
    guards.filter(wanted).flatMap((one) => (one.detail.credential as Credential) ?? []);
  const refuses = (one: Guard): boolean =>
    one.kinds.includes('auth') || one.kinds.includes('authz');
  // A function that refuses nobody only looks who calls, for the guards that stand behind it.
  const asked = lent(refuses);
  const uses = guards.some(refuses) || /\bg\.\w+|\bcurrent_user\b/.test(text);
  const credentials = asked.length > 0 || !uses ? asked : lent(() => true);
  return {
    method,
    path,
    template,
    kind: /text\/event-stream/.test(text) ? 'sse' : 'http',
    place,
    handler: { name, place: target?.place ?? place },
    params,
    body: method === 'GET' ? 'none' : read.body === 'none' ? declared(own) : read.body,
    response: responseOf(text),
    guards,
    credentials: [
      ...new Set([...credentials, ...(target?.t === 'func' ? credentialsIn(target) : [])]),
    ],
    sensitivity: sensitivityOf(template, params),
    traits: [
      ...traitsOf(method, template, name, params),
      ...(/render_template\(/.test(text) ? (['page'] as const) : []),
    ],
    confidence: path.includes(gap) ? 'low' : 'high',
  };
}

/** A schema decorator says that there is a body, where the handler is handed what was read. */
function declared(guards: readonly Guard[]): Route['body'] {
  const schema = guards.find(
    (one) =>
      one.kinds.includes('validation') &&
      /(?:accepts|body|arguments|expect|input|use_args|use_kwargs|expects_json)\(/.test(one.name),
  );
  if (schema === undefined || /location=['"](?:query|headers|path|cookies)/.test(schema.name))
    return 'none';
  return /location=['"](?:form|files)/.test(schema.name) ? 'form' : 'json';
}

/** A form of Flask-WTF that the handler validates holds a CSRF token, unless its class says otherwise. */
function formGuard(func: Func): Guard[] {
  if (!/\.validate_on_submit\(\)/.test(func.node.text)) return [];
  const kinds = ['csrf', 'validation'] as const;
  return [guard('FlaskForm', kinds, 'route', func.place, { library: 'flask_wtf' })];
}

function handlers(view: Class, depth = 0): [string, Func][] {
  const own = [...view.members].flatMap(([name, one]): [string, Func][] =>
    verbs.has(name) && one.t === 'func' ? [[name.toUpperCase(), one]] : [],
  );
  const names = new Set(own.map(([verb]) => verb));
  const inherited =
    depth > 6 || foreignBase(view) === undefined
      ? []
      : view.bases.flatMap((base) => (base.t === 'class' ? handlers(base, depth + 1) : []));
  return [...own, ...inherited.filter(([verb]) => !names.has(verb))];
}

function responseOf(text: string): Route['response'] {
  if (/render_template/.test(text)) return 'html';
  if (/send_file|send_from_directory/.test(text)) return 'file';
  if (/jsonify|return \{/.test(text)) return 'json';
  return /redirect\(/.test(text) ? 'redirect' : 'unknown';
}
