import { credentialsIn, templateOf } from '../../../languages/javascript/describe.ts';
import { textOf } from '../../../languages/javascript/parse.ts';
import { sensitivityOf, traitsOf } from '../../../surface/describe.ts';
import type {
  Confidence,
  Credential,
  Guard,
  Route,
  Trait,
  Unresolved,
} from '../../../surface/surface.ts';
import { type Application, fullPath } from './application.ts';
import type { Chain } from './chain.ts';
import { crudRoutes } from './crud.ts';
import { boundBy, type Enhancer, type EnhancerKind } from './enhancers.ts';
import { refill } from './evaluate.ts';
import { meet } from './guards.ts';
import { controllerOptions, type Handler, handlersOf } from './handlers.ts';
import { interceptorGuard } from './interceptors.ts';
import { lineage, type Mark, marksOf } from './marks.ts';
import { takenBy } from './params.ts';
import { responseOfHandler } from './response.ts';
import type { Strategies } from './strategies.ts';
import type { ClassValue, Text } from './values.ts';
import { versionNeeds, versionPaths, versionsIn } from './versions.ts';

export type Draft = Omit<Route, 'id'>;

/** What the routes of one application are read with. */
export interface Reading {
  app: Application;
  chain: Chain;
  strategies: Strategies;
  unresolved: Unresolved[];
  /** Of every route, where the application was not followed to its end. */
  confidence: Confidence;
}

/** The routes of a controller, in the order in which Nest registers them. */
export function controllerRoutes(
  reading: Reading,
  controller: ClassValue,
  modulePrefix: string,
): Draft[] {
  const { app, unresolved } = reading;
  refill(app.m);
  const options = controllerOptions(app.m, controller);
  if (!options) return [];
  const classMarks = lineage(app.m, controller).map((one) => marksOf(app.m, one.node, one.scope));
  const host = options.host?.text;
  const classVersion = classMarks.flat().find((mark) => mark.name === 'Version');
  const versions = versionsIn(options.version ?? classVersion?.args[0]);
  contracts(reading, controller);
  const handlers = handlersOf(app.m, controller).map((handler) => {
    const own = handler.marks.find((mark) => mark.name === 'Version');
    const stated = versionsIn(own?.args[0]);
    const parts = versionPaths(app.versioning, stated, versions);
    const version = versionNeeds(app.versioning, stated, versions);
    const needs = [host && `the host ${host}`, version].filter(Boolean).join(' and ');
    return { context: { ...contextOf(reading, handler, classMarks), needs }, parts };
  });
  if (!refill(app.m))
    unresolved.push({
      what: 'a controller that takes too many steps to read',
      place: options.place,
    });
  const written = options.paths.flatMap((base) =>
    handlers.flatMap(({ context, parts }) =>
      context.handler.verbs.flatMap((verb) =>
        verb.paths.flatMap((path) => {
          if (!base || !path) {
            const whose = base ? context.handler.name : 'the controller';
            unresolved.push({ what: `the path of ${whose}`, place: verb.place });
            return [];
          }
          const whole = [modulePrefix, base, path];
          return parts.map((version) => draft(reading, context, verb, version, whole));
        }),
      ),
    ),
  );
  return [...written, ...crudRoutes(reading, controller, modulePrefix, classMarks)];
}

// `@TsRestHandler(contract)`: the paths stand in a contract that is not read.
function contracts({ app, unresolved }: Reading, { node, scope }: ClassValue): void {
  for (const method of node.body.body) {
    if (method.type !== 'MethodDefinition' || (method.decorators ?? []).length === 0) continue;
    const mark = marksOf(app.m, method, scope).find((one) =>
      /^(TsRest\w*|Implement)$/.test(one.name),
    );
    if (mark)
      unresolved.push({ what: `the routes of a contract (${mark.name})`, place: mark.place });
  }
}

interface Context {
  handler: Handler;
  guards: readonly Guard[];
  interceptors: readonly Guard[];
  credentials: readonly Credential[];
  entrance: boolean;
  pipes: readonly Enhancer[];
  marks: readonly Mark[];
  /** Beside method and path. */
  needs?: string;
}

/** Global, then of the controller, then of the method: the order in which Nest runs them. */
export function enhancersFor(
  app: Application,
  kind: EnhancerKind,
  classMarks: readonly (readonly Mark[])[],
  method: readonly Mark[],
): Enhancer[] {
  const ofClass = [...classMarks].reverse().flatMap((marks) => boundBy(marks, kind, 'router'));
  return [...app.globals[kind], ...ofClass, ...boundBy(method, kind, 'route')];
}

function contextOf(
  { app, strategies }: Reading,
  handler: Handler,
  classMarks: readonly Mark[][],
): Context {
  const metadata = { handler: handler.marks, controller: classMarks.flat() };
  const of = (kind: EnhancerKind) => enhancersFor(app, kind, classMarks, handler.marks);
  const met = of('guard').flatMap((one) => meet(app.m, strategies, one, metadata) ?? []);
  return {
    handler,
    guards: met.map((one) => one.guard),
    interceptors: of('interceptor').flatMap((one) => interceptorGuard(app.m, one) ?? []),
    credentials: met.flatMap((one) => one.credentials),
    entrance: met.some((one) => one.entrance),
    pipes: of('pipe'),
    marks: [...handler.marks, ...classMarks.flat()],
  };
}

function draft(
  reading: Reading,
  context: Context,
  verb: Handler['verbs'][number],
  version: string,
  parts: readonly (string | Text)[],
): Draft {
  const { app, chain } = reading;
  const { handler } = context;
  const texts = parts.map((part) => (typeof part === 'string' ? part : part.text));
  const { path, inner } = fullPath(app, verb.method, version, texts);
  const template = templateOf(path);
  const taken = takenBy(app.m, handler, context.pipes, path);
  const before = chain.before(verb.method, path, inner, handler.controller);
  const text = textOf(handler.declared.file.parsed, handler.method);
  const sure =
    parts.every((part) => typeof part === 'string' || part.sure) && app.prefix?.sure !== false;
  const body = taken.body === 'none' && writes(verb.method) ? bodyOfText(text) : taken.body;
  const response = responseOfHandler(handler, verb.sse);
  return {
    method: verb.method,
    path,
    template,
    kind: verb.sse ? 'sse' : 'http',
    ...(context.needs ? { needs: context.needs } : {}),
    place: verb.place,
    handler: { name: handler.name, place: handler.place },
    params: taken.params,
    body,
    response,
    guards: [...before.guards, ...context.guards, ...context.interceptors, ...taken.guards],
    credentials: unique([...before.credentials, ...context.credentials, ...readIn(text)]),
    sensitivity: sensitivityOf(template, taken.params),
    traits: traitsFor(verb.method, template, context, taken.params, response, text),
    confidence: lower(reading.confidence, sure ? 'high' : 'medium'),
  };
}

function writes(method: string): boolean {
  return !/^(GET|HEAD|OPTIONS)$/.test(method);
}

function bodyOfText(text: string): Route['body'] {
  return /\breq(?:uest)?\.body\b/.test(text) ? 'json' : 'none';
}

function readIn(text: string): Credential[] {
  const found = credentialsIn(text);
  if (/@Headers\(\s*['"`]authorization/i.test(text)) found.push('bearer');
  if (/@(?:Signed)?Cookies\(|@Session\(/.test(text)) found.push('cookie');
  return found;
}

function traitsFor(
  method: string,
  template: string,
  context: Context,
  params: Route['params'],
  response: Route['response'],
  text: string,
): Trait[] {
  const { handler } = context;
  const traits = new Set<Trait>(traitsOf(method, template, handler.name, params));
  if (context.entrance && !traits.has('oauth-callback')) traits.add('login');
  if (response === 'html') traits.add('page');
  if (context.marks.some((mark) => mark.name === 'HealthCheck')) traits.add('health');
  if (/@RawBody\(|\.rawBody\b/.test(text)) traits.add('raw-body');
  if (context.interceptors.some((one) => one.kinds.includes('upload'))) traits.add('upload');
  return [...traits];
}

const order: readonly Confidence[] = ['low', 'medium', 'high'];

export function lower(one: Confidence, other: Confidence): Confidence {
  return order[Math.min(order.indexOf(one), order.indexOf(other))] ?? 'low';
}

export function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
