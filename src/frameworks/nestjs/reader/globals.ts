import type { Guard } from '../../../surface/surface.ts';
import { nameOfEnhancer } from './enhancers.ts';
import { meet } from './guards.ts';
import { interceptorGuard } from './interceptors.ts';
import { pipeOf } from './pipes.ts';
import type { Reading } from './routes.ts';

const nothing = { handler: [], controller: [] };

/** Guards, pipes and interceptors of the whole application, as they stand before a route without marks. */
export function globalGuards({ app, strategies }: Reading): Guard[] {
  const guards = app.globals.guard.flatMap(
    (one) => meet(app.m, strategies, one, nothing)?.guard ?? [],
  );
  const pipes = app.globals.pipe.flatMap((one): Guard[] => {
    const piped = pipeOf(app.m, one.value);
    if (piped.does !== 'dto') return [];
    return [
      {
        name: nameOfEnhancer(one.value),
        kinds: ['validation'],
        library: piped.library,
        scope: 'app',
        place: one.place,
        detail: piped.detail,
        confidence: 'high',
      },
    ];
  });
  const interceptors = app.globals.interceptor.flatMap((one) => interceptorGuard(app.m, one) ?? []);
  return [...guards, ...interceptors, ...pipes];
}
