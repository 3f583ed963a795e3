import type { Policy } from '../../controls/policy.ts';
import { printedPolicy } from '../../controls/printed.ts';
import { printPython, snakeKeys } from '../../languages/python/print.ts';
import { told } from './bare.ts';

/** The policy as the one data file that differs between two projects. */
export function printPolicy(policy: Policy): string {
  const printed = printedPolicy(policy);
  // A websocket has a scope of its own here, not the path of a router.
  const routes = printed.routes.map((row, index) => {
    const { method, path } = policy.decisions[index] ?? row;
    return method === 'WS' ? { ...row, method, path } : row;
  });
  const data = printPython(snakeKeys({ ...printed, routes }));
  return `${told}\n\nfrom .policy_types import Policy\n\nPOLICY: Policy = ${data}\n`;
}
