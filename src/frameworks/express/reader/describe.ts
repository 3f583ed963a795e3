import { credentialsIn, responseOf, templateOf } from '../../../languages/javascript/describe.ts';
import { lineOf } from '../../../languages/javascript/parse.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Closure } from '../../../languages/javascript/run/values.ts';
import { pathParams, sensitivityOf, traitsOf } from '../../../surface/describe.ts';
import type { Credential, Guard, Param, Place, Route, Trait } from '../../../surface/surface.ts';
import { entranceTraits } from './entrance.ts';
import { passesOn } from './handlers.ts';
import { innerHandler } from './inner.ts';
import { isGraphql, isStatic } from './packages.ts';
import { paramsOf } from './params.ts';
import type { Handler } from './routing.ts';
import type { Ref, Uses } from './use.ts';
import { usesOf } from './uses.ts';
import type { Served } from './walk.ts';

export type Found = Omit<Route, 'id'>;

const entrances = ['login', 'register', 'reset', 'refresh', 'oauth-callback'] as const;

/** Whose request it is, as authentication leaves it: compared, or part of a query. */
const readsCaller =
  /\b(?:req|request)\.(?:user|auth|session|jwt|token|currentUser|userData)\b|\bres\.locals\.\w*user|\breq\.(?:user|account)_?[iI]d\b/;

/** A condition of a role, in the handler itself. */
const asksRole = /\bif\s*\([^{;]{0,200}?(?:\broles?\b|is_?admin|permission|hasRole)[^{;]{0,200}\)/i;

const answers = /\.(?:end|send\w*|status|writeHead|redirect|render|pipe)\(/;

// `app.ws('/chat', (socket, req) => …)` of express-ws.
const socket: readonly (Ref | undefined)[] = [undefined, { of: 'request' }];

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
  const uses = fn
    ? usesOf(machine, fn, layer.given ?? (method === 'WS' ? socket : undefined))
    : undefined;
  const template = served.expression ? path : templateOf(path);
  const params = paramsOf(uses, served, served.expression ? [] : pathParams(template), layer.place);
  const text = uses?.texts.join('\n') ?? '';
  const kind = kindOf(served, text);
  const body = bodyOf(served, params, uses);
  const name = handlerName(handler, fn);
  const traits = new Set<Trait>(traitsOf(method, template, name, params));
  const response = kind === 'static' ? 'file' : responseOf(text);
  if (!entrances.some((one) => traits.has(one))) {
    const entrance = { method, guards, params, text, handler: handler?.value };
    for (const one of entranceTraits(entrance)) traits.add(one);
  }
  if (asksRole.test(text) && /\b(?:401|403)\b|forbidden|unauthori[sz]ed/i.test(text))
    traits.add('asks-role');
  if (readsCaller.test(text)) traits.add('reads-caller');
  // Code in front of a route of its own, whatever it is registered as: `app.all('/users/:id', load)`.
  if (fn && response === 'unknown' && passesOn(fn) && !answers.test(text)) traits.add('passes-on');
  if (kind === 'static') traits.add('static');
  if (served.mount && served.docs) traits.add('docs');
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

function kindOf({ handler, method }: Served, text: string): Route['kind'] {
  if (method === 'WS') return 'websocket';
  if (isGraphql(handler?.value)) return 'graphql';
  if (isStatic(handler?.value)) return 'static';
  return /text\/event-stream/.test(text) ? 'sse' : 'http';
}

const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);

function bodyOf(served: Served, params: readonly Param[], uses: Uses | undefined): Route['body'] {
  const parsers = served.guards.flatMap((one) => one.parsers);
  const own = served.guards.flatMap((one) => (one.scope === 'route' ? one.parsers : []));
  const text = uses?.texts.join('\n') ?? '';
  if (own.includes('multipart') || params.some((one) => one.in === 'file')) return 'multipart';
  if (/\breq\w*\.(?:on\(\s*['"]data|pipe\()|rawBody/.test(text)) return 'raw';
  const special = own.find((one) => one === 'raw' || one === 'text');
  if (special) return special;
  const reads = params.some((one) => one.in === 'body') || uses?.open.has('body');
  if (!reads) return uses || bodiless.has(served.method) ? 'none' : 'unknown';
  return (
    (['json', 'form', 'raw', 'text'] as const).find((one) => parsers.includes(one)) ?? 'unknown'
  );
}

function handlerName(handler: Handler | undefined, fn: Closure | undefined): string | undefined {
  if (fn?.name !== undefined) return fn.name;
  if (!handler?.text || /[(\s]/.test(handler.text)) return undefined;
  return handler.text;
}

/** Where a function is written. */
export function placeOf(fn: Closure): Place {
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
