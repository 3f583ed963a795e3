import { explain } from './explain.ts';
import { apply, audit, plan, secure, undo, type Verb, verify } from './verbs.ts';

/** Every command by its name on the command line. */
export const commands = {
  secure,
  audit,
  plan,
  apply,
  verify,
  undo,
  explain,
} satisfies Readonly<Record<string, Verb>>;
