import { templateOf } from '../../languages/python/describe.ts';
import { credentialsIn, ownCheck, ownerGuard } from '../../languages/python/guards.ts';
import { runsBefore } from '../../languages/python/path-scope.ts';
import { gap, methodsOf, pathOf } from '../../languages/python/paths.ts';
import {
  type Class,
  type Event,
  type Func,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import { pathParams, sensitivityOf, traitsOf } from '../../surface/describe.ts';
import type { Credential, Guard, Route } from '../../surface/surface.ts';
import { known } from './known.ts';
import { classSignature } from './reader-classes.ts';
import { decoratorGuards, dependencies } from './reader-guards.ts';
import { type Signature, signature } from './reader-signature.ts';
import type { Found, Reading } from './reading.ts';

/** One registration for several methods. */
export function many(
  reading: Reading,
  prefix: string,
  path: Value | undefined,
  event: Event,
  target: Value | undefined,
  guards: readonly Guard[],
): Found[] {
  const listed = methodsOf(reading, event.kwargs.get('methods'), event.place) ?? ['GET'];
  return listed.map((method) => route(reading, [method], prefix, path, event, target, guards));
}

export function route(
  reading: Reading,
  names: readonly string[],
  prefix: string,
  given: Value | undefined,
  event: Event,
  target: Value | undefined,
  outer: readonly Guard[],
): Found {
  const path = prefix + pathOf(reading, given, event.place) || '/';
  const template = templateOf(path);
  const method = names[0] ?? 'GET';
  const inPath = pathParams(template);
  const func: Func | Class | undefined =
    target?.t === 'func' || target?.t === 'class' ? target : undefined;
  const listed = dependencies(reading, event.kwargs.get('dependencies'), 'route', inPath);
  const own: Signature =
    func?.t === 'func'
      ? signature(reading.run, func, inPath)
      : { params: [], guards: [], credentials: [], body: 'none' };
  const shared = func?.t === 'func' ? classSignature(reading, func, inPath) : undefined;
  const decorators = func?.t === 'func' ? decoratorGuards(reading, func, event) : [];
  const guards = [
    ...outer.filter((one) => runsBefore(one, path, func?.name)),
    ...listed.guards,
    ...(shared?.guards ?? []),
    ...decorators,
    ...own.guards,
    ...(func?.t === 'func' ? [...ownCheck(func), ...ownerGuard(func)] : []),
  ];
  const params = unique([...listed.params, ...(shared?.params ?? []), ...own.params]);
  for (const name of inPath) {
    if (!params.some((one) => one.name === name && one.in === 'path'))
      params.push({
        name,
        in: 'path',
        type: 'string',
        optional: false,
        confidence: 'medium',
        place: event.place,
      });
  }
  const text = func?.node.text ?? '';
  const asked = [
    ...new Set([
      ...listed.credentials,
      ...(shared?.credentials ?? []),
      ...own.credentials,
      ...(func?.t === 'func' ? credentialsIn(func) : []),
      ...outer.flatMap(credentialOf),
    ]),
  ];
  return {
    method,
    path,
    template,
    kind:
      method === 'WS'
        ? 'websocket'
        : /EventSourceResponse|text\/event-stream/.test(text)
          ? 'sse'
          : 'http',
    place: event.place,
    handler: { name: func?.name, place: func?.place ?? event.place },
    params,
    body:
      own.body === 'none'
        ? /request\.(?:body|stream)\(/.test(text)
          ? 'raw'
          : /request\.json\(/.test(text)
            ? 'json'
            : listed.body
        : own.body,
    response: responseOf(`${nameOf(event.kwargs.get('response_class'))} ${text}`),
    guards,
    credentials: asked.length > 0 || !guards.some(refuses) ? asked : lent(outer),
    sensitivity: sensitivityOf(template, params),
    traits: traitsOf(method, template, func?.name, params),
    confidence: path.includes(gap) ? 'low' : 'high',
  };
}

function refuses(one: Guard): boolean {
  return one.kinds.includes('auth') || one.kinds.includes('authz');
}

/** What a middleware that only looks who calls reads, for the guards behind it. */
function lent(outer: readonly Guard[]): Credential[] {
  return outer.flatMap((one) => (one.detail.credential as Credential | undefined) ?? []);
}

function credentialOf(one: Guard): readonly Credential[] {
  const own = one.detail.credential as Credential | undefined;
  const listed = known[one.name.split('.').at(-1) ?? '']?.credential;
  if (own !== undefined && refuses(one)) return [own];
  return listed === undefined ? [] : [listed];
}

export function plain(
  method: string,
  path: string,
  at: Pick<Obj, 'of' | 'place'>,
  guards: readonly Guard[],
): Found {
  const template = templateOf(path);
  return {
    method,
    path,
    template,
    kind: 'http',
    place: at.place,
    handler: { name: at.of, place: at.place },
    params: [],
    body: 'none',
    response: 'unknown',
    guards: guards.filter((one) => runsBefore(one, path, undefined)),
    credentials: [],
    sensitivity: sensitivityOf(template, []),
    traits: traitsOf(method, template, undefined, []),
    confidence: 'high',
  };
}

function unique(params: Route['params']): Route['params'][number][] {
  return params.filter(
    (one, index) =>
      params.findIndex((other) => other.name === one.name && other.in === one.in) === index,
  );
}

function responseOf(text: string): Route['response'] {
  if (/RedirectResponse/.test(text)) return 'redirect';
  if (/HTMLResponse|TemplateResponse/.test(text)) return 'html';
  if (/FileResponse/.test(text)) return 'file';
  return /StreamingResponse|EventSourceResponse/.test(text) ? 'stream' : 'json';
}
