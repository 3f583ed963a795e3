import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import { hasSplat, keyword, positional, type Say } from './say.ts';
import type { Source } from './source.ts';

type Purpose = 'session' | 'csrf' | 'token' | 'other';

/** Cookies that a call sets. */
export function cookies(node: PyNode, say: Say, source: Source): void {
  const target = node.field('function');
  if (target?.type !== 'attribute' || target.field('attribute')?.text !== 'set_cookie') return;
  const plain = positional(node);
  // A cookie jar takes a ready cookie.
  if (plain.length < 2 && keyword(node, 'key') === undefined) return;
  const name = literalText(plain[0] ?? keyword(node, 'key'));
  const shown = name ?? (plain[0] ?? keyword(node, 'key'))?.text ?? '';
  const purpose = purposeOf(shown);
  const spread = hasSplat(node);
  const secure = flag(node, 'secure', source);
  const httpOnly = flag(node, 'httponly', source);
  const sameSite = keyword(node, 'samesite');
  // Every flag is decided: for a cookie that carries no credential that is the owner's choice.
  const decided = secure !== undefined && httpOnly !== undefined && sameSite !== undefined;
  if (purpose === 'other' && (decided || spread)) return;
  say(
    'cookie',
    {
      name,
      purpose,
      library: 'werkzeug',
      secure: secure ?? (spread ? 'auto' : undefined),
      httpOnly: httpOnly === 'auto' || spread ? true : httpOnly,
      sameSite: spread ? 'chosen' : siteOf(sameSite, source),
    },
    node,
  );
}

export function purposeOf(name: string): Purpose {
  if (/csrf|xsrf/i.test(name)) return 'csrf';
  if (/sess|\bsid\b/i.test(name)) return 'session';
  return /token|auth|jwt|credential|remember/i.test(name) ? 'token' : 'other';
}

/** `auto` where configuration decides. */
export function flag(node: PyNode, key: string, source: Source): boolean | 'auto' | undefined {
  const given = keyword(node, key);
  if (given === undefined) return undefined;
  const value = source.constant(given);
  return value?.t === 'bool' ? value.v : 'auto';
}

function siteOf(given: PyNode | undefined, source: Source): string | undefined {
  if (given === undefined || given.type === 'none') return undefined;
  const value = source.constant(given);
  return value?.t === 'str' ? value.v : 'chosen';
}
