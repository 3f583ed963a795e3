import {
  credentialsIn,
  pathParams,
  responseOf,
  sensitivityOf,
  templateOf,
  traitsOf,
} from '../../../languages/javascript/describe.ts';
import { lineOf } from '../../../languages/javascript/parse.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Closure, Value } from '../../../languages/javascript/run/values.ts';
import type {
  Credential,
  ErrorHandler,
  Guard,
  Param,
  Place,
  Route,
  Trait,
} from '../../../surface/surface.ts';
import { innerHandler } from './inner.ts';
import { paramsOf } from './params.ts';
import type { Handler } from './routing.ts';
import { type Uses, usesOf } from './uses.ts';
import type { Served } from './walk.ts';

export type Found = Omit<Route, 'id'>;

/** One route in the words of the surface. */
export function describe(machine: Machine, served: Served): Found {
  const { method, path, layer, handler } = served;
  const guards = served.guards.map(
    ({ guard, scope, prefix, expression }): Guard => ({
      ...guard,
      scope,
      ...(scope === 'router' && prefix !== '' ? { prefix } : {}),
      ...(expression ? { prefix: `${prefix}/${expression.source}/` } : {}),
    }),
  );
  const fn = handler && innerHandler(machine, handler.value);
  const uses = fn ? usesOf(machine, fn) : undefined;
  const template = templateOf(path);
  const params = paramsOf(uses, served, pathParams(template), layer.place);
  const text = uses?.texts.join('\n') ?? '';
  const kind = kindOf(served, guards, text);
  const body = bodyOf(method, params, uses, guards, text);
  const name = handlerName(handler, fn);
  const traits = new Set<Trait>(traitsOf(method, template, name, params));
  const response = kind === 'static' ? 'file' : responseOf(text);
  if (kind === 'static') traits.add('static');
  if (isDocs(served)) traits.add('docs');
  if (body === 'raw') traits.add('raw-body');
  if (body === 'multipart') traits.add('upload');
  if (response === 'html') traits.add('page');
  if (/constructEvent\(|webhooks?\.verify/.test(text)) traits.add('webhook');
  const credentials = new Set<Credential>(served.guards.flatMap((one) => one.credentials));
  for (const one of credentialsIn(text)) credentials.add(one);
  return {
    method,
    path,
    template,
    kind,
    place: layer.place,
    handler: { name, place: fn ? placeOf(fn) : (handler?.place ?? layer.place) },
    params,
    body,
    response,
    guards,
    credentials: [...credentials],
    sensitivity: sensitivityOf(template, params),
    traits: [...traits],
    confidence: confidenceOf(served, fn, uses),
  };
}

function isDocs({ mount, guards, handler }: Served): boolean {
  const isUi = (value: Value | undefined): boolean =>
    value?.k === 'external' && /swagger-ui|redoc|scalar/.test(value.module);
  const stacked = guards.some((one) => one.scope === 'route' && one.guard.kinds.includes('docs'));
  return isUi(handler?.value) || (mount && stacked);
}

function kindOf(served: Served, guards: readonly Guard[], text: string): Route['kind'] {
  const { handler, method } = served;
  if (method === 'WS') return 'websocket';
  const value = handler?.value;
  if (value?.k === 'external') {
    if (/graphql|apollo/i.test([value.module, ...value.path].join('.'))) return 'graphql';
    if (isStatic(value)) return 'static';
  }
  if (served.mount && guards.at(-1)?.kinds.includes('static')) return 'static';
  return /text\/event-stream/.test(text) ? 'sse' : 'http';
}

function isStatic(value: Extract<Value, { k: 'external' }>): boolean {
  return (
    (value.module === 'express' && value.path.at(-1) === 'static') ||
    /^(?:serve-static|serve-favicon|serve-index|express-static-gzip)$/.test(value.module)
  );
}

function bodyOf(
  method: string,
  params: readonly Param[],
  uses: Uses | undefined,
  guards: readonly Guard[],
  text: string,
): Route['body'] {
  const parsers = new Set(
    guards.filter((one) => one.kinds.includes('body')).map((one) => parserOf(one)),
  );
  const own = guards.filter((one) => one.scope === 'route');
  if (own.some((one) => one.kinds.includes('upload')) || params.some((one) => one.in === 'file'))
    return 'multipart';
  if (
    own.some((one) => parserOf(one) === 'raw') ||
    /\breq\w*\.(?:on\(\s*['"]data|pipe\()|rawBody/.test(text)
  )
    return 'raw';
  if (own.some((one) => parserOf(one) === 'text')) return 'text';
  const reads = params.some((one) => one.in === 'body') || uses?.open.has('body');
  if (!reads)
    return uses
      ? 'none'
      : ['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method)
        ? 'none'
        : 'unknown';
  if (parsers.has('json')) return 'json';
  if (parsers.has('form')) return 'form';
  return parsers.has('raw') ? 'raw' : parsers.has('text') ? 'text' : 'unknown';
}

function parserOf(guard: Guard): string | undefined {
  if (!guard.kinds.includes('body')) return undefined;
  if (/\braw\(/.test(guard.name)) return 'raw';
  if (/\btext\(/.test(guard.name)) return 'text';
  if (/urlencoded/.test(guard.name)) return 'form';
  return 'json';
}

function handlerName(handler: Handler | undefined, fn: Closure | undefined): string | undefined {
  if (fn?.name !== undefined) return fn.name;
  if (!handler?.text || /[(\s]/.test(handler.text)) return undefined;
  return handler.text;
}

function placeOf(fn: Closure): Place {
  const { parsed } = fn.scope.module;
  return { file: parsed.path, line: lineOf(parsed, fn.node.start) };
}

function confidenceOf(
  served: Served,
  fn: Closure | undefined,
  uses: Uses | undefined,
): Route['confidence'] {
  if (served.mount || served.layer.doubt || served.layer.paths.some((one) => one.open))
    return 'medium';
  return fn && uses ? 'high' : 'medium';
}

/** An error handler, and whether what it sends tells too much. */
export function errorHandler(machine: Machine, handler: Handler): ErrorHandler {
  const fn = innerHandler(machine, handler.value);
  const text = fn ? usesOf(machine, fn).texts.join('\n') : '';
  const first = fn?.node.params[0];
  const name = first?.type === 'Identifier' ? first.name : 'err';
  const sends = [
    ...text.matchAll(/\.(?:json|send|end|render|write|jsonp)\((?:[^;]|\n)*?(?:;|\n\s*\}|$)/g),
  ]
    .map((match) => match[0])
    .join('\n');
  const leaks = !fn
    ? 'unknown'
    : new RegExp(`\\b${name}\\.stack\\b|\\bstack\\b`).test(sends)
      ? 'stack'
      : new RegExp(
            `\\b${name}\\.message\\b|\\bmessage\\b|\\.(?:json|send)\\(\\s*${name}\\s*\\)`,
          ).test(sends)
        ? 'message'
        : 'none';
  return {
    name: fn?.name ?? handler.text ?? 'error handler',
    place: fn ? placeOf(fn) : handler.place,
    leaks,
  };
}
