import type { Guard, GuardKind } from '../../../surface/surface.ts';
import { classOf, type Enhancer, nameOfEnhancer, outside } from './enhancers.ts';
import type { Machine } from './evaluate.ts';
import { known } from './packages.ts';
import { exceptionNames, tryGuard } from './trial.ts';

const nothing = { handler: [], controller: [] };

/** An interceptor that takes files, writes the log or refuses callers; others are no guards. */
export function interceptorGuard(m: Machine, enhancer: Enhancer): Guard | undefined {
  const { value, scope, place } = enhancer;
  const made = (kinds: readonly GuardKind[], library?: string): Guard => ({
    name: nameOfEnhancer(value),
    kinds,
    ...(library === undefined ? {} : { library }),
    scope,
    place,
    detail: {},
    confidence: 'high',
  });
  const base = outside(m, value);
  const row = base && known.find((one) => one.from.test(base.from) && one.name.test(base.name));
  if (base && row) return made(row.kinds, base.from);
  if (/log(g|ger|ging)/i.test(nameOfEnhancer(value))) return made(['logging']);
  const own = classOf(value);
  const trial = own && tryGuard(m.program, own, 'intercept', nothing);
  if (!trial) return undefined;
  const thrown = exceptionNames(trial.thrown).join(' ');
  if (/Unauthorized|\b401\b/.test(thrown)) return made(['auth']);
  if (/Forbidden|\b403\b/.test(thrown)) return made(['authz']);
  return undefined;
}
