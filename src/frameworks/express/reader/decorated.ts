import { childrenOf, lineOf, type Node, textOf } from '../../../languages/javascript/parse.ts';
import { closure, evaluate } from '../../../languages/javascript/run/expressions.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { Scope } from '../../../languages/javascript/run/scope.ts';
import {
  type Class,
  type External,
  optionsOf,
  stringOf,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import type { Param } from '../../../surface/surface.ts';
import type { Handler, Layer, Routing } from './routing.ts';
import type { Field } from './schemas.ts';
import { evidenceOfType, membersOfType } from './types.ts';
import type { Ref } from './use.ts';

/** Packages that make routes of decorated classes. */
export const decorating =
  /^(?:routing-controllers|inversify-express-utils|@overnightjs\/core|tsoa|@tsoa\/runtime)$/;

const controllers = /^(?:Json)?[Cc]ontroller$|^Route$/;
const methods = /^(?:http)?(Get|Post|Put|Patch|Delete|Head|All|Options)$/;
const middlewares = /^(?:UseBefore|Middleware|ClassMiddleware|Middlewares)$/;
const signedIn = /^(?:Authorized|Security)$/;

const bags: Readonly<Record<string, Param['in']>> = {
  Body: 'body',
  requestBody: 'body',
  QueryParams: 'query',
  Queries: 'query',
  Params: 'path',
  HeaderParams: 'header',
  CookieParams: 'cookie',
};
const keys: Readonly<Record<string, Param['in']>> = {
  BodyParam: 'body',
  BodyProp: 'body',
  QueryParam: 'query',
  Query: 'query',
  queryParam: 'query',
  Param: 'path',
  Path: 'path',
  requestParam: 'path',
  HeaderParam: 'header',
  Header: 'header',
  requestHeaders: 'header',
  CookieParam: 'cookie',
  cookies: 'cookie',
  UploadedFile: 'file',
  UploadedFiles: 'file',
};

/** One decorator of a known package: its name, and what it was given. */
interface Mark {
  name: string;
  args: readonly Value[];
  node: Node;
}

/** Adds a route for every decorated method of the classes. */
export function addDecorated(
  machine: Machine,
  routing: Routing,
  classes: readonly Class[],
  prefix: string,
): void {
  for (const made of classes) {
    const own = marksOf(machine, made.node.decorators, made.scope);
    const base = own.find((one) => controllers.test(one.name));
    if (!base) continue;
    const outer = own.flatMap((one) => guardsIn(one, made.scope, machine));
    for (const member of made.node.body.body) {
      if (member.type !== 'MethodDefinition' || member.static) continue;
      const marks = marksOf(machine, member.decorators, made.scope);
      const guards = [...outer, ...marks.flatMap((one) => guardsIn(one, made.scope, machine))];
      for (const mark of marks) {
        const method = methods.exec(mark.name)?.[1]?.toUpperCase();
        if (method)
          routing.layers.push(
            layerOf(
              machine,
              made,
              member,
              method,
              [prefix, pathIn(base), pathIn(mark)],
              guards,
              mark,
            ),
          );
      }
    }
  }
}

/** Every class of a file that stands at its top level. */
export function classesOf(machine: Machine, path: string): Class[] {
  const module = machine.load(path);
  if (!module) return [];
  return module.scope.own().filter((one): one is Class => one.k === 'class');
}

/** Classes among what `controllers: […]` names; `undefined` when that is not known. */
export function classesIn(value: Value | undefined): Class[] | undefined {
  if (value?.k !== 'list' || value.more) return undefined;
  const found = value.items.flatMap((one) =>
    optionsOf(one).filter((each): each is Class => each.k === 'class'),
  );
  return found.length > 0 ? found : undefined;
}

function marksOf(
  machine: Machine,
  decorators: readonly { expression: Node }[],
  scope: Scope,
): Mark[] {
  return decorators.flatMap(({ expression }) => {
    const callee = expression.type === 'CallExpression' ? expression.callee : expression;
    const value = callee.type === 'Identifier' ? scope.lookup(callee.name) : undefined;
    if (value?.k !== 'external' || !decorating.test(value.module)) return [];
    const name = (value as External).path.at(-1) ?? '';
    const given = expression.type === 'CallExpression' ? expression.arguments : [];
    return [{ name, args: given.map((one) => evaluate(machine, one, scope)), node: expression }];
  });
}

function pathIn(mark: Mark): string {
  const [first] = mark.args;
  return first?.k === 'regexp' ? `/${first.source}/${first.flags}` : (stringOf(first) ?? '');
}

/** tsoa writes `{id}`; a leading slash may be left out. */
function joined(parts: readonly string[]): string {
  const path = parts
    .map((one) => one.replace(/\{(\w+)\}/g, ':$1').replace(/^\/+|\/+$/g, ''))
    .filter((one) => one !== '')
    .join('/');
  return `/${path}`;
}

function guardsIn(mark: Mark, scope: Scope, machine: Machine): Handler[] {
  const place = machine.placeOf(scope, mark.node);
  const text = `@${textOf(scope.module.parsed, mark.node)}`;
  const { parsed } = scope.module;
  if (signedIn.test(mark.name)) {
    return [
      {
        value: { k: 'unknown', of: [] },
        text,
        place,
        kinds: mark.args.length > 0 ? ['auth', 'authz'] : ['auth'],
      },
    ];
  }
  const isRoute = methods.test(mark.name) || controllers.test(mark.name);
  if (!middlewares.test(mark.name) && !(isRoute && mark.args.length > 1)) return [];
  const nodes = mark.node.type === 'CallExpression' ? mark.node.arguments : [];
  return mark.args.flatMap((value, index) => {
    if (value.k === 'primitive' || (isRoute && index === 0)) return [];
    const node = nodes[index];
    const items = value.k === 'list' ? value.items : [value];
    return items.map((one) => ({ value: usable(one), text: node && textOf(parsed, node), place }));
  });
}

/** A middleware class does its work in `use`. */
function usable(value: Value): Value {
  return value.k === 'class'
    ? (value.methods.get('use') ?? value.methods.get('handler') ?? value)
    : value;
}

function layerOf(
  machine: Machine,
  made: Class,
  member: Extract<Node, { type: 'MethodDefinition' | 'TSAbstractMethodDefinition' }>,
  method: string,
  parts: readonly string[],
  guards: readonly Handler[],
  mark: Mark,
): Layer {
  const name = member.key.type === 'Identifier' ? member.key.name : undefined;
  const fn = closure(member.value as Parameters<typeof closure>[0], made.scope, name);
  fn.home = made;
  const place = machine.placeOf(made.scope, mark.node);
  const { parsed } = made.scope.module;
  const fields: Field[] = [];
  const given = member.value.params.map((parameter) => {
    const [one] = marksOf(machine, decoratorsOf(parameter), made.scope);
    return one && refOf(machine, made, parameter, one, fields);
  });
  const handler: Handler = {
    value: fn,
    text: name,
    place: { file: parsed.path, line: lineOf(parsed, member.start) },
  };
  return {
    kind: 'route',
    method,
    paths: [{ text: joined(parts), open: false }],
    handlers: [...guards, handler],
    place,
    doubt: false,
    given,
    fields,
  };
}

function decoratorsOf(parameter: Node): readonly { expression: Node }[] {
  return 'decorators' in parameter && Array.isArray(parameter.decorators)
    ? parameter.decorators
    : [];
}

function refOf(
  machine: Machine,
  made: Class,
  parameter: Node,
  mark: Mark,
  fields: Field[],
): Ref | undefined {
  if (/^(?:Req|Request|request)$/.test(mark.name)) return { of: 'request' };
  if (/^(?:Res|Response|response)$/.test(mark.name)) return { of: 'response' };
  const type = annotationOf(parameter);
  const whole = Object.hasOwn(bags, mark.name) ? bags[mark.name] : undefined;
  if (whole) {
    for (const [name, one] of membersOfType(machine, made.scope.module.parsed, type))
      fields.push({ in: whole, name, ...one });
    return { of: 'bag', in: whole };
  }
  const where = Object.hasOwn(keys, mark.name) ? keys[mark.name] : undefined;
  const name =
    stringOf(mark.args[0]) ?? (parameter.type === 'Identifier' ? parameter.name : undefined);
  if (!where || name === undefined) return undefined;
  const required = mark.args[1]?.k === 'record' && mark.args[1].members.get('required');
  const optional = 'optional' in parameter && parameter.optional === true;
  fields.push({ in: where, name, ...evidenceOfType(type), optional: optional || !required });
  return { of: 'key', in: where, name };
}

function annotationOf(parameter: Node): Node | null | undefined {
  if ('typeAnnotation' in parameter) return parameter.typeAnnotation as Node | null;
  return childrenOf(parameter).find((one) => one.type === 'TSTypeAnnotation');
}
