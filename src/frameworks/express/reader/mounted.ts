import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Fact } from '../../../surface/facts.ts';
import type { Place } from '../../../surface/surface.ts';
import type { Served } from './walk.ts';

/** Folders and documents below the prefix that their router really has, once for each mount. */
export function placed(
  facts: readonly Fact[],
  served: readonly Served[],
  machine: Machine,
): Fact[] {
  const mounts = served
    .filter((one) => one.mount)
    .map((one) => ({ prefix: one.prefix, at: callOf(one, machine) }));
  return facts.flatMap((fact): Fact[] => {
    if (fact.kind !== 'static' && fact.kind !== 'docs') return [fact];
    const here = mounts.filter(
      ({ at }) => at?.file === fact.place.file && at.line === fact.place.line,
    );
    if (here.length === 0) return [fact];
    return here.map(({ prefix }): Fact => {
      if (fact.kind === 'docs') return { ...fact, detail: { path: prefix === '' ? '/' : prefix } };
      return { ...fact, detail: { ...fact.detail, prefix } };
    });
  });
}

/** Where the value that answers was made: `express.static('public')`. */
function callOf({ handler }: Served, machine: Machine): Place | undefined {
  const value = handler?.value;
  if (value?.k !== 'external' || !value.site) return undefined;
  return machine.placeOf(value.site.scope, value.site.node);
}
