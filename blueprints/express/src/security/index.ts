import type { Application } from 'express';
import { make } from './auth.js';
import { notFound, onError } from './errors.js';
import { events } from './events.js';
import { gate } from './gate.js';
import { policy as printed } from './policy.js';
import type { Policy } from './policy-types.js';
import { limits as counters } from './ratelimit.js';
import { connect } from './redis.js';
import type { Schemas } from './schema-check.js';
import { schemas as printedSchemas } from './schemas.js';
import type { Context, Scheme } from './scheme.js';
import { readSettings, type Settings } from './settings.js';

export type { Principal } from './messages.js';
export { owns, principalOf } from './messages.js';

export interface Parts {
  policy?: Policy;
  schemas?: Schemas;
  /** Another authentication than the one in `auth`. */
  make?: ((context: Context) => Scheme) | undefined;
}

const made = new WeakMap<Application, { settings: Settings; emit: ReturnType<typeof events> }>();

/**
 * Puts every control of the policy in front of the application: call it right behind `express()`.
 * @throws Error when the environment is not good enough to start with, naming the variable
 */
export function secure(app: Application, parts: Parts = {}): void {
  const settings = readSettings(parts.policy ?? printed);
  const emit = events(settings);
  const redis = connect(settings.redisUrl);
  const limits = counters(settings, emit, redis);
  const build = 'make' in parts ? parts.make : make;
  const scheme = settings.on('auth') ? build?.({ settings, emit, limits, redis }) : undefined;
  made.set(app, { settings, emit });
  app.disable('x-powered-by');
  app.set('trust proxy', settings.proxies);
  app.use(gate({ app, settings, emit, limits, scheme, schemas: parts.schemas ?? printedSchemas }));
  emit('start', 'success');
}

/** Answers what no route answered, and every error: call it behind the routes. */
export function secureErrors(app: Application): void {
  const own = made.get(app);
  if (own === undefined || !own.settings.on('errors')) return;
  app.use(notFound);
  app.use(onError(own.settings, own.emit));
}
