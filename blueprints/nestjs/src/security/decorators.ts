import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { principalOf } from './messages.js';
import type { Limit } from './policy-types.js';

/** What a decorator says stands above the row of `policy.ts`: it is nearer to the code. */
export const ACCESS = 'security:access';
export const LIMIT = 'security:limit';

type Mark = MethodDecorator & ClassDecorator;

/** Anybody may call. */
export const Public = (): Mark => SetMetadata(ACCESS, ['public']);

/** Anybody who is signed in may call. */
export const SignedIn = (): Mark => SetMetadata(ACCESS, ['user']);

/** Callers with one of these roles may call. */
export const Roles = (...roles: string[]): Mark =>
  SetMetadata(
    ACCESS,
    roles.map((role) => `role:${role}`),
  );

/** `auth` counts as a sign-in, `exempt` is never counted, numbers are a limit of its own. */
export const RateLimit = (limit: 'auth' | 'exempt' | Limit): Mark => SetMetadata(LIMIT, limit);

/** The signed-in caller as a parameter of a handler; `undefined` for a stranger. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest()),
);
