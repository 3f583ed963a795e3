import { posix } from 'node:path';
import type { Node } from '../parse.ts';
import { type Options, optionsOf } from './options.ts';
import { memberName } from './patterns.ts';
import { isFrom, originOf, type Say, type Source, text } from './source.ts';
import { calleeText, flagValue, numberValue, settle, textValue } from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;
const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
};

/** `'10mb'` as bytes, as the bytes package reads it. */
export function bytes(value: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)?\s*$/i.exec(value);
  return match ? Number(match[1]) * units[(match[2] ?? '').toLowerCase()]! : undefined;
}

/** Body parsers, uploads, public files, documentation, and how the application listens. */
export function parsingFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const origin = originOf(node.callee, source);
  const path = origin?.path.join('.') ?? '';
  if (isFrom(origin, /^(?:express|body-parser)$/)) {
    if (/^(?:json|urlencoded|raw|text)$/.test(path)) parser(node, path, source, say);
    else if (path === 'bodyParser' || path === 'multipart')
      say('body-parser', { parser: 'multipart' }, node, 'medium');
    else if (path === '' && origin?.package === 'body-parser') parser(node, 'json', source, say);
  }
  if (isFrom(origin, /^multer$/, /^$/)) upload(node, optionsOf(node.arguments[0], source), say);
  else if (isFrom(origin, /^express-fileupload$/, /^$/))
    upload(node, optionsOf(node.arguments[0], source), say);
  else if (
    isFrom(origin, /^(?:busboy|connect-busboy|connect-multiparty|multiparty)$/, /^(?:Form)?$/)
  ) {
    upload(node, optionsOf(node.arguments[0], source), say);
  }
  if (
    isFrom(origin, /^(?:express|serve-static)$/, /^(?:static)?$/) &&
    (path === 'static' || origin?.package === 'serve-static')
  ) {
    files(node, false, source, say);
  } else if (isFrom(origin, /^serve-index$/, /^$/)) files(node, true, source, say);
  if (
    isFrom(
      origin,
      /^(?:swagger-ui-express|redoc-express|@scalar\/express-api-reference)$/,
      /^(?:setup|setupDocs|apiReference)?$/,
    )
  ) {
    if (path !== '' || origin?.package === 'redoc-express')
      say('docs', { path: mountedAt(node, source) ?? '/' }, node);
  } else if (calleeText(node.callee) === 'SwaggerModule.setup') {
    const at = textValue(node.arguments[0], source)?.value ?? '/api';
    say(
      'docs',
      { path: at.startsWith('/') ? at : `/${at}` },
      node,
      conditional(node, source) ? 'low' : 'high',
    );
  }
  settings(node, source, say);
}

function parser(node: Call, kind: string, source: Source, say: Say): void {
  const options = optionsOf(node.arguments[0], source);
  const option = options.get('limit');
  const stated = option && textValue(option.node, option.source)?.value;
  const limitBytes =
    option === undefined
      ? 102_400
      : stated === undefined
        ? numberValue(option.node, option.source)
        : bytes(stated);
  const extended = options.get('extended');
  say(
    'body-parser',
    {
      parser: kind === 'urlencoded' ? 'form' : (kind as 'json' | 'raw' | 'text'),
      limitBytes,
      extended: extended && flagValue(extended.node, extended.source),
    },
    node,
  );
}

function upload(node: Call, options: Options, say: Say): void {
  const limits = options.get('limits');
  if (limits === undefined) {
    if (!options.open) say('body-parser', { parser: 'multipart' }, node);
    return;
  }
  const inner = optionsOf(limits.node, limits.source);
  const size = inner.get('fileSize');
  if (size === undefined && !inner.open)
    say('body-parser', { parser: 'multipart' }, node, 'medium');
  const limitBytes = size && numberValue(size.node, size.source);
  // A limit that comes from the configuration is a limit.
  if (limitBytes !== undefined) say('body-parser', { parser: 'multipart', limitBytes }, node);
}

/** The path of the `use` call around; `''` where it has none. */
function mountedAt(node: Node, source: Source): string | undefined {
  for (let at = source.parentOf(node); at; at = source.parentOf(at)) {
    if (at.type === 'CallExpression' && /^(?:use|get)$/.test(memberName(at.callee) ?? '')) {
      return textValue(at.arguments[0], source)?.value;
    }
  }
  return undefined;
}

function files(node: Call, listing: boolean, source: Source, say: Say): void {
  const [where, given] = node.arguments;
  const dotfiles = optionsOf(given, source).get('dotfiles');
  const directory = folderOf(where, source);
  say(
    'static',
    {
      prefix: mountedAt(node, source) ?? '',
      directory,
      dotfiles: dotfiles && textValue(dotfiles.node, dotfiles.source)?.value,
      listing,
    },
    node,
  );
}

/** `path.join(__dirname, 'public')` below the project's root; the root itself is `.`. */
function folderOf(node: Node | undefined, source: Source): string | undefined {
  const stated = textValue(node, source)?.value;
  if (stated !== undefined) return stated;
  const parts = partsOf(node, source);
  if (parts === undefined) return undefined;
  const folder = posix.join(...parts);
  return folder.startsWith('..') ? undefined : folder.replace(/(.)\/$/, '$1');
}

function partsOf(node: Node | undefined, source: Source): string[] | undefined {
  const own = node?.type === 'Identifier' && node.name === '__dirname';
  if (own) return [posix.dirname(source.parsed.path)];
  const end = settle(node, source)?.node;
  if (end?.type === 'Literal' && typeof end.value === 'string') return [end.value];
  if (end?.type === 'MemberExpression' && text(end, source) === 'import.meta.dirname') {
    return [posix.dirname(source.parsed.path)];
  }
  if (end?.type === 'TemplateLiteral') {
    const holes = end.expressions.map((one) => partsOf(one, source));
    if (holes.some((one) => one === undefined)) return undefined;
    return end.quasis.flatMap(({ value }, at) => [value.cooked ?? '', ...(holes[at] ?? [])]);
  }
  const joins = end?.type === 'CallExpression' ? calleeText(end.callee) : '';
  if (joins === 'process.cwd') return ['.'];
  const given =
    end?.type === 'BinaryExpression' && end.operator === '+'
      ? [end.left, end.right]
      : end?.type === 'CallExpression' && /(?:^|\.)(?:join|resolve)$/.test(joins)
        ? end.arguments
        : [];
  const parts = given.map((one) => partsOf(one, source));
  if (parts.length === 0 || parts.some((one) => one === undefined)) return undefined;
  return parts.flatMap((one) => one ?? []);
}

function settings(node: Call, source: Source, say: Say): void {
  const method = memberName(node.callee);
  const [first, second] = node.arguments;
  const named = textValue(first, source)?.value;
  if (named === 'trust proxy' && (method === 'set' || method === 'enable')) {
    const value =
      method === 'enable'
        ? 'true'
        : (textValue(second, source)?.value ??
          text(settle(second, source)?.node ?? second, source));
    say('trust-proxy', { value }, node);
  }
  const origin = originOf(node.callee, source);
  if (isFrom(origin, /^errorhandler$/, /^$/) && !conditional(node, source)) {
    say('debug', { what: 'errorhandler() answers with the stack in every environment' }, node);
  }
  if (method === 'set' && named === 'env' && textValue(second, source)?.value === 'development') {
    say('debug', { what: 'the environment is set to development' }, node);
  }
  if (method === 'listen' && node.callee.type === 'MemberExpression' && node.arguments.length > 0) {
    const named = optionsOf(first, source).get('host');
    const host = named
      ? textValue(named.node, named.source)?.value
      : textValue(second, source)?.value;
    const served = originOf(node.callee.object, source);
    say(
      'listen',
      {
        host: host !== undefined && /^[\w.:[\]-]+$/.test(host) ? host : undefined,
        port: numberValue(first, source),
        tls: isFrom(served, /^(?:https|spdy|http2)$/),
      },
      node,
    );
  }
}

/** Whether it stands behind a condition, such as the environment. */
export function conditional(node: Node, source: Source): boolean {
  for (let at = source.parentOf(node); at; at = source.parentOf(at)) {
    if (
      at.type === 'IfStatement' ||
      at.type === 'ConditionalExpression' ||
      at.type === 'LogicalExpression'
    )
      return true;
  }
  return false;
}
