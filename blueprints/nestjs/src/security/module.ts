import {
  Inject,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnModuleDestroy,
  RequestMethod,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, ApplicationConfig } from '@nestjs/core';
import { make } from './auth.js';
import { Endpoints, endpointPaths } from './endpoints.js';
import { ProblemFilter } from './filter.js';
import { SecurityGuard } from './guard.js';
import { policy } from './policy.js';
import { schemas } from './schemas.js';
import { makeSecurity, SECURITY, type Security, type SecurityParts } from './security.js';

/** What the module is made of; the guard stands in front of every handler of every module. */
export function securityParts(parts: SecurityParts): ModuleMetadata {
  const on = parts.policy.controls;
  return {
    controllers: parts.make !== undefined && on.auth === true ? [Endpoints] : [],
    providers: [
      { provide: SECURITY, useFactory: () => makeSecurity(parts) },
      { provide: APP_GUARD, useClass: SecurityGuard },
      ...(on.errors === true ? [{ provide: APP_FILTER, useClass: ProblemFilter }] : []),
    ],
    exports: [SECURITY],
  };
}

/** Imported by the root module, once. */
@Module(securityParts({ policy, schemas, make }))
export class SecurityModule implements NestModule, OnModuleDestroy {
  constructor(
    @Inject(SECURITY) private readonly security: Security,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {}

  /** The endpoints stand at the same place whatever `setGlobalPrefix` says; no other route matches these. */
  configure(): void {
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
