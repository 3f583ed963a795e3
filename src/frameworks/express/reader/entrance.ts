import { stringOf, type Value } from '../../../languages/javascript/run/values.ts';
import type { Guard, Param, Trait } from '../../../surface/surface.ts';

/** What of one route tells that callers sign in or sign up there, whatever its path is called. */
export interface Entrance {
  method: string;
  guards: readonly Guard[];
  params: readonly Param[];
  /** What its handler does, as written. */
  text: string;
  /** The handler itself: `passport.authenticate('local')` answers alone. */
  handler: Value | undefined;
}

const password = /^(?:user_?)?(?:pass(?:word|wd|phrase)?|pwd)$/i;
/** Strategies that ask for a credential which the caller has already. */
const presented = /^(?:jwt|bearer|token|basic|digest|session|anonymous|\w*key\w*)/i;
const compares =
  /\b(?:compare|compareSync)\(|\bargon2?\.verify\(|\b\w*(?:compare|verify|check|valid)\w*(?:pass|pwd|cred)\w*\(|pass(?:word|wd)(?:_?hash)?\)?\s*[!=]==?|[!=]==?\s*[\w.[\]'"]*pass(?:word|wd)\b/i;
const creates =
  /\b(?:hash|hashSync|genSalt\w*|pbkdf2\w*|scrypt\w*)\(|\.(?:create|save|insert\w*|push)\(|\bINSERT INTO\b|\b(?:create|add|insert|register)_?User\(/i;
/** What compares a password with no stored one: with its repetition, its type, its length, or nothing. */
const harmless =
  /typeof\s+[\w.]+\s*[!=]==?\s*['"]\w+['"]|[\w.]+\s*[!=]==?\s*(?:null|undefined|['"]{2}|[\w.]*(?:confirm|repeat|again|password_?2)\w*)|[\w.]*(?:confirm|repeat|again|password_?2)\w*\s*[!=]==?\s*[\w.]+|pass\w*\.length\s*[!=<>]=*/gi;

/** `login` and `register` by what runs there: a strategy of passport, or a password that is compared or stored. */
export function entranceTraits({ method, guards, params, text, handler }: Entrance): Trait[] {
  const strategies = guards
    .filter(({ library, scope }) => library === 'passport' && scope === 'route')
    .flatMap(({ detail }) => String(detail.strategy ?? '').split(','))
    .concat(strategyOf(handler) ?? [])
    .filter((name) => name !== '' && !presented.test(name));
  if (strategies.length > 0) {
    return [strategies.some((one) => /sign-?up|register/i.test(one)) ? 'register' : 'login'];
  }
  const names = params.flatMap((one) => (one.in === 'body' ? [one.name] : []));
  const asks = guards.some((guard) => guard.kinds.includes('auth'));
  // A signed-in caller who sends a password changes it.
  if (method !== 'POST' || asks || !names.some((name) => password.test(name))) return [];
  if (names.some((name) => /^(?:new|old|current)_?pass/i.test(name))) return [];
  const own = text.replace(harmless, '');
  if (compares.test(own)) return ['login'];
  return creates.test(own) ? ['register'] : [];
}

function strategyOf(handler: Value | undefined): string | undefined {
  const is = handler?.k === 'external' && handler.module === 'passport';
  return is && handler.path.at(-1) === 'authenticate' ? stringOf(handler.args?.[0]) : undefined;
}
