import {
  Inject,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnModuleDestroy,
  RequestMethod,
} from '@nestjs/common';
import { APP_GUARD, ApplicationConfig } from '@nestjs/core';
import { make } from './auth.js';
import { Endpoints, endpointPaths } from './endpoints.js';
import { ProblemFilter } from './filter.js';
import { SecurityGuard } from './guard.js';
import { pipes } from './pipes.js';
import { policy } from './policy.js';
import { schemas } from './schemas.js';
import { makeSecurity, SECURITY, type Security, type SecurityParts } from './security.js';

/** What the module is made of; the guard stands in front of every handler of every module. */
export function securityParts(parts: SecurityParts): ModuleMetadata {
  return {
    controllers: parts.make !== undefined && parts.policy.controls.auth ? [Endpoints] : [],
    providers: [
      { provide: SECURITY, useFactory: () => makeSecurity(parts) },
      { provide: APP_GUARD, useClass: SecurityGuard },
      ProblemFilter,
      ...(parts.pipes ?? []),
    ],
    exports: [SECURITY],
  };
}

/** Imported by the root module, once. */
@Module(securityParts({ policy, schemas, make, pipes }))
export class SecurityModule implements NestModule, OnModuleDestroy {
  constructor(
    @Inject(SECURITY) private readonly security: Security,
    @Inject(ProblemFilter) private readonly filter: ProblemFilter,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {}

  /** Runs when the application is complete, before its routes are made. */
  configure(): void {
    // First of all means asked last: filters of the application's own answer what they know.
    if (this.security.settings.on('errors')) this.config.getGlobalFilters().unshift(this.filter);
    // The endpoints stand at the same place whatever `setGlobalPrefix` says; no other route matches these.
    const options = this.config.getGlobalPrefixOptions();
    const own = endpointPaths.map((path) => ({
      path,
      requestMethod: RequestMethod.ALL,
      pathRegex: new RegExp(`^${path}$`),
    }));
    this.config.setGlobalPrefixOptions({
      ...options,
      exclude: [...(options.exclude ?? []), ...own],
    });
  }

  onModuleDestroy(): void {
    this.security.close();
  }
}
