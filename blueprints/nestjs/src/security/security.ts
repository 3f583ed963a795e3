import type { Provider } from '@nestjs/common';
import { type Emit, events } from './events.js';
import type { Policy } from './policy-types.js';
import { type Limits, limits } from './ratelimit.js';
import { connect } from './redis.js';
import { type Routes, routesOf } from './routes.js';
import type { Schemas } from './schema-check.js';
import type { Context, Scheme } from './scheme.js';
import { readSettings, type Settings } from './settings.js';

export interface SecurityParts {
  policy: Policy;
  schemas: Schemas;
  /** The kind of authentication; `undefined` where the application's own stays. */
  make: ((context: Context) => Scheme) | undefined;
  /** What checks the classes that handlers take. */
  pipes?: Provider[];
}

/** Everything that the guard, the filter, the endpoints and the outermost handler work with. */
export interface Security {
  settings: Settings;
  emit: Emit;
  limits: Limits;
  routes: Routes;
  schemas: Schemas;
  scheme: Scheme | undefined;
  close: () => void;
}

/** Injection token of `Security`. */
export const SECURITY = 'SECURITY';

/** Reads the environment and opens the stores. @throws Error that names a wrong variable, never its value */
export function makeSecurity({ policy, schemas, make }: SecurityParts): Security {
  const settings = readSettings(policy);
  const emit = events(settings);
  const redis = connect(settings.redisUrl);
  const counters = limits(settings, emit, redis);
  const scheme = settings.on('auth')
    ? make?.({ settings, emit, limits: counters, redis })
    : undefined;
  emit('start', 'success');
  return {
    settings,
    emit,
    limits: counters,
    routes: routesOf(policy),
    schemas,
    scheme,
    close: () => redis?.destroy(),
  };
}
