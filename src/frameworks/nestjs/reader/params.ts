import { lineOf, type Node, textOf } from '../../../languages/javascript/parse.ts';
import type { Guard, Param, Place, Route } from '../../../surface/surface.ts';
import { bodyKeys } from './bodies.ts';
import { type BoundPipe, checker, schemaOf, standardSchema, validation } from './checks.ts';
import { fieldsOfType } from './dto.ts';
import type { Enhancer } from './enhancers.ts';
import type { Machine } from './evaluate.ts';
import type { Fields, Shape } from './fields.ts';
import type { Handler } from './handlers.ts';
import { type Mark, marksOf } from './marks.ts';
import { pathParams } from './paths.ts';
import { pipeOf } from './pipes.ts';
import { shapeOfType } from './types.ts';
import { isExternal, textOfValue } from './values.ts';

/** What a handler takes from the request, and what checks it on the way. */
export interface Taken {
  params: Param[];
  body: Route['body'];
  guards: Guard[];
}

const sources: Readonly<Record<string, Param['in']>> = {
  Body: 'body',
  Query: 'query',
  Param: 'path',
  Headers: 'header',
  Cookies: 'cookie',
  SignedCookies: 'cookie',
  TypedBody: 'body',
  TypedQuery: 'query',
  TypedParam: 'path',
  UploadedFile: 'file',
  UploadedFiles: 'file',
};

interface Argument {
  node: Node;
  type: Node | undefined;
  /** What stands behind `=`. */
  fallback: Node | undefined;
  optional: boolean;
  marks: readonly Mark[];
  place: Place;
}

interface Context {
  m: Machine;
  handler: Handler;
  pipes: readonly BoundPipe[];
  taken: Taken;
}

/** Reads the parameters of a handler's method. `pipes` are those of the application, the class and the method. */
export function takenBy(
  m: Machine,
  handler: Handler,
  pipes: readonly Enhancer[],
  path: string,
): Taken {
  const taken: Taken = { params: [], body: 'none', guards: [] };
  const context: Context = {
    m,
    handler,
    pipes: pipes.map((enhancer) => ({ piped: pipeOf(m, enhancer.value), enhancer })),
    taken,
  };
  for (const node of handler.method.value.params) read(context, argument(context, node));
  if (handler.marks.some((mark) => /^TypedFormData|^FormDataRequest/.test(mark.name))) {
    taken.body = 'multipart';
  }
  const seen = new Set(taken.params.filter((one) => one.in === 'path').map((one) => one.name));
  for (const name of pathParams(path)) {
    if (seen.has(name)) continue;
    taken.params.push(param(name, 'path', { type: 'string', optional: false }, handler.place));
  }
  taken.params = taken.params.filter(
    (one, index, all) =>
      all.findIndex((other) => other.name === one.name && other.in === one.in) === index,
  );
  return taken;
}

function argument({ m, handler }: Context, node: Node): Argument {
  const inner = node.type === 'TSParameterProperty' ? node.parameter : node;
  const target = inner.type === 'AssignmentPattern' ? inner.left : inner;
  const annotation = 'typeAnnotation' in target ? target.typeAnnotation : undefined;
  const type =
    annotation && 'typeAnnotation' in annotation
      ? (annotation.typeAnnotation ?? undefined)
      : undefined;
  const decorated = node as Parameters<typeof marksOf>[1];
  const marks = marksOf(m, decorated, handler.scope);
  const optional =
    inner.type === 'AssignmentPattern' || ('optional' in target && target.optional === true);
  const { file } = handler.declared;
  return {
    node: target,
    type,
    fallback: inner.type === 'AssignmentPattern' ? inner.right : undefined,
    optional,
    marks,
    place: { file: file.path, line: lineOf(file.parsed, node.start) },
  };
}

function read(context: Context, one: Argument): void {
  const { taken } = context;
  for (const mark of one.marks) {
    const source = sources[mark.name.split('.').at(-1) ?? ''];
    if (mark.name === 'RawBody') taken.body = 'raw';
    if (/^(Req|Request)$/.test(mark.name)) wholeRequest(context, one);
    if (source) readFrom(context, one, mark, source);
  }
}

function readFrom(context: Context, one: Argument, mark: Mark, source: Param['in']): void {
  const { taken, m, handler } = context;
  const [first, ...rest] = mark.args;
  const name = textOfValue(first)?.text;
  const pipes = (name === undefined ? mark.args : rest).map((value) => ({
    piped: pipeOf(m, value),
    enhancer: { kind: 'pipe' as const, value, scope: 'parameter' as const, place: one.place },
  }));
  if (source === 'file') {
    taken.body = 'multipart';
    const shape: Shape = { type: 'unknown', optional: one.optional };
    taken.params.push(param(name ?? fileField(handler) ?? 'file', 'file', shape, one.place));
    return;
  }
  if (source === 'body' && taken.body === 'none') {
    taken.body = name === undefined && one.type?.type === 'TSStringKeyword' ? 'text' : 'json';
  }
  const whole = name === undefined;
  const schema = standardSchema(mark.args);
  const stated = schema ?? schemaOf(pipes) ?? (whole ? schemaOf(context.pipes) : undefined);
  // `@Body('user') user: UserDto` is checked too: the pipe sees the type of the argument.
  const typed = fieldsOfType(m, handler.scope, one.type);
  const fields = (stated?.fields.length ?? 0) > 0 ? stated : typed;
  const checks = checker([...context.pipes, ...pipes], stated, typed, schema !== undefined);
  if (checks) taken.guards.push(validation(checks.enhancer, checks.by, checks.detail, one.place));
  if (!whole) {
    taken.params.push(param(name, source, single(context, one, source, pipes), one.place));
    return;
  }
  if (fields) taken.params.push(...spread(fields, source, checks !== undefined));
  else if (source === 'body') {
    taken.params.push(...bodyKeys(handler, one.node, one.place, source));
  } else if (source === 'query')
    taken.params.push(...bodyKeys(handler, one.node, one.place, source));
}

function single(
  { m, handler }: Context,
  one: Argument,
  source: Param['in'],
  pipes: Context['pipes'],
): Shape {
  const shape = shapeOfType(m.program, handler.declared.file, one.type);
  let { type, optional } = shape;
  if (!one.type && one.fallback?.type === 'Literal') type = typeOfLiteral(one.fallback.value);
  optional ||= one.optional;
  let required = source === 'path' || source === 'body';
  for (const { piped } of pipes) {
    if (piped.does === 'default') optional = true;
    if (piped.does === 'parse') {
      type = piped.type === 'unknown' ? type : piped.type;
      if (piped.optional) optional = true;
      else required = true;
    }
  }
  if (type === 'unknown' && (source === 'path' || source === 'header')) type = 'string';
  // A query or a header that is not sent is `undefined`, whatever its type says.
  return { ...shape, type, optional: optional || !required };
}

function typeOfLiteral(value: unknown): Shape['type'] {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'unknown';
}

function spread(fields: Fields, source: Param['in'], checked: boolean): Param[] {
  return fields.fields.map((one) => ({
    name: one.name,
    in: source,
    type: one.type,
    optional: one.optional,
    ...(one.enum ? { enum: one.enum } : {}),
    confidence: checked && one.checked ? ('high' as const) : ('medium' as const),
    place: { file: one.file, line: one.line },
  }));
}

function param(name: string, source: Param['in'], shape: Shape, place: Place): Param {
  return {
    name,
    in: source,
    type: shape.type,
    optional: shape.optional,
    ...(shape.enum ? { enum: shape.enum } : {}),
    confidence: 'high',
    place,
  };
}

// `FileInterceptor('avatar')` names the field that the file comes in.
function fileField(handler: Handler): string | undefined {
  for (const mark of handler.marks) {
    for (const value of mark.args) {
      if (value.kind !== 'call' || !isExternal(value.callee, /platform-/)) continue;
      const name = textOfValue(value.args[0])?.text;
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

function wholeRequest({ taken, handler }: Context, one: Argument): void {
  if (one.node.type !== 'Identifier') return;
  const text = textOf(handler.declared.file.parsed, handler.method);
  const { name } = one.node;
  if (new RegExp(`\\b${name}\\.rawBody\\b`).test(text)) taken.body = 'raw';
  const keys = [
    ...text.matchAll(new RegExp(`\\b${name}\\.(body|query)\\.([A-Za-z_$][\\w$]*)`, 'g')),
  ];
  for (const [, source, key] of keys) {
    const where = source === 'body' ? 'body' : 'query';
    const shape: Shape = { type: 'unknown', optional: true };
    taken.params.push({ ...param(key!, where, shape, one.place), confidence: 'medium' });
  }
  if (taken.body === 'none' && new RegExp(`\\b${name}\\.body\\b`).test(text)) taken.body = 'json';
}
