import type { ControlId } from '../controls/control.ts';
import { KnownError } from '../kernel/errors.ts';

/**
 * The printed policy with one control taken out. It looks inside the `controls` entry alone, in the
 * forms in which we print it: JavaScript (`headers: true`) and Python (`"headers": True`, `headers=True`).
 */
export function switchOff(policyText: string, control: ControlId): string {
  const entry = new RegExp(`(["']?\\b${control}["']?\\s*[:=]\\s*)(true|True)\\b`);
  // A comment or a type may speak of `controls` before the value does.
  for (const open of policyText.matchAll(/\bcontrols["']?\s*[:=]\s*(?:\w+\()?\s*[{(]?/g)) {
    const from = open.index + open[0].length;
    const length = policyText.slice(from).search(/[})]/);
    const inside = length === -1 ? '' : policyText.slice(from, from + length);
    const off = inside.replace(entry, (_all, key: string, on: string) => {
      return `${key}${on === 'True' ? 'False' : 'false'}`;
    });
    if (off !== inside) return policyText.slice(0, from) + off + policyText.slice(from + length);
  }
  throw new KnownError(
    `the printed policy has no control "${control}" that is on`,
    'Run `secure apply` again to have it printed anew.',
  );
}
