import { field, type GoNode, stringOf, walk } from '../../languages/go/parse.ts';
import type { Package, Value } from '../../languages/go/values.ts';
import type { Param, Place, Route } from '../../surface/surface.ts';

type Func = Extract<Value, { k: 'func' }>;

const readers: Readonly<Record<string, Param['in']>> = {
  Param: 'path',
  Query: 'query',
  DefaultQuery: 'query',
  GetQuery: 'query',
  QueryArray: 'query',
  QueryMap: 'query',
  PostForm: 'body',
  DefaultPostForm: 'body',
  GetPostForm: 'body',
  PostFormArray: 'body',
  GetHeader: 'header',
  Cookie: 'cookie',
  FormFile: 'file',
};

const types: Readonly<Record<string, Param['type']>> = {
  string: 'string',
  bool: 'boolean',
  float64: 'number',
  float32: 'number',
};

/** What a handler reads from the request, itself and through functions of its package. */
export function paramsOf(func: Func, place: Place): Param[] {
  const found = new Map<string, Param>();
  for (const node of bodies(func)) {
    for (const param of [...readsIn(node, place), ...bound(node, func.pkg, place)]) {
      const key = `${param.in} ${param.name}`;
      if (!found.has(key)) found.set(key, param);
    }
  }
  return [...found.values()];
}

function* bodies(func: Func): Generator<GoNode> {
  yield func.node;
  for (const node of walk(func.node)) {
    if (node.type !== 'call_expression') continue;
    const callee = func.pkg.names.get(field(node, 'function')?.text ?? '');
    if (callee?.k === 'func' && callee.node !== func.node) yield callee.node;
  }
}

function* readsIn(node: GoNode, place: Place): Generator<Param> {
  for (const each of walk(node)) {
    if (each.type !== 'call_expression') continue;
    const target = field(each, 'function');
    const where =
      target?.type === 'selector_expression'
        ? readers[field(target, 'field')?.text ?? '']
        : undefined;
    const first = field(each, 'arguments')?.kids[0];
    const name = first === undefined ? undefined : stringOf(first);
    if (where === undefined || name === undefined) continue;
    yield {
      name,
      in: where,
      type: 'string',
      optional: where !== 'path',
      confidence: 'high',
      place,
    };
  }
}

/** `c.ShouldBindJSON(&body)`: the fields of the struct that `body` is. */
function* bound(node: GoNode, pkg: Package, place: Place): Generator<Param> {
  for (const each of walk(node)) {
    if (each.type !== 'call_expression') continue;
    const call = /\.(?:Should|Must)?Bind(JSON|Query|Uri|Header|XML|YAML|With)?$/.exec(
      field(each, 'function')?.text ?? '',
    );
    if (call === null) continue;
    const name = field(each, 'arguments')?.kids[0]?.text.replace(/^&/, '') ?? '';
    const where =
      call[1] === 'Query'
        ? 'query'
        : call[1] === 'Uri'
          ? 'path'
          : call[1] === 'Header'
            ? 'header'
            : 'body';
    yield* fieldsOf(structOf(name, node, pkg), where, place);
  }
}

function structOf(name: string, node: GoNode, pkg: Package): GoNode | undefined {
  const declared = new RegExp(
    `\\bvar\\s+${name}\\s+\\*?(\\w+)|\\b${name}\\s*:=\\s*&?(?:new\\()?(\\w+)[{)]`,
  ).exec(node.text);
  const spec = pkg.types.get(declared?.[1] ?? declared?.[2] ?? '');
  return spec && field(spec, 'type');
}

function* fieldsOf(struct: GoNode | undefined, where: Param['in'], place: Place): Generator<Param> {
  const list = struct?.kids.find((kid) => kid.type === 'field_declaration_list');
  for (const each of list?.kids ?? []) {
    const tag = field(each, 'tag')?.text ?? '';
    const own = /\b(?:json|form|uri|header):"([^",]+)/.exec(tag)?.[1];
    const name = own ?? field(each, 'name')?.text;
    if (name === undefined || name === '-') continue;
    const type = field(each, 'type')?.text ?? '';
    const known =
      types[type] ??
      (/^u?int\d*$/.test(type) ? 'integer' : type.startsWith('[]') ? 'array' : 'unknown');
    const optional = !/binding:"[^"]*\brequired\b/.test(tag);
    yield { name, in: where, type: known, optional, confidence: 'high', place };
  }
}

export function bodyKind(params: readonly Param[], text: string): Route['body'] {
  if (params.some((param) => param.in === 'file') || /MultipartForm/.test(text)) return 'multipart';
  if (/Bind\w*\(|GetRawData|Request\.Body/.test(text))
    return /GetRawData|Request\.Body/.test(text) ? 'raw' : 'json';
  return params.some((param) => param.in === 'body') ? 'form' : 'none';
}

export function responseKind(text: string): Route['response'] {
  if (/\.HTML\(/.test(text)) return 'html';
  if (/\.Redirect\(/.test(text)) return 'redirect';
  if (/\.(?:File|FileAttachment|FileFromFS)\(/.test(text)) return 'file';
  if (/\.(?:Stream|SSEvent)\(/.test(text)) return 'stream';
  return /\.(?:\w*JSON\w*)\(/.test(text) ? 'json' : 'unknown';
}
