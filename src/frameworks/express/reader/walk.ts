import type { Machine } from '../../../languages/javascript/run/machine.ts';
import { hole } from '../../../languages/javascript/run/values.ts';
import type { Guard, Unresolved } from '../../../surface/surface.ts';
import type { GuardReader, Known } from './guards.ts';
import { isErrorHandler, passesOn } from './handlers.ts';
import { answers, isOutOfSight, routersBehind } from './middleware.ts';
import { below, covers, coversRoute, mountPrefix } from './paths.ts';
import { type Handler, type Layer, type Routing, routingOf, routingsIn } from './routing.ts';

/** A guard on its way down the stack. */
export interface Standing extends Known {
  scope: Guard['scope'];
  /** '' covers everything below the router that it stands in. */
  prefix: string;
  expression?: RegExp | undefined;
  /** Only for this method and whole path: an earlier route that passes on. */
  only?: { method: string; path: string } | undefined;
  /** Only for paths with this parameter. */
  parameter?: string | undefined;
}

/** One route as the router would serve it. */
export interface Served {
  app: Routing;
  method: string;
  path: string;
  layer: Layer;
  /** The last handler, that answers. */
  handler: Handler | undefined;
  guards: readonly Standing[];
  /** A middleware that answers under a prefix: `app.use('/docs', …)`. */
  mount: boolean;
  /** Of the router, or of the mount itself. */
  prefix: string;
  docs?: boolean | undefined;
  /** The path is an expression. */
  expression?: boolean | undefined;
}

export interface Walked {
  served: Served[];
  /** Guards of the whole application, in their order. */
  guards: Standing[];
  errorHandlers: Handler[];
  unresolved: Unresolved[];
}

/** Follows the layers of an application in their order: only what stands before a route covers it. */
export function walkApp(
  machine: Machine,
  guardOf: GuardReader,
  app: Routing,
  major: number,
): Walked {
  const walked: Walked = { served: [], guards: [], errorHandlers: [], unresolved: [] };
  descend({ machine, guardOf, app, walked, major, trail: [] }, app, '', []);
  return walked;
}

interface Walk {
  machine: Machine;
  guardOf: GuardReader;
  app: Routing;
  walked: Walked;
  /** Of Express: the syntax of paths differs. */
  major: number;
  trail: readonly Routing[];
}

/** Returns the guards that later layers of the outer router pass, too. */
function descend(
  walk: Walk,
  routing: Routing,
  prefix: string,
  outer: readonly Standing[],
): Standing[] {
  const own: Standing[] = [];
  if (walk.trail.includes(routing) || walk.trail.length > 12) return own;
  const inside = { ...walk, trail: [...walk.trail, routing] };
  for (const layer of routing.layers) {
    if (layer.kind === 'param') own.push(...parameterGuards(inside, layer, prefix));
    else if (layer.kind === 'route') own.push(...route(inside, layer, prefix, [...outer, ...own]));
    else own.push(...use(inside, layer, prefix, [...outer, ...own]));
  }
  return own;
}

function parameterGuards(walk: Walk, layer: Layer, prefix: string): Standing[] {
  const [name] = layer.paths;
  return layer.handlers.map((handler) => ({
    ...walk.guardOf(handler),
    scope: 'parameter',
    prefix,
    parameter: name?.text ?? '',
  }));
}

function use(walk: Walk, layer: Layer, prefix: string, before: readonly Standing[]): Standing[] {
  const left: Standing[] = [];
  for (const path of layer.paths) {
    const under = mountPrefix(prefix, path);
    const stack: Standing[] = [];
    for (const [index, handler] of layer.handlers.entries()) {
      const inner = routersBehind(walk.machine, handler.value);
      if (inner.length > 0) {
        if (under.includes(hole)) unresolvedPath(walk, `use ${shown(under)}`, layer);
        else {
          stack.push(...checkAround(walk, handler, under));
          for (const one of inner) {
            one.mounted = true;
            stack.push(...descend(walk, one, under, [...before, ...stack]));
          }
        }
        continue;
      }
      if (isErrorHandler(handler.value)) {
        walk.walked.errorHandlers.push(handler);
        continue;
      }
      const touched = routingsIn(handler.value);
      const unknown = isOutOfSight(handler.value);
      if (touched.length > 0 || unknown) {
        walk.walked.unresolved.push({
          what: `use(${handler.text ?? 'a value that is not known'})`,
          place: handler.place,
        });
      }
      // A router that is mounted without a path sees every request, like the application itself.
      const scope = under === '' ? 'app' : 'router';
      const standing: Standing = {
        ...walk.guardOf(handler),
        scope,
        prefix: path.expression ? prefix : under,
        expression: path.expression,
      };
      const last = index === layer.handlers.length - 1;
      const kind = last && !under.includes(hole) ? answers(handler, under, standing) : undefined;
      if (kind) {
        walk.walked.served.push({
          app: walk.app,
          method: kind === 'files' ? 'GET' : 'ALL',
          path:
            kind === 'files' || kind === 'graphql' ? below(prefix, path) : everyBelow(walk, under),
          layer,
          handler,
          guards: [...before, ...stack].filter((one) => applies(one, under || '/', 'ALL')),
          mount: true,
          prefix: under,
          docs: kind === 'docs',
        });
      }
      // What answers every request itself is no guard of what comes after.
      const ends = handler.value.k === 'closure' && last && !passesOn(handler.value);
      if (ends) continue;
      stack.push(standing);
      if (scope === 'app') walk.walked.guards.push(standing);
    }
    left.push(...stack);
  }
  return left;
}

/** A function that asks something before it hands its request to a router is a guard, too. */
function checkAround(walk: Walk, handler: Handler, under: string): Standing[] {
  if (handler.value.k !== 'closure') return [];
  const known = walk.guardOf(handler);
  const says = known.guard.kinds.some((kind) => kind !== 'unknown');
  return says ? [{ ...known, scope: 'router', prefix: under }] : [];
}

/** A path for everything below a prefix, in the syntax of the framework's major. */
function everyBelow(walk: Walk, under: string): string {
  return walk.major >= 5 ? `${under}{/*rest}` : `${under}(/*)?`;
}

function route(walk: Walk, layer: Layer, prefix: string, before: readonly Standing[]): Standing[] {
  const left: Standing[] = [];
  for (const path of layer.paths) {
    const full = below(prefix, path);
    if (full.includes(hole)) {
      unresolvedPath(walk, `${layer.method} ${shown(full)}`, layer);
      continue;
    }
    const stack: Standing[] = [];
    const inner = layer.handlers.flatMap((one) =>
      routingOf(one.value) ? [routingOf(one.value)!] : [],
    );
    for (const one of inner) {
      one.mounted = true;
      descend(walk, one, mountPrefix(prefix, path), before);
    }
    const functions = layer.handlers.filter(
      (one) => !routingOf(one.value) && !isErrorHandler(one.value),
    );
    for (const handler of functions.slice(0, -1)) {
      stack.push({ ...walk.guardOf(handler), scope: 'route', prefix: full });
    }
    const handler = functions.at(-1);
    walk.walked.served.push({
      app: walk.app,
      method: layer.method,
      path: full,
      layer,
      handler,
      guards: [...before.filter((one) => applies(one, full, layer.method)), ...stack],
      mount: false,
      prefix,
      expression: path.expression !== undefined,
    });
    if (handler?.value.k === 'closure' && passesOn(handler.value)) {
      const last = { ...walk.guardOf(handler), scope: 'route' as const, prefix: full };
      const only = { method: layer.method, path: full };
      left.push(...[...stack, last].map((one) => ({ ...one, only })));
    }
  }
  return left;
}

function applies(standing: Standing, path: string, method: string): boolean {
  if (standing.only) {
    const { only } = standing;
    return (only.method === 'ALL' || only.method === method) && coversRoute(only.path, path);
  }
  if (standing.parameter !== undefined) {
    const holds = new RegExp(`:${standing.parameter}(?![\\w])`).test(path);
    return holds && covers(standing.prefix, path);
  }
  if (standing.expression)
    return standing.expression.test(path.slice(standing.prefix.length) || '/');
  return standing.prefix === '' || covers(standing.prefix, path);
}

function unresolvedPath(walk: Walk, what: string, layer: Layer): void {
  walk.walked.unresolved.push({ what: `${what}: a path that is not known`, place: layer.place });
}

function shown(path: string): string {
  return path.replaceAll(hole, '…');
}
