import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import type { Say } from './say.ts';
import type { Source } from './source.ts';
import { pretends, secretName } from './words.ts';

/** Names about secrets that hold none. */
const about =
  /url|uri|path|name|title|field|header|type|algorithm|expire|expir|ttl|prefix|suffix|message|label|cookie|cache|redis|scheme|claim|format|pattern|regex|length|\bmin_|\bmax_|_id$|hint|help|description|placeholder|location|enabled|policy|salt_?len|public|example|error|status|action|event|permission|scope/i;

/** Settings and secrets by the name that is given a value, in a class of settings or outside. */
export function assignment(
  name: string,
  right: PyNode | undefined,
  node: PyNode,
  say: Say,
  source: Source,
): void {
  const last = /(\w+)['"]?\]?$/.exec(name)?.[1] ?? name;
  const is = (wanted: boolean): boolean => {
    const value = source.constant(right);
    return value?.t === 'bool' && value.v === wanted;
  };
  if (
    /^(?:WTF_CSRF_ENABLED|WTF_CSRF_CHECK_DEFAULT|JWT_COOKIE_CSRF_PROTECT)$/.test(last) &&
    is(false) &&
    !isForTests(node, source)
  )
    say(
      'csrf-off',
      { what: last, library: last.startsWith('JWT') ? 'flask_jwt_extended' : 'flask_wtf' },
      node,
    );
  if (
    (last === 'DEBUG' || (last === 'debug' && /^(?:app|application)\.debug$/.test(name))) &&
    is(true) &&
    !isForTests(node, source) &&
    !/dev|local/i.test(source.around(node)) &&
    !hasProduction(node, source)
  )
    say('debug', { what: `${last} = True` }, node);
  connection(right, node, say, source);
  const fallback = right?.type === 'boolean_operator' ? right.field('right') : environment(right);
  const literal = literalText(fallback ?? right);
  if (/(?:^|\/)docs?\//.test(source.file)) return;
  if (!secretName.test(last) || literal === undefined || literal.length < 3) return;
  if (about.test(last) || !isValue(literal, last, node)) return;
  if (
    pretends.test(`${source.file.replace(/^.*tests?\//, 'test')} ${aroundOf(node, source)}`) &&
    /passw|token/i.test(last)
  )
    return;
  say('secret', { use: useOf(last), name: last, fallback: fallback !== undefined }, node);
}

function aroundOf(node: PyNode, source: Source): string {
  return source
    .outside(node)
    .flatMap((one) =>
      /^(?:function|class)_definition$/.test(one.type) ? (one.field('name')?.text ?? '') : [],
    )
    .join(' ');
}

type Use = 'jwt' | 'password' | 'apikey' | 'session' | 'key';

function useOf(name: string): Use {
  if (/jwt/i.test(name)) return 'jwt';
  if (/passw/i.test(name)) return 'password';
  if (/api_?key/i.test(name)) return 'apikey';
  return /^secret_key$/i.test(name) ? 'session' : 'key';
}

const words =
  /^(?:string|str|required|optional|null|none|true|false|text|hidden|integer|bearer|basic|header|query|body|form|access|refresh|invalid|missing|expired)$/i;

/** A text that can be a secret: no sentence, path, format or the name of the thing itself. */
function isValue(literal: string, name: string, node: PyNode): boolean {
  if (/\s|^[/.]|[{}<>]|%[sd(]|^https?:/.test(literal) || words.test(literal)) return false;
  if (/^[A-Z]{2,6}$/.test(literal) || !/[a-z0-9]/i.test(literal)) return false;
  if (node.type === 'pair' && /^[A-Z]?[a-z]+[.!]?$/.test(literal)) return false;
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const isName = plain(name).includes(plain(literal)) || plain(literal) === plain(name);
  const same =
    plain(literal) === plain(name) && !/^(?:secretkey|password|secret)$/.test(plain(name));
  if (same) return false;
  // `"token": "token"` names a field; `SECRET_KEY = "secret"` is a bad secret.
  const names = node.type === 'pair' || /token/i.test(name);
  const constant = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(literal);
  return !(isName && names) && !(constant && !/^(?:secret_key|\w*password)$/i.test(name));
}

/** `postgresql://user:password@host/db`, but for machines of the developer. */
function connection(right: PyNode | undefined, node: PyNode, say: Say, source: Source): void {
  const text = literalText(
    right?.type === 'boolean_operator' ? right.field('right') : (environment(right) ?? right),
  );
  const match = /^[a-z][a-z0-9+]*:\/\/[^\s:@/]+:([^\s@/{}$%<>]+)@([^\s:/@]+)/i.exec(text ?? '');
  if (
    match === null ||
    /^(?:localhost|127\.|db$|postgres|mysql|mongo|redis|rabbitmq|host)/i.test(match[2] ?? '')
  )
    return;
  if (/^(?:password|pass|pwd|postgres|root|user|secret|guest|admin)$/i.test(match[1] ?? '')) return;
  if (isForTests(node, source)) return;
  const name = source.around(node).split(' ')[0] || 'a connection';
  say('secret', { use: 'connection', name, fallback: right?.type !== 'string' }, node);
}

/** In a class, function or group of settings that is for tests. */
function isForTests(node: PyNode, source: Source): boolean {
  if (/test/i.test(source.around(node))) return true;
  const group = source
    .outside(node)
    .find((one) => /^(?:argument_list|dictionary|block)$/.test(one.type));
  return (group?.kids ?? []).some((one) => /^['"]?TESTING['"]?\s*[=:]\s*True\b/.test(one.text));
}

/** A base of settings whose production class says otherwise. */
function hasProduction(node: PyNode, source: Source): boolean {
  const root = source.outside(node).at(-1);
  const own = source.outside(node).find((one) => one.type === 'class_definition');
  if (root === undefined || own === undefined || /prod/i.test(own.field('name')?.text ?? ''))
    return false;
  return root.kids.some(
    (one) =>
      one.type === 'class_definition' &&
      /prod/i.test(one.field('name')?.text ?? '') &&
      /\bDEBUG\b[^=\n]*=\s*False/.test(one.text),
  );
}

function environment(node: PyNode | undefined): PyNode | undefined {
  if (node?.type !== 'call') return undefined;
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments')?.kids ?? [];
  const given = args
    .find((one) => one.type === 'keyword_argument' && one.field('name')?.text === 'default')
    ?.field('value');
  if (/environ\.get$|getenv$|^env(?:\.str)?$|^config$|environ\.setdefault$/.test(name))
    return given ?? args[1];
  return /^(?:Field|SecretStr|pydantic\.Field)$/.test(name) ? (given ?? args[0]) : undefined;
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
  if (sides.length !== 2) return;
  if (
    // `Model.token == token` is compared by the database.
    !sides.some((side) => /^(?:\w+\.)?[A-Z]\w*\.\w+$|^cls\./.test(side)) &&
    !sides.some((side) => about.test(side)) &&
    sides.every((side) => /token|signature|digest|secret|api_?key|hmac/i.test(side))
  )
    say('timing-compare', { what: text.slice(0, 60) }, node);
  if (
    sides.some((side) => /\.password$/.test(side)) &&
    sides.every((side) => /passw/i.test(side)) &&
    !sides.some((side) => /confirm|repeat|again|retype|2$|verify|old|new|current/i.test(side))
  )
    say('password-plain', { what: 'compared' }, node);
}
