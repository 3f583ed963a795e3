import { templateOf } from '../../../languages/javascript/describe.ts';
import { pathParams, sensitivityOf, traitsOf } from '../../../surface/describe.ts';
import type { Param } from '../../../surface/surface.ts';
import { fullPath } from './application.ts';
import { meet } from './guards.ts';
import { controllerOptions } from './handlers.ts';
import { className, type Mark, marksOf } from './marks.ts';
import { type Draft, enhancersFor, type Reading, unique } from './routes.ts';
import { type ClassValue, itemsOf, member, textOfValue, type Value } from './values.ts';
import { versionPaths, versionsIn } from './versions.ts';

/** What `@Crud` of `@nestjsx/crud` and its successors adds to a controller. */
const routes: readonly { name: string; method: string; path: string }[] = [
  { name: 'getManyBase', method: 'GET', path: '' },
  { name: 'getOneBase', method: 'GET', path: ':id' },
  { name: 'createOneBase', method: 'POST', path: '' },
  { name: 'createManyBase', method: 'POST', path: 'bulk' },
  { name: 'updateOneBase', method: 'PATCH', path: ':id' },
  { name: 'replaceOneBase', method: 'PUT', path: ':id' },
  { name: 'deleteOneBase', method: 'DELETE', path: ':id' },
];

/** The routes that nobody wrote: a decorator makes them from an entity. */
export function crudRoutes(
  reading: Reading,
  controller: ClassValue,
  modulePrefix: string,
  classMarks: readonly Mark[][],
): Draft[] {
  const { app, chain, strategies, confidence } = reading;
  const crud = classMarks.flat().find(({ name, from }) => name === 'Crud' && /crud/i.test(from));
  const options = crud && controllerOptions(app.m, controller);
  if (!crud || !options) return [];
  const given = member(crud.args[0], 'routes');
  const versions = versionPaths(app.versioning, [], versionsIn(options.version));
  const wanted = routes.filter(({ name }) => isWanted(given, name));
  return options.paths.flatMap((base) =>
    wanted.flatMap(({ name, method, path: own }) =>
      versions.map((version): Draft => {
        const { path, inner } = fullPath(app, method, version, [
          modulePrefix,
          base?.text ?? '',
          own,
        ]);
        const template = templateOf(path);
        const marks = overriding(reading, controller, name);
        const metadata = { handler: marks, controller: classMarks.flat() };
        const met = enhancersFor(app, 'guard', classMarks, marks).flatMap(
          (one) => meet(app.m, strategies, one, metadata) ?? [],
        );
        const before = chain.before(method, path, inner, controller);
        const { place } = crud;
        const params = pathParams(template).map(
          (each): Param => ({
            name: each,
            in: 'path',
            type: 'string',
            optional: false,
            confidence,
            place,
          }),
        );
        return {
          method,
          path,
          template,
          kind: 'http',
          place,
          handler: { name: `${className(controller)}.${name}`, place },
          params,
          body: /^P/.test(method) ? 'json' : 'none',
          response: 'json',
          guards: [...before.guards, ...met.map((one) => one.guard)],
          credentials: unique([...before.credentials, ...met.flatMap((one) => one.credentials)]),
          sensitivity: sensitivityOf(template, params),
          traits: traitsOf(method, template, name, params),
          confidence: base?.sure === true ? confidence : 'medium',
        };
      }),
    ),
  );
}

function isWanted(given: Value | undefined, name: string): boolean {
  const names = (key: string) =>
    itemsOf(member(given, key)).flatMap((one) => textOfValue(one)?.text ?? []);
  const only = names('only');
  return (only.length === 0 || only.includes(name)) && !names('exclude').includes(name);
}

// `@Override('getOneBase')`, or `@Override()` above a method `getOne`.
function overriding({ app }: Reading, { node, scope }: ClassValue, name: string): Mark[] {
  for (const method of node.body.body) {
    if (method.type !== 'MethodDefinition' || method.key.type !== 'Identifier') continue;
    const marks = marksOf(app.m, method, scope);
    const override = marks.find((mark) => mark.name === 'Override');
    if (!override) continue;
    const of = textOfValue(override.args[0])?.text ?? `${method.key.name}Base`;
    if (of === name) return marks;
  }
  return [];
}
