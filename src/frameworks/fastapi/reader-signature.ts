import { guard, typeOf } from '../../languages/python/describe.ts';
import { evaluate } from '../../languages/python/evaluate.ts';
import type { PyNode } from '../../languages/python/parse.ts';
import type { Run } from '../../languages/python/run.ts';
import {
  type Func,
  lastName as last,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Credential, Guard, Param, Place } from '../../surface/surface.ts';
import { dependency, scopes } from './reader-dependency.ts';
import { fields, modelOf } from './reader-model.ts';

export interface Signature {
  params: Param[];
  guards: Guard[];
  credentials: Credential[];
  body: 'none' | 'json' | 'form' | 'multipart' | 'raw';
}

const markers: Readonly<Record<string, Param['in']>> = {
  Query: 'query',
  Path: 'path',
  Header: 'header',
  Cookie: 'cookie',
  Form: 'body',
  Body: 'body',
  File: 'file',
};

const injected = /\b(?:Request|Response|WebSocket|BackgroundTasks|HTTPConnection|SecurityScopes)$/;

/** What a function asks for: its parameters, its body, and the dependencies as guards. */
export function signature(run: Run, func: Func, inPath: readonly string[], depth = 0): Signature {
  const made: Signature = { params: [], guards: [], credentials: [], body: 'none' };
  const kids = func.node.field('parameters')?.kids ?? [];
  kids.forEach((kid, index) => {
    if (kid.type.endsWith('splat_pattern') || kid.type.endsWith('separator')) return;
    const name = (kid.field('name') ?? kid.kids[0] ?? kid).text;
    if (index === 0 && (name === 'self' || name === 'cls')) return;
    parameter(run, func, kid, name, inPath, made, depth);
  });
  return made;
}

function parameter(
  run: Run,
  func: Func,
  kid: PyNode,
  name: string,
  inPath: readonly string[],
  made: Signature,
  depth: number,
): void {
  const value = (node: PyNode | undefined): Value => evaluate(run, node, func.module, func.scope);
  const annotation = value(kid.field('type'));
  const given = kid.field('value');
  const fallback = given === undefined ? undefined : value(given);
  const metas =
    annotation.t === 'generic' && last(annotation) === 'Annotated' ? annotation.args : [];
  const base = metas[0] ?? annotation;
  const marker = [fallback, ...metas.slice(1)].find(
    (one): one is Obj =>
      one?.t === 'obj' &&
      /^(?:Depends|Security|Query|Path|Header|Cookie|Form|Body|File)$/.test(last(one)),
  );
  const place: Place = { file: func.module.file, line: kid.line };
  if (marker !== undefined && /Depends|Security/.test(marker.of)) {
    scopes(marker, 'parameter', place, made);
    dependency(
      run,
      marker.args[0] ?? marker.kwargs.get('dependency') ?? base,
      place,
      'parameter',
      inPath,
      made,
      depth,
    );
    return;
  }
  if (injected.test(nameOf(base))) return;
  const { type, optional } = typeOf(base);
  const asked = marker?.args[0];
  const isOptional =
    optional ||
    (given !== undefined &&
      (marker !== fallback || (asked !== undefined && nameOf(asked) !== 'builtins.Ellipsis')));
  const where = inPath.includes(name) ? 'path' : (markers[last(marker)] ?? undefined);
  const model = modelOf(base);
  const file =
    /UploadFile$/.test(nameOf(base)) ||
    (base.t === 'generic' && base.args.some((one) => /UploadFile$/.test(nameOf(one))));
  if (where === 'file' || file) {
    made.body = 'multipart';
    made.params.push({
      name,
      in: 'file',
      type: 'unknown',
      optional: isOptional,
      confidence: 'high',
      place,
    });
    return;
  }
  if (model !== undefined && (where === undefined || where === 'body')) {
    made.body = last(marker) === 'Form' ? 'form' : 'json';
    made.params.push(...fields(run, model));
    made.guards.push(
      guard(model.name, ['validation'], 'parameter', place, { library: 'pydantic' }),
    );
    return;
  }
  const isBody =
    where === 'body' || (where === undefined && (type === 'object' || type === 'array'));
  if (isBody) made.body = last(marker) === 'Form' ? 'form' : 'json';
  const at = where ?? (isBody ? 'body' : 'query');
  const shown = at === 'header' ? name.replaceAll('_', '-') : name;
  if (at === 'header' && !isOptional && /api-?key|^x-.*(?:token|key)$/i.test(shown))
    made.credentials.push('apikey');
  if (at === 'cookie' && /sess|token|auth|jwt|sid\b/i.test(shown)) made.credentials.push('cookie');
  made.params.push({
    name: shown,
    in: at,
    type,
    optional: isOptional && at !== 'path',
    confidence: 'high',
    place,
  });
  if (type !== 'unknown')
    made.guards.push(
      guard(`${name}: ${kid.field('type')?.text ?? ''}`, ['validation'], 'parameter', place, {
        library: 'pydantic',
      }),
    );
}
