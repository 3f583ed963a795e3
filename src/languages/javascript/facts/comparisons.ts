import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { memberName } from './patterns.ts';
import { brief, codeOf, type Say, type Source, text } from './source.ts';
import { functionsAround } from './tested.ts';
import { settle, textValue } from './values.ts';

export const secretWord = /(?:signature|hmac|digest|api[-_]?key|secret|token|otp)$/i;

/** Tokens that name a place or a device, and sign nobody in. */
export const position = /(?:device|push|fcm|page|next|continuation|cancel\w*|sync)_?token$/i;

export type Comparison = Extract<Node, { type: 'BinaryExpression' }>;

export function compare(node: Comparison, source: Source, say: Say): void {
  const sides = [node.left, node.right] as const;
  if (
    sides.some(
      (side) =>
        side.type === 'Literal' ||
        side.type === 'UnaryExpression' ||
        side.type === 'TemplateLiteral',
    )
  )
    return;
  const names = sides.map((side) => lastName(side, source));
  const passwords = names.every(
    (name) =>
      /^(?:\w*_)?passw(?:or)?d(?:_?hash)?$|^pwd$/i.test(name) &&
      !/confirm|repeat|again|retype|verify|new|old|match/i.test(name),
  );
  if (passwords && sides.some((side) => isStored(side, source))) {
    // Two hashes may be compared; a library is asked for those.
    const [fn] = functionsAround(node, source);
    const hashed =
      /hash|bcrypt|argon|scrypt|pbkdf|crypt\./i.test(codeOf(fn, source)) ||
      sides.some((side) => /hash|digest|encrypt/i.test(keptInit(side, source)));
    if (!hashed) say('password-plain', { what: 'compared' }, node, 'medium');
    return;
  }
  if (
    names.every((name) => secretWord.test(name) && !position.test(name)) &&
    !sides.some((side) => /^(?:undefined|null)$/.test(text(side, source)))
  ) {
    say('timing-compare', { what: brief(node, source) }, node, 'medium');
  }
}

export function lastName(side: Node, source: Source): string {
  if (side.type === 'Identifier') return side.name;
  if (side.type === 'CallExpression') {
    const name = memberName(side.callee) ?? '';
    const [argument] = side.arguments;
    if (/^(?:get|header)$/.test(name)) return textValue(argument, source)?.value ?? '';
    return name === 'digest' ? 'digest' : '';
  }
  if (
    side.type === 'ChainExpression' ||
    side.type === 'TSAsExpression' ||
    side.type === 'TSNonNullExpression'
  ) {
    return lastName(side.expression, source);
  }
  return memberName(side) ?? '';
}

/** A member of something that was read from a store: `user.password`. */
export function isStored(side: Node, source: Source): boolean {
  const whole = text(side, source).replace(/[?!]/g, '');
  return (
    /^(?:this\.)?(?:\w*(?:user|account|member|admin|found|row|record|customer|existing|doc|result|client|employee|student)\w*|u)(?:\[0\])?\.\w+$/i.test(
      whole,
    ) && !/body|form|values|dto|input/i.test(whole)
  );
}

export function keptInit(side: Node, source: Source): string {
  return side.type === 'Identifier' ? text(source.lookup(side.name, side)?.init, source) : '';
}

/** `User.findOne({ email, password })`: the table holds what people typed. */
export function lookups(
  node: Extract<Node, { type: 'CallExpression' }>,
  source: Source,
  say: Say,
): void {
  const method = memberName(node.callee) ?? '';
  if (!/^find(?:One|First|Unique)?(?:By|OrFail)?$/.test(method)) return;
  const [filter] = node.arguments;
  const outer = optionsOf(filter, source);
  const where = outer.get('where');
  const inner = where ? optionsOf(where.node, where.source) : outer;
  const option = inner.get('password') ?? inner.get('passwd') ?? inner.get('pwd');
  if (option === undefined || inner.names.length < 2) return;
  const value = settle(option.node, option.source);
  if (value === undefined || /hash|crypt|digest|md5|sha/i.test(text(value.node, value.source)))
    return;
  if (value.node.type === 'ObjectExpression' || value.node.type === 'Literal') return;
  say('password-plain', { what: 'compared' }, node, 'medium');
}
