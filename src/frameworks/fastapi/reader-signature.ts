import { credentialsIn, guard, kindsByBody, typeOf } from '../../languages/python/describe.ts';
import { evaluate } from '../../languages/python/evaluate.ts';
import type { PyNode } from '../../languages/python/parse.ts';
import type { Run } from '../../languages/python/run.ts';
import {
  type Class,
  type Func,
  nameOf,
  type Obj,
  type Value,
} from '../../languages/python/values.ts';
import type { Credential, Guard, Param, Place } from '../../surface/surface.ts';
import { known } from './known.ts';

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
const last = (value: Value | undefined): string => nameOf(value).split('.').at(-1) ?? '';

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

function modelOf(value: Value, depth = 0): Class | undefined {
  if (value.t === 'class' && value.annotations.size + value.bases.length > 0) {
    return /Enum/.test(value.bases.map(nameOf).join(' ')) ? undefined : value;
  }
  if (value.t !== 'generic' || depth > 3) return undefined;
  for (const one of value.args) {
    const found = modelOf(one, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fields(run: Run, model: Class, depth = 0): Param[] {
  const inherited =
    depth > 8
      ? []
      : model.bases.flatMap((base) => (base.t === 'class' ? fields(run, base, depth + 1) : []));
  const own = [...model.annotations].flatMap(([name, { type, value }]): Param[] => {
    if (name.startsWith('_') || name === 'model_config') return [];
    const scope = {
      names: model.members,
      parent: { names: model.module.names, parent: undefined },
    };
    const annotation = evaluate(run, type, model.module, scope);
    const base =
      annotation.t === 'generic' && last(annotation) === 'Annotated'
        ? (annotation.args[0] ?? annotation)
        : annotation;
    const shape = typeOf(base);
    const required =
      value === undefined || /^Field\(\s*(?:\.\.\.|\)|(?!default)[a-z_]+=)/.test(value.text);
    const place = { file: model.module.file, line: type.line };
    return [
      {
        name,
        in: 'body',
        type: shape.type,
        optional: !required,
        enum: members(base),
        confidence: 'high',
        place,
      },
    ];
  });
  const names = new Set(own.map((one) => one.name));
  return [...inherited.filter((one) => !names.has(one.name)), ...own];
}

function members(value: Value): (string | number)[] | undefined {
  if (value.t !== 'generic' || last(value) !== 'Literal') return undefined;
  return value.args.flatMap((one) => (one.t === 'str' || one.t === 'num' ? [one.v] : []));
}

/** A dependency and what it depends on itself; every one that can refuse is a guard. */
export function dependency(
  run: Run,
  value: Value,
  place: Place,
  scope: Guard['scope'],
  inPath: readonly string[],
  made: Signature,
  depth: number,
): void {
  if (depth > 8) return;
  const entry = known[last(value)];
  const func =
    value.t === 'func'
      ? value
      : value.t === 'obj'
        ? callOf(value.cls)
        : value.t === 'class'
          ? startOf(value)
          : undefined;
  if (func !== undefined) {
    const inner = signature(run, func, inPath, depth + 1);
    made.guards.push(...inner.guards);
    made.credentials.push(...inner.credentials, ...credentialsIn(func.node.text));
    made.params.push(...inner.params);
    if (inner.body !== 'none') made.body = inner.body;
    const kinds = kindsByBody(func);
    if (kinds.length > 0)
      made.guards.push(
        guard(
          `Depends(${func.name === '__call__' ? nameOf(value) : func.name})`,
          kinds,
          scope,
          place,
          { confidence: 'medium' },
        ),
      );
    return;
  }
  if (entry !== undefined) {
    const optional = value.t === 'obj' && value.kwargs.get('auto_error');
    if (typeof optional === 'object' && optional.t === 'bool' && !optional.v) {
      made.credentials.push(entry.credential ?? 'unknown');
      return;
    }
    made.guards.push(
      guard(nameOf(value), entry.kinds, scope, place, { library: nameOf(value).split('.')[0] }),
    );
    if (entry.credential !== undefined) made.credentials.push(entry.credential);
    return;
  }
  if (/OAuth2PasswordRequestForm/.test(nameOf(value))) {
    made.body = 'form';
    for (const name of ['username', 'password']) {
      made.params.push({
        name,
        in: 'body',
        type: 'string',
        optional: false,
        confidence: 'high',
        place,
      });
    }
    return;
  }
  if (value.t === 'none') return;
  made.guards.push(
    guard(`Depends(${nameOf(value) || 'unknown'})`, ['unknown'], scope, place, {
      confidence: 'low',
    }),
  );
}

function callOf(cls: Class | undefined): Func | undefined {
  const found = cls?.members.get('__call__');
  return found?.t === 'func' ? found : undefined;
}

function startOf(cls: Class): Func | undefined {
  const found = cls.members.get('__init__');
  return found?.t === 'func' ? found : undefined;
}
