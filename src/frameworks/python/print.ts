import type { Policy } from '../../controls/policy.ts';
import { printedPolicy } from '../../controls/printed.ts';
import { printPython, snakeKeys } from '../../languages/python/print.ts';
import { told } from './bare.ts';

/** The policy as the one data file that differs between two projects. */
export function printPolicy(policy: Policy): string {
  const data = printPython(snakeKeys(printedPolicy(policy)));
  return `${told}\n\nfrom .policy_types import Policy\n\nPOLICY: Policy = ${data}\n`;
}
