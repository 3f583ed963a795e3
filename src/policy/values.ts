import { authLevels } from '../controls/auth/levels.ts';
import { authzLevels } from '../controls/authz/levels.ts';
import { corsLevels } from '../controls/cors/levels.ts';
import { csrfLevels } from '../controls/csrf/levels.ts';
import { errorsLevels } from '../controls/errors/levels.ts';
import { headersLevels } from '../controls/headers/levels.ts';
import type { Level } from '../controls/level.ts';
import { loggingLevels } from '../controls/logging/levels.ts';
import type { ControlValues } from '../controls/policy.ts';
import { ratelimitLevels } from '../controls/ratelimit/levels.ts';
import { validationLevels } from '../controls/validation/levels.ts';

/** The values of every control at one level, as the sources give them. */
export function valuesAt(level: Level): ControlValues {
  return {
    headers: headersLevels[level],
    cors: corsLevels[level],
    ratelimit: ratelimitLevels[level],
    validation: validationLevels[level],
    auth: authLevels[level],
    authz: authzLevels[level],
    csrf: csrfLevels[level],
    errors: errorsLevels[level],
    logging: loggingLevels[level],
  };
}
