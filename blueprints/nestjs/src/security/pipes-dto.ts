import {
  type PipeTransform,
  type Provider,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { Refusal } from './filter.js';
import { Problem, type ProblemOptions } from './messages.js';
import { SECURITY, type Security } from './security.js';

/**
 * Every class that a handler takes is checked by its class-validator decorators; a field without one is refused,
 * so that nobody writes what the class does not name. Nothing is converted that no `@Type()` asks for.
 */
export const pipes: Provider[] = [
  { provide: APP_PIPE, inject: [SECURITY], useFactory: checkClasses },
];

function checkClasses({ settings, emit }: Security): PipeTransform {
  if (!settings.on('validation')) return { transform: (value: unknown) => value };
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false },
    exceptionFactory: (found) => {
      const errors = found.flatMap((one) => errorsOf(one, '')).slice(0, 20);
      const event = 'validation.refused';
      // Our filter tells of it, and of whom; where another one prints it, nobody else would.
      if (!settings.on('errors')) emit(event, 'failure', undefined, { reason: 'class' });
      return new Refusal(new Problem(400, { event, reason: 'class', errors }));
    },
  });
}

/** The words of the validators, unless they repeat what was sent. */
function errorsOf(
  error: ValidationError,
  above: string,
): NonNullable<ProblemOptions['errors']>[number][] {
  const { property, constraints = {}, children = [], value } = error;
  const { whitelistValidation: unknownField, ...others } = constraints;
  const path = above === '' ? property : `${above}.${property}`;
  if (unknownField !== undefined)
    return [{ path: above, message: 'holds a field that is not known' }];
  const given = typeof value === 'string' ? value : '';
  const own = Object.values(others).map((message) => ({
    path,
    message: given.length > 2 && message.includes(given) ? `${property} is not valid` : message,
  }));
  return [...own, ...children.flatMap((child) => errorsOf(child, path))];
}
