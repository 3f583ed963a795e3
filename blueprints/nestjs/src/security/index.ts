import type { INestApplication } from '@nestjs/common';
import { outermost } from './outermost.js';
import { SECURITY, type Security } from './security.js';

export { Caller, Public, RateLimit, Roles, SignedIn } from './decorators.js';
export type { Principal } from './messages.js';
export { owns, principalOf } from './messages.js';
export { SecurityModule } from './module.js';

/** Everything that stands outside of Nest's router: call it directly after `NestFactory.create`. */
export function secure(app: INestApplication): void {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() !== 'express') throw new Error('secure(app) needs the Express adapter');
  const security: Security = app.get(SECURITY);
  const express = adapter.getInstance();
  express.set('trust proxy', security.settings.proxies);
  express.disable('x-powered-by');
  app.use(outermost(security));
  // Connections are closed when the process is asked to end.
  app.enableShutdownHooks();
}
