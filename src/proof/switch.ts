import type { ControlId } from '../controls/control.ts';
import { KnownError } from '../kernel/errors.ts';

/**
 * The printed policy with one control taken out. It looks inside the `controls` entry alone, in the
 * forms in which we print it: JavaScript (`headers: true`) and Python (`"headers": True`, `headers=True`).
 */
export function switchOff(policyText: string, control: ControlId): string {
  const open = /\bcontrols["']?\s*[:=]\s*(?:\w+\()?\s*[{(]?/.exec(policyText);
  const from = open === null ? -1 : open.index + open[0].length;
  const end = from === -1 ? -1 : policyText.slice(from).search(/[})]/);
  const inside = end === -1 ? '' : policyText.slice(from, from + end);
  const entry = new RegExp(`(["']?\\b${control}["']?\\s*[:=]\\s*)(true|True)\\b`);
  const off = inside.replace(entry, (_all, key: string, on: string) => {
    return `${key}${on === 'True' ? 'False' : 'false'}`;
  });
  if (off === inside) {
    throw new KnownError(
      `the printed policy has no control "${control}" that is on`,
      'Run `secure apply` again to have it printed anew.',
    );
  }
  return policyText.slice(0, from) + off + policyText.slice(from + inside.length);
}
