import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import type { Say } from './say.ts';

const secretName = /secret|password|passwd|api_?key|token|private_?key|jwt_?key/i;

/** Settings and secrets by the name that is given a value, in a class of settings or outside. */
export function assignment(
  name: string,
  right: PyNode | undefined,
  node: PyNode,
  say: Say,
  around: () => string,
): void {
  const last = /(\w+)['"]?\]?$/.exec(name)?.[1] ?? name;
  const flag = right?.text;
  if (/^SESSION_COOKIE_(?:SECURE|HTTPONLY|SAMESITE)$/.test(last) && flag !== undefined) {
    const base = { purpose: 'session' as const, library: 'flask' };
    if (last.endsWith('SECURE')) say('cookie', { ...base, secure: flag === 'True' }, node);
    else if (last.endsWith('HTTPONLY')) say('cookie', { ...base, httpOnly: flag === 'True' }, node);
    else say('cookie', { ...base, sameSite: literalText(right) }, node);
  }
  if (last === 'WTF_CSRF_ENABLED' && flag === 'False')
    say('csrf-off', { what: last, library: 'flask_wtf' }, node);
  if (last === 'DEBUG' && flag === 'True' && !/dev|test|local/i.test(around()))
    say('debug', { what: 'DEBUG = True' }, node);
  const fallback = right?.type === 'boolean_operator' ? right.field('right') : environment(right);
  const literal = literalText(fallback ?? right);
  if (!secretName.test(last) || literal === undefined || literal.length < 3) return;
  if (
    /url|path|name|field|header|type|algorithm|expire|prefix|message|label/i.test(last) ||
    /[\s/]/.test(literal)
  )
    return;
  const use = /jwt/i.test(last)
    ? 'jwt'
    : /passw/i.test(last)
      ? 'password'
      : /api_?key/i.test(last)
        ? 'apikey'
        : last === 'SECRET_KEY'
          ? 'session'
          : 'key';
  say('secret', { use, name: last, fallback: fallback !== undefined }, node);
}

function environment(node: PyNode | undefined): PyNode | undefined {
  if (
    node?.type !== 'call' ||
    !/environ\.get$|getenv$|^env(?:\.str)?$|^config$/.test(node.field('function')?.text ?? '')
  )
    return undefined;
  const args = node.field('arguments')?.kids ?? [];
  return (
    args
      .find((one) => one.type === 'keyword_argument' && one.field('name')?.text === 'default')
      ?.field('value') ?? args[1]
  );
}

/** Secrets that are compared byte by byte, passwords that are compared as they are. */
export function compare(node: PyNode, say: Say): void {
  const text = node.text;
  if (
    !/==|!=/.test(text) ||
    /None|len\(/.test(text) ||
    node.kids.some((kid) => literalText(kid) !== undefined)
  )
    return;
  const sides = node.kids.map((kid) => kid.text);
  if (
    sides.length === 2 &&
    // `Model.token == token` is compared by the database.
    !sides.some((side) => /^(?:\w+\.)?[A-Z]\w*\.\w+$/.test(side)) &&
    sides.every((side) => /token|signature|digest|secret|api_?key|hmac/i.test(side))
  )
    say('timing-compare', { what: text.slice(0, 60) }, node);
  if (
    sides.length === 2 &&
    sides.some((side) => /\.password$/.test(side)) &&
    sides.every((side) => /passw/i.test(side))
  )
    say('password-plain', { what: 'compared' }, node);
}
