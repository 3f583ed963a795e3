import { bodyWrite, claims, twoHundreds, valuesOf } from '../claims.ts';
import type { ProbeContext, ProbeEntry } from '../probe.ts';

const { prove, when } = claims('validation');

/** V-2 on the application's own write, where unknown keys are refused or must not come back. */
export function massAssignment(context: ProbeContext): readonly ProbeEntry[] {
  const write = bodyWrite(context);
  const closed =
    write?.target.decision.schema?.closed === true &&
    valuesOf(context).validation.unknownKeys === 'refuse';
  const missing = [
    'V-2',
    'fields that nobody asked for are refused',
    'unknown keys are allowed at this level, or the handler’s keys are not all known',
  ] as const;
  return when(closed && write, missing, ({ target, as }) =>
    prove(
      'V-2',
      'fields that nobody asked for are refused',
      'a caller makes himself administrator',
      [
        {
          send: {
            method: target.method,
            path: target.path,
            as,
            json: { ...(target.sample as object), isAdmin: true, _proofExtra: 1 },
          },
          expect: { notStatus: twoHundreds },
        },
      ],
      { route: target.decision.route },
    ),
  );
}
