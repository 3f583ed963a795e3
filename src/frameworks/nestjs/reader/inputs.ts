import { type Node, propertyName } from '../../../languages/javascript/parse.ts';
import type { Fact } from '../../../surface/facts.ts';
import { classFields } from './dto.ts';
import { classMarks } from './enhancers.ts';
import type { Machine } from './evaluate.ts';
import { type Handler, handlersOf } from './handlers.ts';
import { className, marksOf } from './marks.ts';
import { lookup } from './names.ts';
import { pipeOf } from './pipes.ts';
import { placeOf, type Scope } from './program.ts';
import { enhancersFor, type Reading } from './routes.ts';
import { typeNamed } from './types.ts';
import type { ClassValue, Value } from './values.ts';

type InputClass = Extract<Fact, { kind: 'input-class' }>;

const sources = { Body: 'body', Query: 'query', Param: 'path' } as const;
const builtIn = /^(?:Record|Array|ReadonlyArray|Map|Set|Date|Promise|Partial|Readonly|Buffer|any)$/;

/** The classes that a controller's handlers are given, as a pipe in front of them would see them. */
export function inputClasses({ app }: Reading, controller: ClassValue): InputClass[] {
  const { m } = app;
  return handlersOf(m, controller).flatMap((handler) => {
    const pipes = enhancersFor(app, 'pipe', classMarks(m, controller), handler.marks);
    const pipe = pipes.filter((one) => pipeOf(m, one.value).does === 'dto');
    const scope = pipe.some((one) => one.scope === 'app') ? 'app' : pipe[0] ? 'route' : 'none';
    return handler.method.value.params.flatMap((node) => inputOf(m, handler, node, scope));
  });
}

function inputOf(
  m: Machine,
  handler: Handler,
  node: Node,
  pipe: InputClass['detail']['pipe'],
): InputClass[] {
  const inner = node.type === 'TSParameterProperty' ? node.parameter : node;
  const target = inner.type === 'AssignmentPattern' ? inner.left : inner;
  const annotation = 'typeAnnotation' in target ? target.typeAnnotation : undefined;
  const type = annotation && 'typeAnnotation' in annotation ? annotation.typeAnnotation : undefined;
  const marks = marksOf(m, node as Parameters<typeof marksOf>[1], handler.scope);
  const source = marks.flatMap((one) => sources[one.name as keyof typeof sources] ?? [])[0];
  if (source === undefined || type?.type !== 'TSTypeReference') return [];
  if (type.typeName.type !== 'Identifier' || builtIn.test(type.typeName.name)) return [];
  const { name } = type.typeName;
  const value = lookup(m, handler.scope, name);
  const unchecked = uncheckedIn(m, handler.scope, value, name);
  if (unchecked === undefined) return [];
  const place = placeOf(handler.declared.file, node);
  const detail = { name, in: source, handler: handler.name, unchecked, pipe };
  return [{ kind: 'input-class', detail, place, confidence: 'high' }];
}

/** `undefined` for what has no class at run time; what could not be read is `*`. */
function uncheckedIn(
  m: Machine,
  scope: Scope,
  value: Value,
  name: string,
): readonly string[] | undefined {
  if (value.kind === 'class') return uncheckedMembers(m, value);
  const declared = typeNamed(m.program, scope.file, name);
  if (declared !== undefined && declared.node.type !== 'ClassDeclaration') return undefined;
  return [`${name}.*`];
}

/** Members of a class, and of the classes that it nests, of which no validator speaks. */
function uncheckedMembers(m: Machine, of: ClassValue, depth = 0): string[] {
  if (depth > 4) return [];
  const { fields, library } = classFields(m, of);
  const name = className(of);
  if (library !== 'class-validator') return [`${name}.${fields[0]?.name ?? '*'}`];
  const own = fields.filter((one) => !one.checked).map((one) => `${name}.${one.name}`);
  const nested = of.node.body.body.flatMap((one): string[] => {
    if (one.type !== 'PropertyDefinition' || propertyName(one) === undefined) return [];
    const marks = marksOf(m, one, of.scope);
    if (!marks.some((mark) => mark.name === 'ValidateNested')) return [];
    const inner = elementOf(one.typeAnnotation?.typeAnnotation);
    if (inner?.type !== 'TSTypeReference' || inner.typeName.type !== 'Identifier') return [];
    const value = lookup(m, of.scope, inner.typeName.name);
    return value.kind === 'class' ? uncheckedMembers(m, value, depth + 1) : [];
  });
  return [...own, ...nested];
}

function elementOf(type: Node | undefined): Node | undefined {
  if (type?.type === 'TSArrayType') return type.elementType;
  const isArray =
    type?.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    type.typeName.name === 'Array';
  return isArray ? type.typeArguments?.params[0] : type;
}
