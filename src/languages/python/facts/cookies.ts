import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import { keyword, type Say } from './say.ts';

/** Cookies that a call sets, and Starlette's sessions. */
export function cookies(node: PyNode, say: Say): void {
  const name = node.field('function')?.text ?? '';
  const positional =
    node.field('arguments')?.kids.filter((one) => one.type !== 'keyword_argument') ?? [];
  const has = (key: string, value: string): boolean => keyword(node, key)?.text === value;
  if (name.endsWith('set_cookie')) {
    const flag = (key: string): boolean | undefined =>
      keyword(node, key) === undefined ? undefined : has(key, 'True');
    const cookie = literalText(positional[0] ?? keyword(node, 'key'));
    const purpose = /csrf/i.test(cookie ?? '')
      ? 'csrf'
      : /sess/i.test(cookie ?? '')
        ? 'session'
        : /token|auth|jwt/i.test(cookie ?? '')
          ? 'token'
          : 'other';
    say(
      'cookie',
      {
        name: cookie,
        purpose,
        httpOnly: flag('httponly'),
        secure: flag('secure'),
        sameSite: literalText(keyword(node, 'samesite')),
      },
      node,
    );
  }
  if (/SessionMiddleware/.test(node.text) && name.endsWith('add_middleware')) {
    say(
      'session',
      {
        library: 'starlette',
        defaultName: keyword(node, 'session_cookie') === undefined,
        clientSide: true,
      },
      node,
    );
    say(
      'cookie',
      {
        purpose: 'session',
        library: 'starlette',
        httpOnly: true,
        secure: has('https_only', 'True'),
        sameSite: literalText(keyword(node, 'same_site')) ?? 'lax',
      },
      node,
    );
  }
}
