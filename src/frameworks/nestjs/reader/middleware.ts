import type { Place, Unresolved } from '../../../surface/surface.ts';
import { type Application, matches, patternsOf, type RoutePattern } from './application.ts';
import { machine } from './evaluate.ts';
import { construct, run } from './execute.ts';
import { sameClass } from './marks.ts';
import { declarationValue } from './names.ts';
import { joinPath } from './paths.ts';
import { placeOf } from './program.ts';
import { type CallValue, type ClassValue, itemsOf, type Value } from './values.ts';

/** One `consumer.apply(…).exclude(…).forRoutes(…)`. */
export interface Consumed {
  middleware: readonly Value[];
  excluded: readonly RoutePattern[];
  patterns: readonly RoutePattern[];
  controllers: readonly ClassValue[];
  place: Place;
}

const consumer: Value = { kind: 'external', from: '@consumer', name: 'consumer' };

/** Runs every module's `configure(consumer)`, in the order of the modules. */
export function readMiddleware(app: Application, unresolved: Unresolved[]): Consumed[] {
  const found: Consumed[] = [];
  for (const { class: module } of app.graph.modules) {
    const m = machine(app.m.program, {
      answer: app.m.answer,
      onCall: (call) => {
        if (call.callee.kind !== 'member' || call.callee.name !== 'forRoutes') return;
        const one = consumed(call, unresolved);
        if (one) found.push(one);
      },
    });
    const self = construct(m, module, []);
    if (self.kind !== 'object') continue;
    const configure = declarationValue(m, module, 'configure', self);
    if (configure?.kind === 'function') run(m, configure, [consumer]);
  }
  return found;
}

function consumed(call: CallValue, unresolved: Unresolved[]): Consumed | undefined {
  const excluded: RoutePattern[] = [];
  let at: Value = call.callee.kind === 'member' ? call.callee.of : call.callee;
  while (at.kind === 'call') {
    const { callee } = at;
    const name = callee.kind === 'member' || callee.kind === 'external' ? callee.name : '';
    if (/(^|\.)apply$/.test(name)) {
      const place = placeOf(call.file, call.node);
      const targets = call.args.flatMap(itemsOf);
      const patterns = targets.flatMap((one) => patternsOf(one));
      const controllers = targets.filter((one): one is ClassValue => one.kind === 'class');
      if (patterns.length + controllers.length < targets.length) {
        unresolved.push({ what: 'a route that middleware is mounted on', place });
      }
      return { middleware: at.args.flatMap(itemsOf), excluded, patterns, controllers, place };
    }
    if (name === 'exclude') excluded.push(...at.args.flatMap((one) => patternsOf(one)));
    at = callee.kind === 'member' ? callee.of : callee;
  }
  return undefined;
}

/** Whether the middleware runs before a route: by its path without the global prefix. */
export function runsBefore(
  one: Consumed,
  method: string,
  inner: string,
  controller: ClassValue | undefined,
): boolean {
  if (one.excluded.some((pattern) => matches(pattern, method, inner))) return false;
  if (controller && one.controllers.some((other) => sameClass(other, controller))) return true;
  return one.patterns.some(
    (pattern) =>
      matches(pattern, method, inner) ||
      (pattern.below &&
        matches({ ...pattern, path: joinPath(pattern.path, '*rest') }, method, inner)),
  );
}
