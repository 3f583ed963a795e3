import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import type { Node } from '../parse.ts';
import { type Options, optionsOf } from './options.ts';
import { isFunction, memberName } from './patterns.ts';
import { tainted } from './requests.ts';
import { headerWrites } from './responses.ts';
import { codeOf, isFrom, originOf, type Say, type Source, text } from './source.ts';
import { functionsAround, isTested } from './tested.ts';
import { calleeText, flagValue, isEnvironment, settle, textValue } from './values.ts';

type Origins = Pick<FactDetails['cors'], 'origins' | 'list'> & { confidence?: Confidence };

/** CORS policies: of libraries, of Nest's own options, and headers that are set by hand. */
export function corsFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const origin = originOf(node.callee, source);
  if (isFrom(origin, /^(?:cors|@koa\/cors|@fastify\/cors)$/, /^$/)) {
    policy(node.arguments[0], 'cors', node, source, say);
  } else if (memberName(node.callee) === 'enableCors') {
    policy(node.arguments[0], '@nestjs/common', node, source, say);
  } else if (calleeText(node.callee).endsWith('NestFactory.create')) {
    const option = optionsOf(node.arguments.at(-1), source).get('cors');
    if (option === undefined || flagValue(option.node, option.source) === false) return;
    const on = flagValue(option.node, option.source) === true;
    policy(on ? undefined : option.node, '@nestjs/common', node, option.source, say);
  } else if (
    isFrom(
      origin,
      /^(?:socket\.io|apollo-server(?:-\w+)?|@apollo\/server)$/,
      /^(?:Server|ApolloServer)?$/,
    )
  ) {
    const option = optionsOf(node.arguments.at(-1), source).get('cors');
    if (option) policy(option.node, origin!.package, option.key, option.source, say);
  } else byHand(node, source, say);
}

function policy(
  given: Node | undefined,
  library: string,
  place: Node,
  source: Source,
  say: Say,
): void {
  const at = settle(given, source);
  if (at && isFunction(at.node)) {
    say('cors', { origins: 'function', credentials: false, library }, place);
    return;
  }
  const options = optionsOf(given, source);
  const credentials = flagValue(options.get('credentials')?.node, source) === true;
  const found = originsOf(options, given);
  if (found === undefined) return;
  const { confidence, ...detail } = found;
  say('cors', { ...detail, credentials, library }, place, confidence);
}

function originsOf(options: Options, given: Node | undefined): Origins | undefined {
  const option = options.get('origin');
  if (option === undefined)
    return given !== undefined && options.open ? { origins: 'unknown' } : { origins: 'any' };
  return readOrigins(option.node, option.source);
}

function readOrigins(node: Node, source: Source): Origins | undefined {
  const at = settle(node, source);
  if (at === undefined) return { origins: 'unknown' };
  const end = at.node;
  if (end.type === 'Literal' && 'regex' in end)
    return { origins: 'regex', list: [text(end, at.source)] };
  if (end.type === 'Literal' && typeof end.value === 'boolean') {
    return end.value ? { origins: 'reflected' } : undefined;
  }
  const value = textValue(end, at.source)?.value;
  if (value !== undefined) return fromText(value);
  if (end.type === 'ArrayExpression') return fromList(end.elements, at.source);
  if (isFunction(end)) return fromFunction(end, at.source);
  if (end.type === 'LogicalExpression') {
    // `process.env.ORIGIN || '*'`: what holds when nobody sets it.
    const last = readOrigins(end.right, at.source);
    if (
      isEnvironment(end.left, at.source) &&
      last &&
      (last.origins === 'any' || last.origins === 'reflected')
    ) {
      return { ...last, confidence: 'medium' };
    }
  }
  if (end.type === 'ConditionalExpression') {
    const production =
      /production/.test(text(end.test, at.source)) && !/!==?/.test(text(end.test, at.source));
    return production ? readOrigins(end.consequent, at.source) : { origins: 'unknown' };
  }
  return { origins: 'unknown' };
}

function fromText(value: string): Origins {
  if (value === '*') return { origins: 'any' };
  return value === 'null' ? { origins: 'null' } : { origins: 'list', list: [value] };
}

function fromList(elements: readonly (Node | null)[], source: Source): Origins {
  const parts = elements.map((one) => (one ? readOrigins(one, source) : undefined));
  const list = parts.flatMap((one) => one?.list ?? (one?.origins === 'null' ? ['null'] : []));
  if (parts.some((one) => one?.origins === 'regex')) {
    return {
      origins: 'regex',
      list: parts.flatMap((one) => (one?.origins === 'regex' ? (one.list ?? []) : [])),
    };
  }
  if (parts.some((one) => one?.origins === 'any')) return { origins: 'any' };
  return parts.every((one) => one?.origins === 'list' || one?.origins === 'null')
    ? { origins: 'list', list }
    : { origins: 'unknown', list };
}

/** A function that says yes to whoever asks is the same as `true`. */
function fromFunction(fn: Node, source: Source): Origins {
  const inside = codeOf(fn, source);
  const decides =
    /\bif\b|\?[^.]|includes|indexOf|\.test\(|\.has\(|&&|\bsome\(|\bfind\(|await|match/.test(inside);
  if (
    !decides &&
    /\(\s*null\s*,\s*true\s*\)|=>\s*(?:true|origin)\s*$|return\s+(?:true|origin)\b/.test(inside)
  ) {
    return { origins: 'reflected' };
  }
  return { origins: 'function' };
}

function byHand(node: Node, source: Source, say: Say): void {
  for (const { name, value, place } of headerWrites(node, source)) {
    if (name?.toLowerCase() !== 'access-control-allow-origin' || value === undefined) continue;
    const [fn] = functionsAround(node, source);
    const around = codeOf(fn ?? node, source);
    const credentials = /access-control-allow-credentials['"`]?\s*[,:]\s*['"`]?true/i.test(around);
    const stated = textValue(value, source)?.value;
    if (stated !== undefined) {
      say('cors', { ...fromText(stated), credentials }, place);
    } else if (tainted(value, source)) {
      const tested = isTested(value, source) || guardedByIf(node, source);
      say(
        'cors',
        { origins: tested ? 'function' : 'reflected', credentials },
        place,
        tested ? 'medium' : 'high',
      );
    } else if (value.type !== 'Literal') {
      const read = value.type === 'LogicalExpression' ? readOrigins(value, source) : undefined;
      say('cors', { origins: read?.origins ?? 'unknown', credentials }, place, 'medium');
    }
  }
}

/** `if (allowed.includes(origin)) res.set(…)`: some test of the origin stands around. */
function guardedByIf(node: Node, source: Source): boolean {
  for (let at = source.parentOf(node); at && !isFunction(at); at = source.parentOf(at)) {
    if (
      at.type === 'IfStatement' &&
      /origin/i.test(text(at.test, source)) &&
      /[.(]/.test(text(at.test, source))
    ) {
      return /includes|indexOf|test\(|has\(|match|===|==|is\w+\(|some\(/.test(
        text(at.test, source),
      );
    }
  }
  return false;
}
