import { calleesOf } from '../../languages/go/callees.ts';
import type { GoProject } from '../../languages/go/packages.ts';
import { field, type GoNode, stringOf, walk } from '../../languages/go/parse.ts';
import type { Value } from '../../languages/go/values.ts';
import type { Guard, Param, Place, Route } from '../../surface/surface.ts';

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
export function paramsOf(func: Func, place: Place, project?: GoProject): Param[] {
  const found = new Map<string, Param>();
  for (const each of bodies(func, project)) {
    for (const param of [...readsIn(each.node, place), ...bound(each.node, each, place, project)]) {
      const key = `${param.in} ${param.name}`;
      if (!found.has(key)) found.set(key, param);
    }
  }
  return [...found.values()];
}

/** A handler, and the functions of the project that it hands its work to. */
export function bodies(func: Func, project?: GoProject): Func[] {
  return [func, ...calleesOf(func, project)];
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
function* bound(
  node: GoNode,
  func: Func,
  place: Place,
  project: GoProject | undefined,
): Generator<Param> {
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
    yield* fieldsOf(structOf(name, node, func, project), where, place);
  }
}

function structOf(
  name: string,
  node: GoNode,
  { pkg, scope }: Func,
  project: GoProject | undefined,
): GoNode | undefined {
  const declared = new RegExp(
    `\\bvar\\s+${name}\\s+\\*?([\\w.]+)|\\b${name}\\s*:=\\s*&?(?:new\\()?([\\w.]+)[{)]`,
  ).exec(node.text);
  const type = declared?.[1] ?? declared?.[2] ?? '';
  const [alias = '', own] = type.split('.');
  const of = own === undefined ? pkg : project?.packages.get(scope?.file.imports.get(alias) ?? '');
  const spec = of?.types.get(own ?? alias);
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

/** Binding tags, and a validator that is asked, refuse what does not fit before the handler goes on. */
export function bindings(func: Func, place: Place, project?: GoProject): Guard[] {
  const all = bodies(func, project);
  if (!all.some(({ node }) => binds.test(node.text))) return [];
  const asks = all.some(({ node }) => binds.test(node.text) && validates.test(node.text));
  const structs = all.flatMap((each) => [...handedStructs(each, project)]);
  if (!asks && !structs.some(({ text }) => /(?:binding|validate):"[^"]*\w/.test(text))) return [];
  const base = { name: 'binding', library: 'go-playground/validator', detail: {}, place };
  return [{ ...base, kinds: ['validation'], scope: 'parameter', confidence: 'high' }];
}

const binds = /\.(?:Should|Must)?Bind\w*\(/;
const validates = /validat\w*[\w.]*\.(?:Struct|Validate\w*)\(|\.Validate\w*\(/i;

/** Structs of the project that a function hands to a call: the one that binds may be a helper. */
function* handedStructs(func: Func, project: GoProject | undefined): Generator<GoNode> {
  for (const each of walk(func.node)) {
    if (each.type !== 'call_expression') continue;
    for (const argument of field(each, 'arguments')?.kids ?? []) {
      const name = /^&?(\w+)$/.exec(argument.text)?.[1];
      const struct = name === undefined ? undefined : structOf(name, func.node, func, project);
      if (struct !== undefined) yield struct;
    }
  }
}

export function bodyKind(params: readonly Param[], text: string): Route['body'] {
  if (params.some((param) => param.in === 'file') || /MultipartForm/.test(text)) return 'multipart';
  if (/\.(?:Should|Must)?Bind(?:JSON|BodyWith\w*|With|XML|YAML)?\(/.test(text)) return 'json';
  if (/GetRawData|Request\.Body\b(?!\s*[!=]=)/.test(text)) return 'raw';
  return params.some((param) => param.in === 'body') ? 'form' : 'none';
}

export function responseKind(text: string): Route['response'] {
  if (/\.HTML\(/.test(text)) return 'html';
  if (/\.Redirect\(/.test(text)) return 'redirect';
  if (/\.(?:File|FileAttachment|FileFromFS)\(/.test(text)) return 'file';
  if (/\.(?:Stream|SSEvent)\(/.test(text)) return 'stream';
  return /\.(?:\w*JSON\w*)\(/.test(text) ? 'json' : 'unknown';
}
