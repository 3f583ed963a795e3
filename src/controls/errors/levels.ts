import type { ByLevel } from '../level.ts';

/** Error answers: RFC 9457 problem documents with an id; the cause stands in the log alone (ASVS 16.5.1). */
export interface ErrorsValues {
  requestIdHeader: 'X-Request-Id';
}

export const errorsLevels: ByLevel<ErrorsValues> = {
  basic: { requestIdHeader: 'X-Request-Id' },
  standard: { requestIdHeader: 'X-Request-Id' },
  strict: { requestIdHeader: 'X-Request-Id' },
};
